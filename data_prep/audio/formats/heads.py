"""Puts right the size in AU files: one header, and samples behind it.

A program that writes into a pipe does not know the size, and what it writes
instead libsndfile takes for one.
"""

import os
from collections.abc import Sequence
from typing import BinaryIO

from data_prep.audio.formats.sizes import is_open
from data_prep.audio.formats.splice import Part

AU = {b".snd": "big", b"dns.": "little"}


def put_right(file: BinaryIO) -> tuple[Sequence[Part], bool]:
    """Returns a file whose size is right, and whether it was 0.

    Returns:
      Nothing for other kinds of file, and where there is nothing to put right.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(12)
    order = AU.get(head[:4])
    claim = int.from_bytes(head[8:], order or "big")
    if not order or (claim and not is_open(claim)):
        return (), False
    right = head[:8] + b"\xff" * 4  # to the end of the file
    return (right, range(12, size)), not claim
