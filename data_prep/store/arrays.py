"""NumPy's .npy files, written as a stream and read without being parsed.

What an array must be is known before its file is opened, so the file's header
is compared with the only right one: a zip, a pickle, a shape that is not so
are all something else.
"""

import math
import os
import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from wavegan_cond.storage.checksums import HashedFile

ALIGNMENT = 64  # bytes; NumPy's, so that a map of the data is aligned
ROOM = 21  # digits of the first dimension: NumPy's room for more rows


def header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Returns what NumPy writes before the data of a C-ordered array.

    Written here, so that it is the same with every version of NumPy.
    """
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (ROOM - len(str(shape[0])))
    before = len(b"\x93NUMPY\x01\x00??" + text.encode() + b"\n")
    text += " " * (ALIGNMENT - before % ALIGNMENT) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def write(
    path: Path,
    dtype: str,
    shape: tuple[int, ...],
    chunks: Iterable[np.ndarray],
) -> str:
    """Writes an array from a stream of its rows.

    Args:
      path: the file.
      dtype: such as ``"<i2"``.
      shape: of the array.
      chunks: arrays of that type; together, along the first axis, the array.

    Returns:
      The SHA-256 of the file.

    Raises:
      ValueError: the rows are not what was announced.
    """
    written = 0
    with HashedFile(path) as file:
        file.write(header(dtype, shape))
        for chunk in chunks:
            if chunk.dtype != dtype or chunk.shape[1:] != shape[1:]:
                raise ValueError(f"rows of {chunk.dtype} {chunk.shape}")
            file.write(np.ascontiguousarray(chunk))
            written += len(chunk)
    if written != shape[0]:
        raise ValueError(f"{written} rows, {shape[0]} announced")
    return file.hexdigest()


def read(content: bytes, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the array that a file's content is.

    Raises:
      ValueError: it is something else.
    """
    start = header(dtype, shape)
    _check(content[: len(start)], len(content), dtype, shape)
    return np.frombuffer(content, dtype, offset=len(start)).reshape(shape)


def memory_map(path: Path, dtype: str, shape: tuple[int, ...]) -> np.memmap:
    """Returns an array that stays on disk, for reading.

    Raises:
      OSError: the file cannot be read.
      ValueError: it holds something else.
    """
    start = header(dtype, shape)
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        _check(file.read(len(start)), size, dtype, shape)
        return np.memmap(file, dtype, "r", offset=len(start), shape=shape)


def _check(start: bytes, size: int, dtype: str, shape: tuple[int, ...]) -> None:
    """Raises ValueError unless a file of ``size`` bytes is such an array."""
    expected = header(dtype, shape)
    if start != expected:
        raise ValueError(f"not an array {dtype} {list(shape)}")
    whole = len(expected) + np.dtype(dtype).itemsize * math.prod(shape)
    if size != whole:
        raise ValueError(f"{size} bytes instead of {whole}")
