"""Ogg files: names their coding, and extracts FLAC, which libsndfile cannot."""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from data_prep.audio.formats.splice import Part

# How the first packet of a stream begins, and the name of its coding.
CODINGS = {
    b"\x01vorbis": "Vorbis",
    b"OpusHead": "Opus",
    b"\x7fFLAC": "FLAC",
    b"Speex   ": "Speex",
    b"\x80theora": "Theora",
    b"fLaC": "FLAC",
    b"PCM     ": "PCM",
    b"\x80kate": "Kate",
    b"BBCD\0": "Dirac",
    b"fishead\0": "Skeleton",
    b"Annodex": "Annodex",
}
_FIRST, _LAST = 2, 4  # the flags of a stream's first page and its last
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Page(NamedTuple):
    """A page of an Ogg file.

    Attributes:
      flags: first, last, goes on.
      stream: which one it belongs to.
      whole: its places.
      body: the places of what it holds.
    """

    flags: int
    stream: int
    whole: range
    body: range


def pages(file: BinaryIO) -> Iterator[Page]:
    """Yields the pages from the start to the first place where none is."""
    place = 0
    while True:
        file.seek(place)
        head = file.read(27)
        if len(head) < 27 or head[:4] != b"OggS":
            return
        sizes = file.read(head[26])
        start = place + 27 + head[26]
        whole = range(place, start + sum(sizes))
        place = whole.stop
        flags, stream = struct.unpack("<5xB8xI", head[:18])
        yield Page(flags, stream, whole, whole[27 + head[26] :])


def undamaged(file: BinaryIO) -> tuple[int, bool]:
    """Returns where undamaged pages end, and whether the last is a last one."""
    end = flags = 0
    for page in pages(file):
        if not _is_undamaged(file, page):
            break
        end, flags = page.whole.stop, page.flags
    return end, bool(flags & _LAST)


def _is_undamaged(file: BinaryIO, page: Page) -> bool:
    """Says whether a page is there and has its checksum.

    It is that of ``zlib`` but for the order of the bits.
    """
    file.seek(page.whole.start)
    data = file.read(len(page.whole))
    if len(data) < len(page.whole):
        return False
    unsigned = data[:22] + bytes(4) + data[26:]
    check = ~zlib.crc32(unsigned.translate(_REVERSED), 0xFFFFFFFF) & 0xFFFFFFFF
    return check.to_bytes(4, "little").translate(_REVERSED)[::-1] == data[22:26]


def codings(file: BinaryIO) -> list[str]:
    """Returns the names of the codings in a file, those known."""
    found = []
    for page in pages(file):
        if not page.flags & _FIRST:
            break  # the streams all begin before any goes on
        file.seek(page.body.start)
        start = file.read(8)
        found += [
            name for begin, name in CODINGS.items() if start.startswith(begin)
        ]
    return found


def take_out_flac(file: BinaryIO) -> list[Part]:
    """Returns the parts of an Ogg file that are a FLAC file, if any are."""
    parts: list[Part] = []
    stream = None
    for page in pages(file):
        file.seek(page.body.start)
        start = file.read(5) if page.flags & _FIRST else b""
        if stream is None and start == b"\x7fFLAC":
            # Behind the name: a version, and the number of packets to come.
            stream, parts = page.stream, [page.body[9:]]
        elif page.stream == stream:
            parts.append(page.body)
    return parts
