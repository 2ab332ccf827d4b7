"""What the first pass over the files leaves for the second, on disk."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from data_prep import manifest, sift
from data_prep.examine import Found
from data_prep.manifest import Entry

# What a decoded sound lost nothing in: preferred among copies.
_LOSSLESS = ("PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")


class Spool:
    """Rows and entries in files; the little that is compared in memory.

    Attributes:
      sounds: the usable sounds, in scan order.
    """

    def __init__(self, folder: Path):
        self._rows = (folder / "rows").open("w+b")
        self._entries = (folder / "entries").open("w+", encoding="ascii")
        self.sounds: list[sift.Sound] = []

    def add(self, found: Found) -> None:
        """Takes in one file, usable or not."""
        entry, outcome = found.entry, found.outcome
        values = [getattr(entry, column) for column in manifest.COLUMNS]
        self._entries.write(json.dumps(values) + "\n")
        if entry.reason:
            return
        self._rows.write(outcome.row)
        self.sounds.append(
            sift.Sound(
                path=entry.path,
                label=entry.label,
                sha256=entry.sha256,
                group=found.group,
                content=outcome.content,
                print=outcome.print,
                worth=_worth(entry),
            )
        )

    def entries(self) -> Iterator[Entry]:
        """Yields the entries as they were added."""
        self._entries.flush()
        with open(self._entries.name, encoding="ascii") as file:
            for line in file:
                yield Entry(*json.loads(line))

    def rows(self, length: int) -> np.ndarray:
        """Returns the rows added: int16 [N, length], on disk."""
        shape = (len(self.sounds), length)
        if not self.sounds:
            return np.zeros(shape, np.int16)
        self._rows.flush()
        return np.memmap(self._rows.name, np.int16, "r", shape=shape)

    def close(self) -> None:
        """Closes the files."""
        self._rows.close()
        self._entries.close()


@contextlib.contextmanager
def open_spool(beside: Path) -> Iterator[Spool]:
    """Yields a spool beside a folder to come, gone at the end."""
    beside = Path(os.path.realpath(beside))
    folder = beside.with_name(f".{beside.name}.spool-{os.getpid()}")
    folder.mkdir(parents=True)
    try:
        with contextlib.closing(Spool(folder)) as spool:
            yield spool
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _worth(entry: Entry) -> int:
    """Ranks a source: full bandwidth counts more than lossless coding."""
    lossless = entry.format.endswith(_LOSSLESS)
    return 2 * (int(entry.rate) >= 44100) + lossless
