"""A smaller store out of a store: fewer training sounds, all held-out ones."""

import os
from collections.abc import Iterator

import numpy as np

from data_prep.store import manifest
from data_prep.store.store import (
    Store,
    StoreError,
    in_chunks,
    write_store,
)


def draw_rows(store: Store, per_class: int, seed: int = 0) -> np.ndarray:
    """Returns training rows, ``per_class`` of each class, in rising order.

    The draw of a seed is nested: fewer sounds are among those of more.

    Raises:
      StoreError: a class has fewer.
    """
    labels = store.labels[: store.train]
    drawn = []
    for label, name in enumerate(store.classes):
        rows = np.flatnonzero(labels == label)
        if not 1 <= per_class <= len(rows):
            raise StoreError(
                f"{per_class} training sounds of {name} were asked for, and "
                f"{store.path} has {len(rows)}: ask for fewer"
            )
        random = np.random.default_rng([seed, label])
        drawn.append(random.permutation(rows)[:per_class])
    return np.sort(np.concatenate(drawn))


def write_subset(
    path: str | os.PathLike, store: Store, rows: np.ndarray
) -> Store:
    """Writes a store of some training rows and all held-out ones.

    Args:
      path: of the new store; see ``store.check_target``.
      store: the old one.
      rows: training rows to keep, rising.

    Raises:
      StoreError: it may not be written, or a row is not what was written.
    """
    held_out = np.arange(store.train, len(store.labels))
    order = np.concatenate([rows, held_out])
    return write_store(
        path,
        waveforms=in_chunks(store.read_rows, order),
        labels=store.labels[order],
        train=len(rows),
        test=store.test,
        classes=store.classes,
        length=store.length,
        manifest=manifest.lines(_entries(store, order)),
        details={"subset_of": store.fingerprint},
    )


def _entries(store: Store, order: np.ndarray) -> Iterator[manifest.Entry]:
    """Yields the lines of the sounds that stay, with their new rows."""
    places = {int(row): place for place, row in enumerate(order)}
    for entry in store.entries():
        if int(entry.row) in places:
            entry.row = places[int(entry.row)]
            yield entry
