"""The sounds of a SoundFont 2 file, as WAV files.

SoundFont Technical Specification 2.01: chunks are of section 4, the samples
(smpl) of section 6.1, their headers (shdr) of section 7.10.
"""

import io
import struct
from collections.abc import Iterator, Set
from typing import BinaryIO

import numpy as np

from wavegan_cond.synthesis.wav import encode

LISTS = b"RIFF", b"LIST"  # chunks of chunks, behind four letters of a type
HEADER = struct.Struct("<20s5I2B2H")  # name, start, end, loop, rate, ...
FASTEST = 1_000_000  # Hz


def read_sounds(file: BinaryIO, names: Set[str]) -> Iterator[tuple[str, bytes]]:
    """Yields the sounds of some names, each a mono 16-bit WAV file.

    One whose header cannot be right is none.

    Args:
      file: a SoundFont 2 file that can be sought.
      names: of the sounds that are wanted; several sounds may share one.

    Raises:
      ValueError: the file is no SoundFont, or it is not whole.
    """
    chunks = dict(_chunks(file))
    if not {b"smpl", b"shdr"} <= chunks.keys():
        raise ValueError("no SoundFont 2 file, or not a whole one")
    samples, space = chunks[b"smpl"]
    at, size = chunks[b"shdr"]
    file.seek(at)
    headers = file.read(size - size % HEADER.size)
    for name, start, end, _, _, rate, *_ in HEADER.iter_unpack(headers):
        name = name.partition(b"\0")[0].decode("latin-1")
        is_right = start <= end <= space // 2 and 0 < rate <= FASTEST
        if name in names and is_right:
            file.seek(samples + 2 * start)
            sound = np.frombuffer(file.read(2 * (end - start)), "<i2")
            yield name, encode(sound, rate, "PCM_16")


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Yields the name, place and size of every chunk that holds no others."""
    while len(head := file.read(8)) == 8:
        name, size = struct.unpack("<4sI", head)
        if name in LISTS:
            file.read(4)
        else:
            yield name, (file.tell(), size)
            file.seek(size + size % 2, io.SEEK_CUR)
