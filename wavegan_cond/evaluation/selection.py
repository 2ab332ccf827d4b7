"""Selection of sounds: by class, and those that are set aside."""

from collections.abc import Sequence

import numpy as np


def split_by_class(
    rows: np.ndarray, labels: np.ndarray, classes: Sequence[str]
) -> list[np.ndarray]:
    """Returns the rows of each class: of sounds, or of what is known of each.

    Args:
      rows: [N, ...].
      labels: of the rows, int [N].
      classes: the names of the classes.
    """
    labels = np.asarray(labels)
    return [rows[labels == label] for label in range(len(classes))]


def set_aside(
    labels: np.ndarray, held_out_labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows that are kept, and those that are set aside.

    Of each class as many sounds are set aside as there are validation sounds,
    but at most a quarter of the class.
    """
    random, aside = np.random.default_rng(0), []
    for label, count in zip(
        *np.unique(held_out_labels, return_counts=True), strict=True
    ):
        rows = np.flatnonzero(np.asarray(labels) == label)
        aside.append(random.permutation(rows)[: min(count, len(rows) // 4)])
    aside = np.sort(np.concatenate(aside))
    return np.setdiff1d(np.arange(len(labels)), aside), aside
