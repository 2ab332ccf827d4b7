"""A file put together from bytes and from parts of another file."""

import bisect
import io
import itertools
import os
from collections.abc import Sequence
from typing import BinaryIO

Part = bytes | range  # bytes of its own, or places in the other file


class Splice(io.RawIOBase):
    """Reads parts one after the other, as if they were a file.

    Nothing is copied until it is read, so that a part may be as long as it
    likes.

    Args:
      source: the file that ranges are places in; closed with this one.
      parts: in order.
    """

    def __init__(self, source: BinaryIO, parts: Sequence[Part]):
        self._source = source
        self._parts = [part for part in parts if len(part)]
        self._ends = list(itertools.accumulate(map(len, self._parts)))
        self._place = 0

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = (0, self._place, len(self))[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._place < len(self):
            piece = self._piece(len(view) - done)
            if not piece:
                break  # the other file has become shorter
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._place += len(piece)
        return done

    def close(self) -> None:
        self._source.close()
        super().close()

    def _piece(self, size: int) -> bytes:
        """Returns bytes from where we are, of one part, ``size`` at most."""
        number = bisect.bisect_right(self._ends, self._place)
        part = self._parts[number]
        start = self._place - (self._ends[number] - len(part))
        rest = part[start : start + size]
        if isinstance(rest, bytes):
            return rest
        self._source.seek(rest.start)
        return self._source.read(len(rest))
