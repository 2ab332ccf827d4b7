"""Layouts of the files that are made of chunks."""

import dataclasses
import struct
from collections.abc import Mapping


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


WAV = Style("<4sI", 12, b"data", (b"fmt ",))
_BIG_WAV = dataclasses.replace(WAV, head=">4sI")
W64 = Style("<4s12xQ", 40, b"data", (b"fmt ",), align=8, own=24)
CAF = Style(">4sQ", 8, b"data", (b"desc", b"kuki", b"pakt"), align=1, lead=4)
_AIFF = Style(">4sI", 12, b"SSND", (b"COMM",), lead=8)
_SVX = Style(">4sI", 12, b"BODY", (b"VHDR",))
# By the first and the third word of the file.
STYLES: Mapping[tuple[bytes, bytes], Style] = {
    (b"RIFF", b"WAVE"): WAV,
    (b"RIFX", b"WAVE"): _BIG_WAV,
    (b"RF64", b"WAVE"): WAV,
    (b"BW64", b"WAVE"): WAV,
    (b"FORM", b"AIFF"): _AIFF,
    (b"FORM", b"AIFC"): _AIFF,
    (b"FORM", b"8SVX"): _SVX,
    (b"FORM", b"16SV"): _SVX,
}

# Integers of AIFF-C by the names that QuickTime has for them, which libsndfile
# does not all know: how long they are, and the name without a length for the
# same order of bytes.
_INTEGERS = {
    b"in16": (16, b"NONE"),
    b"in24": (24, b"NONE"),
    b"in32": (32, b"NONE"),
    b"61ni": (16, b"sowt"),
    b"42ni": (24, b"sowt"),
    b"23ni": (32, b"sowt"),
}


def plain_integers(common: bytes) -> bytes:
    """Returns an AIFF-C file's common chunk with the usual name of integers."""
    if (named := _INTEGERS.get(common[18:22])) is None:
        return common
    bits, name = named
    return common[:6] + struct.pack(">H", bits) + common[8:18] + name + b"\0\0"
