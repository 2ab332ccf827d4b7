"""Cache on disk, written by the first pass over the files for the second.

A spool lies beside the store to come and outlives a run that is interrupted:
the next run of the same command takes back what is in it. A file is in it when
its line is, which is written after its record; both carry a checksum, and what
a killed process left half is cut off.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from data_prep.read_files import FileRecord
from data_prep.selection import duplicates, split
from data_prep.store import manifest
from data_prep.store.files import place_of_spool as place
from data_prep.store.manifest import Entry
from data_prep.store.store import StoreError
from wavegan_cond.storage import lock
from wavegan_cond.storage.untrusted import open_regular

RECORDS, LINES, OWNER = "records", "lines", "owner"
# What a decoded sound lost nothing in: preferred among copies.
_LOSSLESS = ("PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")


class Spool:
    """Records and lines in files; the little that is compared in memory.

    Attributes:
      files: how many files it holds, usable or not.
      sounds: the usable sounds, in scan order.
    """

    def __init__(self, folder: Path, key: str, length: int):
        """Opens a spool; ``recall`` must be exhausted before ``add``.

        Args:
          folder: of the spool.
          key: of all that decides what is in it; of another, all is dropped.
          length: T, samples of a row.
        """
        self.files = 0
        self.sounds: list[split.Sound] = []
        self._key = _line(key)
        self._record = np.dtype(
            [
                ("row", "<i2", length),
                ("print", "<f2", duplicates.BANDS + duplicates.DIRECTIONS),
                ("content", "V16"),
            ]
        )
        # Unbuffered: what is written is out of this process at once.
        self._records = open(folder / RECORDS, "a+b", buffering=0)
        self._lines = open(folder / LINES, "a+b", buffering=0)

    def recall(self) -> Iterator[None]:
        """Takes back what a former run left, file by file."""
        self._records.seek(0)
        whole = 0
        with open_regular(self._lines.name) as lines:
            if lines.readline() == self._key:
                whole = len(self._key)
                for line in lines:
                    if not self._take_back(line):
                        break
                    whole += len(line)
                    yield
        self._records.truncate(len(self.sounds) * self._record.itemsize)
        self._lines.truncate(whole)
        if not whole:
            _append(self._lines, self._key)

    def add(self, found: FileRecord) -> None:
        """Takes in one file, usable or not."""
        check = None
        if not found.entry.reason:
            record = np.zeros((), self._record)
            record["row"] = found.outcome.row
            record["print"] = found.outcome.print
            record["content"] = found.outcome.content
            check = zlib.crc32(record.tobytes())
            _append(self._records, record.tobytes())
            self._remember(found.entry, record)
        values = [getattr(found.entry, name) for name in manifest.COLUMNS]
        _append(self._lines, _line([values, check]))
        self.files += 1

    def entries(self) -> Iterator[Entry]:
        """Yields the entries as they were added."""
        with open_regular(self._lines.name) as lines:
            lines.readline()
            for line in lines:
                yield Entry(*_content(line)[0])

    def rows(self) -> np.ndarray:
        """Returns the rows added: int16 [N, length], on disk."""
        if not self.sounds:
            return np.zeros(0, self._record)["row"]
        records = np.memmap(self._records.name, self._record, "r")
        return records["row"]

    def close(self) -> None:
        """Closes the files."""
        self._records.close()
        self._lines.close()

    def _take_back(self, line: bytes) -> bool:
        """Takes in a file of a former run; says whether it is whole."""
        content = _content(line)
        if content is None:
            return False
        values, check = content
        if check is not None:
            data = self._records.read(self._record.itemsize)
            if len(data) < self._record.itemsize or zlib.crc32(data) != check:
                return False
            record = np.frombuffer(data, self._record)[0]
            self._remember(Entry(*values), record)
        self.files += 1
        return True

    def _remember(self, entry: Entry, record: np.ndarray) -> None:
        self.sounds.append(
            split.Sound(
                path=entry.path,
                label=entry.label,
                sha256=entry.sha256,
                group=entry.group,
                content=record["content"].tobytes(),
                print=record["print"].copy(),
                worth=_worth(entry),
            )
        )


@contextlib.contextmanager
def open_spool(
    store: str | os.PathLike, key: str, length: int
) -> Iterator[Spool]:
    """Yields the spool of a store to come, held against other processes.

    It is gone at the end, unless the run was cut short and another can go on.

    Args:
      store: the folder to come.
      key: of all that decides what is in the spool.
      length: T, samples of a row.

    Raises:
      StoreError: another process is preparing this store.
    """
    folder = place(store)
    try:
        with lock.acquire(folder, OWNER), _kept_if_useful(folder):
            with contextlib.closing(Spool(folder, key, length)) as spool:
                yield spool
    except lock.LockedError as error:
        raise StoreError(
            f"{store} is being prepared by {error}; wait until it has ended, "
            "or name another folder"
        ) from error


def discard(store: str | os.PathLike) -> None:
    """Removes what a process killed at the very end has left."""
    folder = place(store)
    if folder.is_dir():
        with (
            contextlib.suppress(lock.LockedError, OSError),
            lock.acquire(folder, OWNER),
        ):
            _remove(folder)


@contextlib.contextmanager
def _kept_if_useful(folder: Path) -> Iterator[None]:
    """Removes a spool at the end, unless the same command can go on with it."""
    useful = False
    try:
        yield
    except StoreError:
        raise  # the same command would end the same
    except BaseException:
        with (
            contextlib.suppress(OSError),
            open_regular(folder / LINES) as lines,
        ):
            useful = bool(lines.readline() and lines.readline())
        raise
    finally:
        if not useful:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Removes a spool, and nothing else that is in its folder."""
    with contextlib.suppress(OSError):
        for name in (RECORDS, LINES, OWNER):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def _line(content: Any) -> bytes:
    """Returns a line of JSON that begins with its checksum."""
    text = json.dumps(content).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _content(line: bytes) -> Any:
    """Returns the content of a line, or None if it is not whole."""
    text = line[9:].rstrip(b"\n")
    if line != b"%08x %s\n" % (zlib.crc32(text), text):
        return None
    return json.loads(text)


def _append(file: BinaryIO, data: bytes) -> None:
    """Writes all of it; a raw file may take it in parts."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _worth(entry: Entry) -> int:
    """Ranks a source: full bandwidth counts more than lossless coding."""
    lossless = entry.format.endswith(_LOSSLESS)
    return 2 * (int(entry.rate) >= 44100) + lossless
