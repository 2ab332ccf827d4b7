"""Where the sounds of a store come from, and whether a model has heard them."""

import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from data_prep.store.store import Store
from wavegan_cond.training.run_dir import RunDir

UNKNOWN = (
    "Whether the model was trained on any of the held-out sounds is not known"
)


def file_names(store: Store) -> dict[int, str]:
    """Returns row -> name of the file it was made of."""
    return {
        int(entry.row): entry.path.rpartition("/")[2]
        for entry in store.entries()
    }


def names_of(store: Store, waves: Iterable[np.ndarray]) -> list[str]:
    """Returns the names of the files that sounds of a store were made of.

    Args:
      store: an open store.
      waves: int16 [T] each, as the store has them.
    """
    names = file_names(store)
    rows = {int(check): row for row, check in enumerate(store.checks)}
    found = [rows.get(zlib.crc32(np.ascontiguousarray(w))) for w in waves]
    return [
        "not in the store" if row is None else names.get(row, f"row {row}")
        for row in found
    ]


def heard_before(model_path: str, store: Store, side: str) -> str:
    """Returns a sentence on whether a model was trained on held-out sounds.

    Args:
      model_path: run folder or SavedModel.
      store: an open store.
      side: of the store, whose sounds are held out.
    """
    run_dir = RunDir(Path(model_path))
    if not run_dir.config.is_file():
        return f"{UNKNOWN}: a SavedModel does not say what it was trained on."
    _, _, data = run_dir.read_config()
    if data.get("data") != store.fingerprint:
        return f"{UNKNOWN}: this run was trained on other data than this store."
    shared = shared_rows(store, side)
    total = len(store.split(side)[1])
    if shared:
        return (
            f"{shared} of the {total} held-out sounds are in this run's "
            "training set too, so the model has heard them."
        )
    return f"None of the {total} held-out sounds is in this run's training set."


def shared_rows(store: Store, side: str) -> int:
    """Returns how many sounds of a side are among the training sounds too."""
    train, held_out = (store.checks[store.rows(s)] for s in ("train", side))
    return int(np.isin(held_out, train).sum())
