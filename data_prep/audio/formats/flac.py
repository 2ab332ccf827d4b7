"""Counts the samples of a FLAC stream: of one left open, or up to damage.

An encoder that writes into a pipe leaves their number open. Each frame says
where it stands and how long it is, so the last whole one says how many samples
there are.
"""

import functools
import re
from typing import NamedTuple

# Where the number of samples stands: the lowest 36 bits of these bytes.
TOTAL = slice(21, 26)
MOST = (1 << 36) - 1
_SYNC = re.compile(b"\xff[\xf8\xf9]")
_LONGEST_HEAD = 16
_LARGEST = 1 << 19  # bytes of a frame: 8 channels of 16,384 samples
# Bytes behind the head, by its codes for block size and rate.
_BLOCK_BYTES, _RATE_BYTES = {6: 1, 7: 2}, {12: 1, 13: 2, 14: 2}


class Frame(NamedTuple):
    """The numbers of a frame's first sample, and of the one behind its last."""

    start: int
    end: int


def is_open(data: bytes) -> bool:
    """Says whether a file is FLAC and leaves the number of samples open."""
    begins = data[:4] == b"fLaC" and len(data) > 42 and not data[4] & 0x7F
    return begins and not int.from_bytes(data[TOTAL], "big") & MOST


def count(data: bytes) -> tuple[int, bool]:
    """Returns the samples in whole frames, and whether the last one is cut."""
    block = int.from_bytes(data[8:10], "big")
    begin = _skip_metadata(data)
    place, last = None, Frame(0, 0)
    for match in _SYNC.finditer(data, begin):
        frame = read_frame(data, match.start(), block)
        if frame is not None and frame.start == last.end:
            place, last = match.start(), frame
    if place is None:
        return 0, begin < len(data)
    whole = _checksum(data[place:]) == 0 or (
        data[-128:-125] == b"TAG" and _checksum(data[place:-128]) == 0
    )
    return (last.end, False) if whole else (last.start, True)


def undamaged(data: bytes, most: int) -> tuple[int, int]:
    """Returns the samples in front of any damage, and where these frames end.

    Args:
      data: the file.
      most: samples behind which no damage is looked for.
    """
    block = int.from_bytes(data[8:10], "big")
    place, total = _skip_metadata(data), 0
    while total < most and _SYNC.match(data, place):
        frame = read_frame(data, place, block)
        if frame is None or frame.start != total:
            break
        if (end := _find_end(data, place, block)) is None:
            break
        place, total = end, frame.end
    return total, place


def _find_end(data: bytes, place: int, block: int) -> int | None:
    """Returns where the whole frame at ``place`` ends, or None if it is not."""
    for match in _SYNC.finditer(data, place + 2, place + _LARGEST):
        end = match.start()
        if read_frame(data, end, block) and not _checksum(data[place:end]):
            return end
    rest = data[place : place + _LARGEST]
    return None if _checksum(rest) else place + len(rest)


def with_total(data: bytes, total: int) -> bytes:
    """Returns the same file with the number of its samples."""
    told = int.from_bytes(data[TOTAL], "big") & ~MOST | min(total, MOST)
    return data[: TOTAL.start] + told.to_bytes(5, "big") + data[TOTAL.stop :]


def read_frame(data: bytes, place: int, block: int) -> Frame | None:
    """Returns the frame that begins at ``place``, or None.

    Args:
      data: the file.
      place: where a frame may begin.
      block: samples of a frame, where all are alike.
    """
    head = data[place : place + _LONGEST_HEAD].ljust(_LONGEST_HEAD, b"\0")
    size, rate = head[2] >> 4, head[2] & 15
    number, at = _read_number(head)
    more = at + _BLOCK_BYTES.get(size, 0)
    end = more + _RATE_BYTES.get(rate, 0)
    if number is None or not size or rate == 15 or end >= _LONGEST_HEAD:
        return None
    if _remainder(head[: end + 1], 0x07, 8):
        return None
    if more > at:
        samples = int.from_bytes(head[at:more], "big") + 1
    elif size == 1:
        samples = 192
    else:
        samples = 576 << size - 2 if size < 6 else 256 << size - 8
    start = number if head[1] & 1 else number * block
    return Frame(start, start + samples)


def _read_number(head: bytes) -> tuple[int | None, int]:
    """Returns the number of a frame or sample, and where it ends.

    It is written as UTF-8 is, with up to seven bytes.
    """
    first = head[4]
    ones = 8 - (first ^ 0xFF).bit_length()
    if ones == 0:
        return first, 5
    if ones == 1 or ones == 8:
        return None, 5
    number = first & 0x7F >> ones
    for byte in head[5 : 4 + ones]:
        if byte >> 6 != 2:
            return None, 5
        number = number << 6 | byte & 0x3F
    return number, 4 + ones


def _skip_metadata(data: bytes) -> int:
    """Returns where the frames begin."""
    place, last = 4, False
    while not last and place + 4 <= len(data):
        last = bool(data[place] & 0x80)
        place += 4 + int.from_bytes(data[place + 1 : place + 4], "big")
    return place


def _checksum(frame: bytes) -> int:
    """Returns 0 for a whole frame, which ends with its checksum."""
    return _remainder(frame, 0x8005, 16)


def _remainder(content: bytes, polynomial: int, bits: int) -> int:
    """Returns what is left of the content divided by a polynomial."""
    table, rest = _divided(polynomial, bits), 0
    kept = (1 << bits - 8) - 1
    for byte in content:
        rest = (rest & kept) << 8 ^ table[rest >> bits - 8 ^ byte]
    return rest


@functools.cache
def _divided(polynomial: int, bits: int) -> list[int]:
    """Returns the remainder of each byte."""
    table = []
    for rest in range(256):
        rest <<= bits - 8
        for _ in range(8):
            top = rest >> bits - 1
            rest = (rest << 1) % (1 << bits) ^ (polynomial if top else 0)
        table.append(rest)
    return table
