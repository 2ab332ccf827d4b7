"""Detection of truncated sound files.

libsndfile corrects the claims of uncompressed files in silence: half a file
is to it a shorter sound.
"""

import os
import struct
from typing import BinaryIO

from data_prep.audio.formats import ogg

FEW_BYTES = 64  # that a header may claim too much by a writer's slip
# What programs write for a size before they know it, if they write a stream:
# about the most that 32 bits hold, signed or not, or that 64 bits hold.
OPEN = (
    range(0x7F000000, 0x81000000),
    range(0xFF000000, 0x100000000),
    range(1 << 62, 1 << 64),
)
# The chunk that holds the samples, by the first and third word of the file.
DATA = {
    (b"RIFF", b"WAVE"): b"data",
    (b"RIFX", b"WAVE"): b"data",
    (b"RF64", b"WAVE"): b"data",
    (b"FORM", b"AIFF"): b"SSND",
    (b"FORM", b"AIFC"): b"SSND",
    (b"FORM", b"8SVX"): b"BODY",
    (b"FORM", b"16SV"): b"BODY",
}


def missing_bytes(path: str | os.PathLike) -> int:
    """Returns how many bytes of sound a file claims but lacks.

    Of an OGG file, whose pages do not say how many follow, it is 1 where a
    page is damaged or the last one missing. Files that say nothing lack
    nothing.
    """
    with open(path, "rb") as file:
        return lacking(file)


def lacking(file: BinaryIO) -> int:
    """Returns the same of an open file."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    first, _, third = struct.unpack("4s4s4s", file.read(12).ljust(12))
    if first == b"OggS":
        _, whole = ogg.undamaged(file)
        return int(not whole)
    if name := DATA.get((first, third)):
        order = "<" if first in (b"RIFF", b"RF64") else ">"
        claim = _in_chunks(file, name, order)
    elif first == b"riff":
        claim = _in_wave64(file)
    else:
        claim = _in_au(file, first)
    missing = claim - (size - file.tell())
    return 0 if is_open(claim) or missing <= FEW_BYTES else missing


def is_open(claim: int) -> bool:
    """Says whether a size is one that was written before it was known."""
    return any(claim in sizes for sizes in OPEN)


def _in_chunks(file: BinaryIO, wanted: bytes, order: str) -> int:
    """Goes to the samples; returns the bytes claimed of them, or 0."""
    large = 0
    while len(head := file.read(8)) == 8:
        name, claim = struct.unpack(f"{order}4sI", head)
        if name == wanted:
            return large if large and claim == 0xFFFFFFFF else claim
        start = file.tell()
        if name == b"ds64":  # of RF64: the sizes that need more than 32 bits
            large = struct.unpack("<8xQ", file.read(16).ljust(16, b"\0"))[0]
        file.seek(start + claim + claim % 2)
    return 0


def _in_wave64(file: BinaryIO) -> int:
    """The same in Sony's format: names of 16 bytes, places in eights."""
    file.seek(40)
    while len(head := file.read(24)) == 24:
        name, claim = struct.unpack("<4s12xQ", head)
        if name == b"data":
            return max(0, claim - 24)
        if not 24 <= claim < 1 << 62:
            break
        file.seek(-(-(claim - 24) // 8) * 8, os.SEEK_CUR)
    return 0


def _in_au(file: BinaryIO, magic: bytes) -> int:
    """The same in Sun's format; 0 if it is not that."""
    if magic not in (b".snd", b"dns."):
        return 0
    file.seek(4)
    order = ">" if magic == b".snd" else "<"
    start, claim = struct.unpack(f"{order}II", file.read(8).ljust(8, b"\0"))
    file.seek(start)
    return claim
