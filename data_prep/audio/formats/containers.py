"""Finds the samples in files that are made of chunks, whatever else is wrong.

libsndfile gives up on a file for one chunk that it does not like, and believes
a size that was never filled in. Here the few chunks that samples need are
looked for, and a clean file can be made of these alone.
"""

import dataclasses
import os
import re
import struct
from collections.abc import Mapping
from typing import BinaryIO

from data_prep.audio.formats.sizes import FEW_BYTES, is_open, lack
from data_prep.audio.formats.splice import Part
from data_prep.audio.formats.styles import (
    CAF,
    STYLES,
    W64,
    WAV,
    Style,
    plain_integers,
)

_SEARCHED = 1 << 20  # bytes, for samples behind a chunk that leads nowhere
_LONGEST = 1 << 20  # bytes of a chunk that says how to read the samples
_MAX_CHUNKS = 4096
_LARGEST = 0x7FFF0000  # bytes of samples that are passed on
_NAME = re.compile(rb"[ -~]{4}")


@dataclasses.dataclass(frozen=True)
class Chunks:
    """Chunks found in a file.

    Attributes:
      style: how it is made.
      base: where it begins; not 0 if the file begins twice.
      kind: its first twelve bytes.
      needed: name -> content of the chunks that say how to read the samples.
      sound: the places of the samples that are there.
      missing: bytes of samples that are claimed and not there.
      unclosed: the size of the samples was never filled in.
      first: whether they are the first, which is where libsndfile stops.
    """

    style: Style
    base: int
    kind: bytes
    needed: Mapping[bytes, bytes]
    sound: range
    missing: int
    unclosed: bool
    first: bool

    @property
    def misread(self) -> bool:
        """True if libsndfile may open the file and read other samples."""
        return bool(self.base) or not self.first or self._plain != self.needed

    @property
    def _plain(self) -> Mapping[bytes, bytes]:
        """The needed chunks, in the words that libsndfile knows."""
        if self.kind[8:] != b"AIFC":
            return self.needed
        common = plain_integers(self.needed[b"COMM"])
        return {**self.needed, b"COMM": common}

    def clean(self) -> list[Part]:
        """Returns a file of what is needed, as ``splice.Splice`` takes it."""
        style, first, third = self.style, self.kind[:4], self.kind[8:]
        if style is W64:
            style, third = WAV, b"WAVE"
        if style is WAV:
            first = b"RIFF"  # the samples fit into it
        sound = self.sound[:_LARGEST]
        body = b"".join(style.chunk(*chunk) for chunk in self._plain.items())
        body += struct.pack(style.head, style.sound, len(sound) + style.lead)
        body += bytes(style.lead)
        padding = bytes(-len(sound) % style.align)
        if style is CAF:
            return [self.kind[:8] + body, sound]
        whole = 4 + len(body) + len(sound) + len(padding)
        front = struct.pack(style.head, first, whole) + third
        return [front + body, sound, padding]


def find_chunks(file: BinaryIO) -> Chunks | None:
    """Returns what a file of chunks holds, or None if there are no samples."""
    size = file.seek(0, os.SEEK_END)
    base, found = 0, None
    while style := _style_at(file, base):
        following = _find(file, style, base, size)
        if following is None:
            break
        found, base = following, following.sound.start
    if found and found.base:
        # libsndfile writes its header into a pipe at every turn.
        last = found.sound[max(0, len(found.sound) - (base - found.base)) :]
        if _style_at(file, last.start):
            sound = range(found.sound.start, last.start)
            found = dataclasses.replace(found, sound=sound)
    return found


def _style_at(file: BinaryIO, base: int) -> Style | None:
    file.seek(base)
    words = file.read(28)
    if words[:4] == b"caff":
        return CAF
    if words[:4] == b"riff" and words[24:] == b"wave":
        return W64
    return STYLES.get((words[:4], words[8:12]))


def _find(file: BinaryIO, style: Style, base: int, size: int) -> Chunks | None:
    """Goes from chunk to chunk, to the longest of those of samples.

    A program that mends a file may leave an empty one in front of them, or
    put a second behind.
    """
    file.seek(base)
    kind, needed, large = file.read(12), {}, 0
    sounds: list[tuple[range, int, bool]] = []
    place: int | None = base + style.first
    for _ in range(_MAX_CHUNKS):
        name, claim = _read_head(file, style, place)
        start = place + style.length
        if name == style.sound:
            claim = large if large and claim == 0xFFFFFFFF else claim
            sounds.append(_measure(file, style, start, claim, size))
        length = max(0, claim - style.own)
        if name in style.needed:
            needed.setdefault(name, file.read(min(length, _LONGEST)))
        elif name == b"ds64":  # of RF64: the sizes that need more than 32 bits
            large = int.from_bytes(file.read(16)[8:], "little")
        end = sounds[-1][0].stop if name == style.sound else start + length
        place = _next(file, style, base, end, size)
        if place is None and not sounds:
            place = _search(file, style, start, size)
        if place is None:
            break
    if not sounds or style.needed[0] not in needed:
        return None
    longest = max(sounds, key=lambda told: len(told[0]))
    first = longest is sounds[0]
    return Chunks(style, base, kind, needed, *longest, first=first)


def _read_head(file: BinaryIO, style: Style, place: int) -> tuple[bytes, int]:
    """Returns name and size of the chunk at ``place``; no name if none is."""
    file.seek(place)
    head = file.read(style.length)
    if len(head) < style.length or not _NAME.match(head):
        return b"", 0
    return struct.unpack(style.head, head)


def _next(
    file: BinaryIO, style: Style, base: int, end: int, size: int
) -> int | None:
    """Returns where the chunk behind one that ends at ``end`` begins.

    Some writers forget the padding of an odd chunk.
    """
    padded = end + (base - end) % style.align
    wanted = (style.sound, *style.needed)
    places = [place for place in (padded, end) if place < size]
    heads = {place: _read_head(file, style, place) for place in places}
    for place, (name, _) in heads.items():
        if name in wanted:
            return place
    for place, (name, claim) in heads.items():
        if name and place + claim <= size:
            return place
    return None


def _search(file: BinaryIO, style: Style, start: int, size: int) -> int | None:
    """Returns where the samples' chunk may be, behind one that leads astray."""
    file.seek(start)
    content = file.read(_SEARCHED)
    for match in re.finditer(re.escape(style.sound), content):
        place = start + match.start()
        name, claim = _read_head(file, style, place)
        rest = size - place - style.length
        if name and (claim <= rest + FEW_BYTES or is_open(claim)):
            return place
    return None


def _measure(
    file: BinaryIO, style: Style, start: int, claim: int, size: int
) -> tuple[range, int, bool]:
    """Returns the places of the samples, the bytes missing, and ``unclosed``.

    A size of 0 with more behind it than further chunks was never filled in.
    """
    unknown = is_open(claim)
    start, claim = start + style.lead, claim - style.own - style.lead
    rest = max(0, size - start)
    if unknown:
        return range(start, size), 0, False
    if claim <= 0:
        unclosed = rest > 0 and not _are_chunks(file, style, start, size)
        return range(start, size if unclosed else start), 0, unclosed
    there = range(start, start + min(claim, rest))
    return there, lack(claim, rest), False


def _are_chunks(file: BinaryIO, style: Style, place: int, size: int) -> bool:
    """Says whether nothing but whole chunks, or a few bytes, follow."""
    for _ in range(_MAX_CHUNKS):
        if size - place < style.length:
            return True
        name, claim = _read_head(file, style, place)
        place += style.length + max(0, claim - style.own)
        if not name or place > size:
            return False
        place += -place % min(2, style.align)
    return False
