"""Cache on disk, written by the first pass over the files for the second.

A spool lies beside the store to come and outlives a run that is interrupted:
the next run of the same command takes back what is in it. A file is in it when
its line is, which is written after its record; both carry a checksum, and what
a killed process left half is cut off. Of several lines of a file, the last one
counts.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from data_prep.audio.workers import CRASH, TIMEOUT
from data_prep.kept_classes import PrepareError
from data_prep.read_files import FileId, FileRecord
from data_prep.selection import duplicates, split
from data_prep.store import manifest
from data_prep.store.files import LINES, OF_SPOOL, OWNER, RECORDS
from data_prep.store.files import place_of_spool as place
from data_prep.store.manifest import Entry
from data_prep.store.store import StoreError
from wavegan_cond.storage import lock
from wavegan_cond.storage.untrusted import open_regular

# What a decoded sound lost nothing in: preferred among copies.
_LOSSLESS = ("PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")


class Spool:
    """Records and lines in files; the little that is compared in memory.

    Attributes:
      known: the files that need not be examined.
      dropped: whether what a former run left was of another key.
    """

    def __init__(
        self, folder: Path, key: str, length: int, files: Sequence[FileId]
    ):
        """Opens a spool; ``load`` must be exhausted before ``add``.

        Args:
          folder: of the spool.
          key: of all that decides what is in it; of another, all is dropped.
          length: T, samples of a row.
          files: all that will be in it, in scan order.
        """
        self.known: set[FileId] = set()
        self._number_of = {file: number for number, file in enumerate(files)}
        self._line_of: dict[int, int] = {}  # by number: where it begins
        self._sounds: dict[int, tuple[int, split.Sound]] = {}  # with record
        self._taken = 0  # records
        self._end = 0  # of the lines that are whole
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
        with open_regular(self._lines.name) as lines:
            other = lines.readline() != self._key
            self.dropped = other and bool(lines.readline())

    def load(self) -> Iterator[None]:
        """Takes back what a former run left, file by file.

        What the system or the time kept that run from reading is to be
        examined again.
        """
        self._records.seek(0)
        with open_regular(self._lines.name) as lines:
            if lines.readline() == self._key:
                self._end = len(self._key)
                for line in lines:
                    if not (whole := self._read(line)):
                        break
                    file, entry, record = whole
                    self._take(file, entry, record, len(line))
                    if file in self._number_of and not _may_change(entry):
                        self.known.add(file)
                        yield
        self._records.truncate(self._taken * self._record.itemsize)
        self._lines.truncate(self._end)
        if not self._end:
            _append(self._lines, self._key)
            self._end = len(self._key)

    def add(self, found: FileRecord) -> None:
        """Takes in one file, usable or not."""
        record, check = None, None
        if not found.entry.reason:
            record = np.zeros((), self._record)
            record["row"] = found.outcome.row
            record["print"] = found.outcome.print
            record["content"] = found.outcome.content
            check = zlib.crc32(record.tobytes())
            _append(self._records, record.tobytes())
        values = [getattr(found.entry, name) for name in manifest.COLUMNS]
        line = _line([found.file, values, check])
        _append(self._lines, line)
        self._take(found.file, found.entry, record, len(line))

    def entries(self) -> Iterator[Entry]:
        """Yields the entry of every file, in scan order."""
        with open_regular(self._lines.name) as lines:
            for _, start in sorted(self._line_of.items()):
                lines.seek(start)
                _, values, _ = _content(lines.readline())
                yield Entry(*values)

    def sounds(self) -> list[split.Sound]:
        """Returns the usable sounds, in scan order."""
        return [sound for _, (_, sound) in sorted(self._sounds.items())]

    def rows(self) -> "Rows":
        """Returns the rows of the usable sounds, on disk."""
        order = [record for _, (record, _) in sorted(self._sounds.items())]
        if not order:
            return Rows(np.zeros(0, self._record)["row"], order)
        records = np.memmap(self._records.name, self._record, "r")
        return Rows(records["row"], order)

    def close(self) -> None:
        """Closes the files."""
        self._records.close()
        self._lines.close()

    def _read(self, line: bytes) -> tuple | None:
        """Returns the file, entry and record of a line, if it is whole."""
        if (content := _content(line)) is None:
            return None
        file, values, check = content
        record = None
        if check is not None:
            data = self._records.read(self._record.itemsize)
            if len(data) < self._record.itemsize or zlib.crc32(data) != check:
                return None
            record = np.frombuffer(data, self._record)[0]
        return tuple(file), Entry(*values), record

    def _take(
        self, file: FileId, entry: Entry, record: np.ndarray | None, size: int
    ) -> None:
        """Notes what was written last; it counts if the file is still there."""
        number = self._number_of.get(file)
        if number is not None:
            self._line_of[number] = self._end
        self._end += size
        if record is not None:
            if number is not None:
                self._sounds[number] = self._taken, _sound(entry, record)
            self._taken += 1


class Rows:
    """int16 [N, T], read where they are: rows in another order.

    Attributes:
      shape: (N, T).
    """

    def __init__(self, rows: np.ndarray, order: Sequence[int]):
        """Takes int16 [any, T], and which of them each row is."""
        self._rows, self._order = rows, np.array(order, int)
        self.shape = len(order), rows.shape[1]

    def __getitem__(self, which: int | Sequence[int]) -> np.ndarray:
        """Returns a row, int16 [T], or several, int16 [n, T]."""
        return self._rows[self._order[which]]


@contextlib.contextmanager
def open_spool(
    store: str | os.PathLike, key: str, length: int, files: Sequence[FileId]
) -> Iterator[Spool]:
    """Yields the spool of a store to come, held against other processes.

    It is gone at the end, unless the run was cut short and another can go on.

    Args:
      store: the folder to come.
      key: of all that decides what is in the spool.
      length: T, samples of a row.
      files: all that will be in it, in scan order.

    Raises:
      StoreError: another process is preparing this store.
    """
    folder = place(store)
    try:
        with lock.acquire(folder, OWNER), _kept_if_useful(folder):
            spool = Spool(folder, key, length, files)
            with contextlib.closing(spool):
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
    except PrepareError:
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
        for name in OF_SPOOL:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def _sound(entry: Entry, record: np.ndarray) -> split.Sound:
    return split.Sound(
        path=entry.path,
        label=entry.label,
        sha256=entry.sha256,
        group=entry.group,
        content=record["content"].tobytes(),
        print=record["print"].copy(),
        quality=_quality(entry),
    )


def _may_change(entry: Entry) -> bool:
    """Says whether a file may be usable now, its content being the same.

    It could not be read at all, or its decoder had too little time or memory.
    """
    unread = entry.reason == "unreadable" and not entry.sha256
    return unread or entry.reason in (CRASH, TIMEOUT)


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


def _quality(entry: Entry) -> int:
    """Ranks a source: full bandwidth counts more than lossless coding."""
    lossless = entry.format.endswith(_LOSSLESS)
    return 2 * (int(entry.rate) >= 44100) + lossless
