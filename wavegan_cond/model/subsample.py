"""Some of many rows, for what a mean needs not all of them."""

import numpy as np


def subsample_evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """Returns ``most`` of the rows, evenly spaced, or all if there are fewer.

    Args:
      rows: int64 [n], in their order.
      most: of them.
    """
    places = np.linspace(0, len(rows) - 1, min(len(rows), most))
    return rows[places.astype(int)]
