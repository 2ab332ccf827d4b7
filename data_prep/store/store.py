"""The prepared set of sounds on disk: written once, then memory-mapped.

A store is a folder of five files:

  waveforms.npy  int16 [N, T], the training rows first, then the validation
                 rows, then the test rows if there are any
  checks.npy     uint32 [N], the CRC-32 of each row
  labels.npy     int32 [N], an index into ``classes``
  manifest.csv   one line per file seen, kept or not
  dataset.json   what the other four are, with their SHA-256 and its own

It is built beside its final place, or within it where that is a mount point,
and renamed when complete, so a store that exists is whole. A bit that changes
later is noticed: in a row when the row is read, in any other file when the
store is opened.
"""

import dataclasses
import hashlib
import json
import os
import types
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from data_prep.store.files import (
    CHECKS,
    FORMAT,
    INFO,
    LABELS,
    MANIFEST,
    WAVEFORMS,
    StoreError,
    broken,
    check_digest,
    find_foreign,
    list_store,
    map_waveforms,
    read_array,
    read_info,
    sealed,
    write_arrays,
)
from data_prep.store.manifest import Entry
from data_prep.store.manifest import read as read_manifest
from wavegan_cond.storage.checksums import write_lines
from wavegan_cond.storage.folders import remove_leftovers, replace_folder
from wavegan_cond.storage.untrusted import open_regular

SAMPLE_RATE = 44100
SIDES = ("train", "validation", "test")  # of a store, in the order of rows
# What the fingerprint is of has been the same since this format.
FINGERPRINT = "wavegan-cond store 1"
CHUNK = 256  # rows copied at a time


@dataclasses.dataclass(frozen=True, eq=False)
class Store:
    """An opened store; ``waveforms`` stays on disk until rows are read.

    Attributes:
      path: the folder.
      classes: class names; a label is an index into them.
      length: T, samples of a sound.
      sample_rate: in Hz.
      waveforms: int16 memory map [train + validation + test, T]; nothing that
        is read through it is checked, see ``open_store``'s ``verify``.
      checks: uint32 [train + validation + test], the CRC-32 of each row.
      labels: int32 [train + validation + test].
      train: number of training rows, which come first.
      validation: number of validation rows, which follow: by them settings
        and checkpoints are chosen.
      test: number of test rows, the last; nothing may be chosen by them.
      fingerprint: SHA-256 of all that training sees.
      info: the content of ``dataset.json``.
    """

    path: Path
    classes: tuple[str, ...]
    length: int
    sample_rate: int
    waveforms: np.ndarray
    checks: np.ndarray
    labels: np.ndarray
    train: int
    validation: int
    test: int
    fingerprint: str
    info: dict[str, Any]

    def read_rows(self, rows: np.ndarray) -> np.ndarray:
        """Returns int16 [n, T]: the given rows, in the given order.

        They are read from the file and not through the map: for scattered
        rows of a set larger than memory, what the kernel reads ahead in a map
        costs a hundred times what it reads.

        Raises:
          StoreError: a row is not what was written, or cannot be read.
        """
        waves = np.empty((len(rows), self.length), "<i2")
        start = self.waveforms.offset
        with self._open_rows() as file:
            for wave, row in zip(waves, rows, strict=True):
                file.seek(start + int(row) * wave.nbytes)
                if file.readinto(wave) != wave.nbytes:
                    raise broken(self.path, f"{WAVEFORMS} ends too early")
                if zlib.crc32(wave) != self.checks[row]:
                    what = f"row {row} of {WAVEFORMS} is not the one written"
                    raise broken(self.path, what)
        return waves

    def _open_rows(self) -> BinaryIO:
        try:
            return open_regular(self.path / WAVEFORMS, buffering=0)
        except OSError as error:
            raise broken(self.path, f"{WAVEFORMS}: {error}") from error

    def rows(self, side: str) -> slice:
        """Returns the rows of a side; see ``SIDES``."""
        held_out = self.train + self.validation
        return {
            "train": slice(0, self.train),
            "validation": slice(self.train, held_out),
            "test": slice(held_out, held_out + self.test),
        }[side]

    def split(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Returns (int16 [n, T], int32 [n]) of a side; see ``SIDES``."""
        rows = self.rows(name)
        return self.waveforms[rows], self.labels[rows]

    def groups(self) -> np.ndarray:
        """Returns the kit or folder of each row, str [N].

        Empty where there is none, and in stores whose manifest does not say.
        """
        groups = np.full(len(self.labels), "", object)
        for entry in self.entries():
            groups[int(entry.row)] = entry.group
        return groups

    def entries(self) -> Iterator[Entry]:
        """Yields the manifest's lines of the files that became rows."""
        for entry in read_manifest(self.path / MANIFEST):
            if entry.row:
                yield entry


def open_store(path: str | os.PathLike, verify: bool = False) -> Store:
    """Opens the store in ``path`` without reading its sounds.

    Args:
      path: the folder written by ``experiments.prepare_data``.
      verify: read them too and compare their SHA-256: for those who read
        ``waveforms`` and not ``read_rows``, which checks each row.

    Raises:
      StoreError: the folder is no store, or a file in it is missing or is not
        what was written.
    """
    path = Path(path)
    info = read_info(path)
    rows = sum(info.get(side, 0) for side in SIDES)
    if not rows:
        raise StoreError(
            f"{path} holds no sounds; prepare it again, with sounds in it"
        )
    waveforms = map_waveforms(path, (rows, info["length"]))
    labels = read_array(path, LABELS, "<i4", rows, info)
    checks = read_array(path, CHECKS, "<u4", rows, info)
    if not 0 <= labels.min() <= labels.max() < len(info["classes"]):
        raise broken(path, f"{LABELS} holds labels outside the classes")
    for name in (MANIFEST, WAVEFORMS) if verify else (MANIFEST,):
        check_digest(path, name, info)
    return Store(
        path=path,
        classes=tuple(info["classes"]),
        length=info["length"],
        sample_rate=info["sample_rate"],
        waveforms=waveforms,
        checks=checks,
        labels=labels,
        train=info["train"],
        validation=info["validation"],
        test=info.get("test", 0),
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
    manifest: Iterable[str] = (),
    details: Mapping[str, Any] = types.MappingProxyType({}),
    test: int = 0,
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
      test: number of test rows, the last ones.
      overwrite: replace a store that is there.

    Raises:
      StoreError: ``path`` may not be written.
      FolderError: it holds something else by now, or another process is
        replacing it.
      OSError: it cannot be written.
    """
    path = Path(path)
    check_target(path, overwrite)
    labels = np.asarray(labels, "<i4")
    core = {
        "sample_rate": SAMPLE_RATE,
        "length": length,
        "classes": list(classes),
        "train": train,
        "validation": len(labels) - train - test,
    }
    if test:  # without, a store is what it was before there was a test side
        core["test"] = test
    with replace_folder(path, find_foreign) as folder:
        digests = write_arrays(folder, waveforms, labels, length)
        digests[MANIFEST] = write_lines(folder / MANIFEST, manifest)
        info = {"format": FORMAT, **core, **_sums(core, digests), **details}
        write_lines(folder / INFO, [sealed(info)])
    return open_store(path)


def _sums(core: dict, digests: dict) -> dict[str, Any]:
    """Returns the SHA-256 of all that training sees, and of each file."""
    sounds = [digests[WAVEFORMS], digests[LABELS]]
    seen = {"format": FINGERPRINT, **core, "sounds": sounds}
    text = json.dumps(seen, sort_keys=True).encode()
    fingerprint = hashlib.sha256(text).hexdigest()
    return {"fingerprint": fingerprint, "sha256": digests}


def in_chunks(
    read: Callable[[np.ndarray], np.ndarray], order: np.ndarray
) -> Iterator[np.ndarray]:
    """Yields what ``read`` gives of some rows at a time, in their order."""
    for start in range(0, len(order), CHUNK):
        yield read(order[start : start + CHUNK])


def check_target(path: Path, overwrite: bool = False) -> None:
    """Raises StoreError unless a store may be written to ``path``.

    An empty or absent folder may; with ``overwrite`` a store that has nothing
    else in its folder; others never.

    Raises:
      StoreError: it may not.
      WriteError: what a killed process left cannot be put in order.
    """
    path = Path(path)
    remove_leftovers(path)
    if not path.exists():
        return
    if not path.is_dir():
        raise StoreError(f"{path} is a file; name a folder for the store")
    names = list_store(path)
    if not names:
        return
    if INFO not in names:
        raise StoreError(
            f"{path} is not empty and no store ({INFO} is missing); name "
            "another folder"
        )
    if foreign := find_foreign(path):
        raise StoreError(
            f"{path} holds {foreign}, which is not of a store that this "
            "program has written; move it away, or name another folder"
        )
    if not overwrite:
        raise StoreError(
            f"{path} holds a store of other files or settings, or one that is "
            "not whole; pass --overwrite to replace it, or name another folder"
        )
