"""Detection of truncated sound files.

libsndfile corrects the claims of uncompressed files in silence: half a file
is to it a shorter sound.
"""

import os
from typing import BinaryIO

from data_prep.audio.formats import heads, ogg
from data_prep.audio.formats.containers import find_chunks
from data_prep.audio.formats.sizes import lack


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
    file.seek(0)
    head = file.read(12).ljust(12, b"\0")
    if head.startswith(b"OggS"):
        _, whole = ogg.undamaged(file)
        return int(not whole)
    if order := heads.AU.get(head[:4]):
        start, claim = (
            int.from_bytes(head[at : at + 4], order) for at in (4, 8)
        )
        return lack(claim, file.seek(0, os.SEEK_END) - start)
    chunks = find_chunks(file)
    return chunks.missing if chunks else 0
