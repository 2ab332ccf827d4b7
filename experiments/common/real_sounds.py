"""Real sounds of a store: of its validation side, where a class has any."""

import numpy as np

from data_prep.store.store import Store
from wavegan_cond.synthesis.wav import to_float

SIDES = ("validation", "train", "test")  # in which sounds are looked for


def sides(store: Store, wanted: dict[str, tuple]) -> dict[str, str]:
    """Returns the side that real sounds are of, by the name of their row.

    Of classes without validation rows it is the training side, or else that of
    the test: a class has at least one sound.

    Args:
      store: an open store.
      wanted: names of classes by the name of their row.
    """
    return {
        name: next(side for side in SIDES if len(find(store, classes, side)))
        for name, classes in wanted.items()
    }


def find(store: Store, classes: tuple[str, ...], side: str) -> np.ndarray:
    """Returns the numbers of the rows of some classes on a side."""
    rows = store.rows(side)
    labels = [store.classes.index(name) for name in classes]
    return rows.start + np.flatnonzero(np.isin(store.labels[rows], labels))


def choose(
    store: Store, wanted: dict[str, tuple], num: int, seed: int
) -> dict[str, np.ndarray]:
    """Returns name -> float32 [up to num, T] of the rows that ``sides`` says.

    Args:
      store: an open store.
      wanted: names of classes, which are mixed, by the name of their row.
      num: sounds of a row, if there are as many.
      seed: of the choice.
    """
    chosen = {}
    for name, side in sides(store, wanted).items():
        rows = find(store, wanted[name], side)
        rows = np.random.default_rng(seed).permutation(rows)[:num]
        chosen[name] = to_float(store.read_rows(np.sort(rows)))
    return chosen
