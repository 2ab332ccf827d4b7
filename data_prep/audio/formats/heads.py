"""Puts right the size in files of one header and samples behind it.

A program that writes into a pipe does not know the size, and what it writes
instead libsndfile takes for one.
"""

import os
from collections.abc import Sequence
from typing import BinaryIO

from data_prep.audio.formats.sizes import is_open
from data_prep.audio.formats.splice import Part

AU = {b".snd": "big", b"dns.": "little"}
_HTK_PCM = b"\0\2\0\0"  # two bytes a sample; samples, not features of them
_HTK_PERIODS = range(1, 2000)  # of 100 ns: down to 5 kHz


def put_right(file: BinaryIO) -> tuple[Sequence[Part], bool]:
    """Returns a file whose size is right, and whether it was 0.

    Returns:
      Nothing for other kinds of file, and where there is nothing to put right.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(12)
    if order := AU.get(head[:4]):
        claim = int.from_bytes(head[8:], order)
        right = head[:8] + b"\xff" * 4  # to the end of the file
    elif head[8:] == _HTK_PCM:
        claim = int.from_bytes(head[:4], "big")
        if int.from_bytes(head[4:8], "big") not in _HTK_PERIODS:
            return (), False
        right = ((size - 12) // 2 % 2**32).to_bytes(4, "big") + head[4:]
    else:
        return (), False
    if claim and not is_open(claim):
        return (), False
    return (right, range(12, size)), not claim
