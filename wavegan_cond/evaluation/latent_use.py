"""How many directions of the latent space a generator makes use of."""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_predict

STEP = 1e-2


def explained(points: np.ndarray, count: int = 3) -> float:
    """Returns the share of the variance in the first principal directions.

    Args:
      points: [N, D] of sounds from N different z.
      count: directions.
    """
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    return float(spread[:count].sum() / max(spread.sum(), 1e-30))


def jacobian(
    points_of: Callable[[np.ndarray], np.ndarray], z: np.ndarray
) -> np.ndarray:
    """Returns how a sound's point moves with each number of z: [D, Z].

    By central differences of 0.01.

    Args:
      points_of: z [N, Z] -> points [N, D].
      z: [Z].
    """
    steps = STEP * np.eye(len(z), dtype=np.float32)
    moved = points_of(np.concatenate([z + steps, z - steps]))
    forth, back = np.split(moved, 2)
    return (forth - back).T / (2 * STEP)


def stable_rank(matrix: np.ndarray) -> float:
    """Returns |A|²_F / |A|²_2: in how many directions a map acts alike."""
    values = np.linalg.svd(matrix, compute_uv=False) ** 2
    return float(values.sum() / max(values[0], 1e-30))


def linear_share(z: np.ndarray, points: np.ndarray) -> float:
    """Returns the share of the points' variance that is linear in z.

    R² of a ridge regression, of points it was not fitted to (five folds): 1
    where the points are a linear map of z, 0 or less where they are none.

    Args:
      z: [N, Z].
      points: [N, D].
    """
    guessed = cross_val_predict(Ridge(1e-3 * len(z)), z, points, cv=5)
    left = np.square(points - guessed).sum()
    return float(1 - left / np.square(points - points.mean(axis=0)).sum())
