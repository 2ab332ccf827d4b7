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

from data_prep.audio.formats.splice import Part
from data_prep.audio.truncation import FEW_BYTES, is_open

_SEARCHED = 1 << 20  # bytes, for samples behind a chunk that leads nowhere
_LONGEST = 1 << 20  # bytes of a chunk that says how to read the samples
_MAX_CHUNKS = 4096
_LARGEST = 0x7FFF0000  # bytes of samples that are passed on
_NAME = re.compile(rb"[ -~]{4}")


@dataclasses.dataclass(frozen=True)
class Style:
    """Chunk layout of a container format.

    Attributes:
      head: struct format of a chunk's name and size.
      first: where the first chunk is.
      sound: name of the chunk of samples.
      needed: names of the chunks that say how to read them; not all need be
        there, but the first.
      align: chunks begin at multiples of it, counted from the file's start.
      own: bytes of the head that the size includes.
      lead: bytes in front of the samples in their chunk.
    """

    head: str
    first: int
    sound: bytes
    needed: tuple[bytes, ...]
    align: int = 2
    own: int = 0
    lead: int = 0

    @property
    def length(self) -> int:
        """Bytes of a chunk's head."""
        return struct.calcsize(self.head)

    def chunk(self, name: bytes, content: bytes) -> bytes:
        """Returns a chunk."""
        head = struct.pack(self.head, name, len(content) + self.own)
        return head + content + bytes(-len(content) % self.align)


_WAV = Style("<4sI", 12, b"data", (b"fmt ",))
_BIG_WAV = dataclasses.replace(_WAV, head=">4sI")
_W64 = Style("<4s12xQ", 40, b"data", (b"fmt ",), align=8, own=24)
_CAF = Style(">4sQ", 8, b"data", (b"desc", b"kuki", b"pakt"), align=1, lead=4)
_AIFF = Style(">4sI", 12, b"SSND", (b"COMM",), lead=8)
_SVX = Style(">4sI", 12, b"BODY", (b"VHDR",))
# By the first and the third word of the file.
_STYLES: Mapping[tuple[bytes, bytes], Style] = {
    (b"RIFF", b"WAVE"): _WAV,
    (b"RIFX", b"WAVE"): _BIG_WAV,
    (b"RF64", b"WAVE"): _WAV,
    (b"BW64", b"WAVE"): _WAV,
    (b"FORM", b"AIFF"): _AIFF,
    (b"FORM", b"AIFC"): _AIFF,
    (b"FORM", b"8SVX"): _SVX,
    (b"FORM", b"16SV"): _SVX,
}


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
    """

    style: Style
    base: int
    kind: bytes
    needed: Mapping[bytes, bytes]
    sound: range
    missing: int
    unclosed: bool

    def clean(self) -> list[Part]:
        """Returns a file of what is needed, as ``splice.Splice`` takes it."""
        style, first, third = self.style, self.kind[:4], self.kind[8:]
        if style is _W64:
            style, third = _WAV, b"WAVE"
        if style is _WAV:
            first = b"RIFF"  # the samples fit into it
        sound = self.sound[:_LARGEST]
        body = b"".join(style.chunk(*chunk) for chunk in self.needed.items())
        body += struct.pack(style.head, style.sound, len(sound) + style.lead)
        body += bytes(style.lead)
        padding = bytes(-len(sound) % style.align)
        if style is _CAF:
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
        return _CAF
    if words[:4] == b"riff" and words[24:] == b"wave":
        return _W64
    return _STYLES.get((words[:4], words[8:12]))


def _find(file: BinaryIO, style: Style, base: int, size: int) -> Chunks | None:
    """Goes from chunk to chunk until the samples."""
    file.seek(base)
    kind, needed, large = file.read(12), {}, 0
    place = base + style.first
    for _ in range(_MAX_CHUNKS):
        name, claim = _read_head(file, style, place)
        start = place + style.length
        if name == style.sound:
            if style.needed[0] not in needed:
                return None
            claim = large if large and claim == 0xFFFFFFFF else claim
            told = _measure(file, style, start, claim, size)
            return Chunks(style, base, kind, needed, *told)
        length = max(0, claim - style.own)
        if name in style.needed:
            needed[name] = file.read(min(length, _LONGEST))
        elif name == b"ds64":  # of RF64: the sizes that need more than 32 bits
            large = int.from_bytes(file.read(16)[8:], "little")
        following = _next(file, style, base, start + length, size)
        if following is None:
            following = _search(file, style, start, size)
        if following is None:
            return None
        place = following
    return None


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
    start, claim = start + style.lead, claim - style.own - style.lead
    rest = max(0, size - start)
    if is_open(claim):
        return range(start, size), 0, False
    if claim <= 0:
        unclosed = rest > 0 and not _are_chunks(file, style, start, size)
        return range(start, size if unclosed else start), 0, unclosed
    missing = claim - rest if claim > rest + FEW_BYTES else 0
    return range(start, start + min(claim, rest)), missing, False


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
