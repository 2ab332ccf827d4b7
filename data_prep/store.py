"""The prepared set of sounds on disk: written once, then memory-mapped.

A store is a folder of four files:

  waveforms.npy  int16 [N, T], the training rows first, then the validation rows
  labels.npy     int32 [N], an index into ``classes``
  manifest.csv   one line per file seen, kept or not
  dataset.json   what the other three are, with their SHA-256

It is built beside its final place and renamed when complete, so a store that
exists is whole. No part of it is ever unpickled.
"""

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from data_prep.atomic import (
    file_sha256,
    new_folder,
    sweep,
    write_array,
    write_rows,
    write_text,
)

FORMAT = "wavegan-cond store 1"
SAMPLE_RATE = 44100
INFO, MANIFEST = "dataset.json", "manifest.csv"
WAVEFORMS, LABELS = "waveforms.npy", "labels.npy"


class StoreError(Exception):
    """A store cannot be opened or written; the message says what to do."""

    exit_code = 2


@dataclasses.dataclass(frozen=True, eq=False)
class Store:
    """An opened store; ``waveforms`` stays on disk until rows are read.

    Attributes:
      path: the folder.
      classes: class names; a label is an index into them.
      length: T, samples of a sound.
      sample_rate: in Hz.
      waveforms: int16 memory map [train + validation, T].
      labels: int32 [train + validation].
      train: number of training rows, which come first.
      validation: number of validation rows, which follow.
      fingerprint: SHA-256 of all that training sees.
      info: the content of ``dataset.json``.
    """

    path: Path
    classes: tuple[str, ...]
    length: int
    sample_rate: int
    waveforms: np.ndarray
    labels: np.ndarray
    train: int
    validation: int
    fingerprint: str
    info: dict[str, Any]

    def read_rows(self, rows: np.ndarray) -> np.ndarray:
        """Returns int16 [n, T]: the given rows, in the given order.

        They are read from the file and not through the map: for scattered
        rows of a set larger than memory, what the kernel reads ahead in a map
        costs a hundred times what it reads.

        Raises:
          StoreError: the file has become shorter.
        """
        waves = np.empty((len(rows), self.length), "<i2")
        start = self.waveforms.offset
        with open(self.path / WAVEFORMS, "rb", buffering=0) as file:
            for wave, row in zip(waves, rows, strict=True):
                file.seek(start + int(row) * wave.nbytes)
                if file.readinto(wave) != wave.nbytes:
                    raise _broken(self.path, f"{WAVEFORMS} ends too early")
        return waves

    def split(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Returns (int16 [n, T], int32 [n]) of ``train`` or ``validation``."""
        rows = {
            "train": slice(0, self.train),
            "validation": slice(self.train, None),
        }[name]
        return self.waveforms[rows], self.labels[rows]


def open_store(path: str | os.PathLike, verify: bool = False) -> Store:
    """Opens the store in ``path`` without reading its sounds.

    Args:
      path: the folder written by ``experiments.prepare_data``.
      verify: also compare the SHA-256 of every file, which reads all of it.

    Raises:
      StoreError: the folder is no store, or a file in it is missing or is not
        what ``dataset.json`` says.
    """
    path = Path(path)
    info = _read_info(path)
    rows = info["train"] + info["validation"]
    waveforms = _load(path, WAVEFORMS, np.int16, (rows, info["length"]))
    labels = _load(path, LABELS, np.int32, (rows,))
    if not 0 <= labels.min() <= labels.max() < len(info["classes"]):
        raise _broken(path, f"{LABELS} holds labels outside the classes")
    for name in (WAVEFORMS, LABELS, MANIFEST) if verify else ():
        if file_sha256(path / name) != info["sha256"].get(name):
            raise _broken(path, f"the SHA-256 of {name} is not the one written")
    return Store(
        path=path,
        classes=tuple(info["classes"]),
        length=info["length"],
        sample_rate=info["sample_rate"],
        waveforms=waveforms,
        labels=labels,
        train=info["train"],
        validation=info["validation"],
        fingerprint=info["fingerprint"],
        info=info,
    )


def write_store(
    path: str | os.PathLike,
    *,
    waveforms: Iterable[np.ndarray],
    labels: np.ndarray,
    train: int,
    classes: Sequence[str],
    length: int,
    manifest: Iterable[str],
    details: dict[str, Any],
    overwrite: bool = False,
) -> Store:
    """Writes a store from a stream of rows and opens it.

    Args:
      path: the store's folder; see ``check_target``.
      waveforms: int16 arrays [n, T], together one row per label, in order.
      labels: int [N]; the first ``train`` belong to the training rows.
      train: number of training rows.
      classes: class names.
      length: T, samples of a row.
      manifest: text of ``manifest.csv``, line by line.
      details: more content for ``dataset.json``: settings, counts.
      overwrite: replace a store that is there.

    Raises:
      StoreError: ``path`` may not be written.
    """
    path = Path(path)
    check_target(path, overwrite)
    labels = np.asarray(labels, np.int32)
    with new_folder(path) as folder:
        digests = {
            WAVEFORMS: write_rows(
                folder / WAVEFORMS, waveforms, len(labels), length
            ),
            LABELS: write_array(folder / LABELS, labels),
            MANIFEST: write_text(folder / MANIFEST, manifest),
        }
        core = {
            "format": FORMAT,
            "sample_rate": SAMPLE_RATE,
            "length": length,
            "classes": list(classes),
            "train": train,
            "validation": len(labels) - train,
        }
        info = {
            **core,
            "fingerprint": _fingerprint(core, digests),
            "sha256": digests,
            **details,
        }
        lines = json.dumps(info, indent=2, ensure_ascii=False) + "\n"
        write_text(folder / INFO, [lines])
    return open_store(path)


def _fingerprint(core: dict, digests: dict) -> str:
    """Returns the SHA-256 of all that training sees."""
    seen = {**core, "sounds": [digests[WAVEFORMS], digests[LABELS]]}
    text = json.dumps(seen, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def check_target(path: Path, overwrite: bool = False) -> None:
    """Raises StoreError unless a store may be written to ``path``.

    An empty or absent folder may; a store with ``overwrite``; others never.
    """
    path = Path(path)
    sweep(path)
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    if not path.is_dir():
        raise StoreError(f"{path} is a file; name a folder for the store")
    if not (path / INFO).is_file():
        raise StoreError(
            f"{path} is not empty and no store ({INFO} is missing); name "
            "another folder"
        )
    if not overwrite:
        raise StoreError(
            f"{path} holds a store of other files or settings; pass "
            "--overwrite to replace it, or name another folder"
        )


def _read_info(path: Path) -> dict[str, Any]:
    """Returns the checked content of ``dataset.json``."""
    try:
        info = json.loads((path / INFO).read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(
            f"{path} holds no prepared store: {INFO} cannot be read "
            f"({error.strerror}); make one with "
            "python -m experiments.prepare_data"
        ) from error
    except ValueError as error:
        raise _broken(path, f"{INFO} is not JSON ({error})") from error
    if not isinstance(info, dict) or info.get("format") != FORMAT:
        raise _broken(path, f"{INFO} does not say {FORMAT!r}")
    kinds = {"classes": list, "sha256": dict, "fingerprint": str}
    kinds |= dict.fromkeys(
        ("sample_rate", "length", "train", "validation"), int
    )
    for key, kind in kinds.items():
        if not isinstance(info.get(key), kind):
            raise _broken(path, f"{INFO} has no valid {key!r}")
    return info


def _load(path: Path, name: str, dtype: type, shape: tuple) -> np.ndarray:
    """Memory-maps one array of the store, never unpickling."""
    try:
        array = np.load(path / name, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise _broken(path, f"{name} cannot be read ({error})") from error
    except (ValueError, EOFError) as error:
        raise _broken(path, f"{name} is not whole ({error})") from error
    if array.dtype != dtype or array.shape != shape:
        raise _broken(
            path,
            f"{name} is {array.dtype} {list(array.shape)}, expected "
            f"{np.dtype(dtype)} {list(shape)}",
        )
    return array


def _broken(path: Path, what: str) -> StoreError:
    return StoreError(
        f"{path} is not a whole store: {what}; prepare it again with "
        "python -m experiments.prepare_data --overwrite"
    )
