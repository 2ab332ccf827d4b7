"""The files of a store, written and read with proof that they are the same.

Arrays are NumPy's .npy files, written as a stream and read without being
parsed: what an array must be is known before its file is opened, so its header
is compared with the only right one. A zip, a pickle, a shape that is not so are
all something else.
"""

import hashlib
import io
import json
import math
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from wavegan_cond.storage.checksums import HashedFile, file_sha256
from wavegan_cond.storage.folders import is_fixed, list_names
from wavegan_cond.storage.untrusted import open_regular, read_bytes

FORMAT = "wavegan-cond store 2"
MAX_HASHED = 1 << 32  # bytes of a manifest
MAX_BYTES = 1 << 28  # of a file that is read into memory
INFO, MANIFEST = "dataset.json", "manifest.csv"
WAVEFORMS, LABELS, CHECKS = "waveforms.npy", "labels.npy", "checks.npy"
FILES = frozenset([INFO, MANIFEST, WAVEFORMS, LABELS, CHECKS])
OF_SPOOL = RECORDS, LINES, OWNER = "records", "lines", "owner"
SPOOL = ".spool"  # what the name of its folder ends with
SEAL = "sha256_without_this"  # of dataset.json itself
KINDS = {"classes": list, "sha256": dict, "fingerprint": str, SEAL: str}
LEAST = {"sample_rate": 1, "length": 1, "train": 0, "validation": 0, "test": 1}


class StoreError(Exception):
    """A store cannot be opened or written; the message says what to do."""

    exit_code = 2


class StoreWriteError(StoreError):
    """The disk is full, or may not be written to."""

    exit_code = 4


def write_arrays(
    folder: Path,
    waveforms: Iterable[np.ndarray],
    labels: np.ndarray,
    length: int,
) -> dict[str, str]:
    """Writes waveforms, their checks and the labels.

    Args:
      folder: of the store.
      waveforms: int16 arrays [n, length], together one row per label.
      labels: int32 [N].
      length: T, samples of a row.

    Returns:
      The SHA-256 of each file.
    """
    checks = []

    def checked() -> Iterator[np.ndarray]:
        for chunk in waveforms:
            rows = np.ascontiguousarray(chunk)
            checks.append(np.array([zlib.crc32(row) for row in rows], "<u4"))
            yield rows

    shape = len(labels), length
    digest = write_npy(folder / WAVEFORMS, "<i2", shape, checked())
    return {
        WAVEFORMS: digest,
        CHECKS: write_npy(folder / CHECKS, "<u4", shape[:1], checks),
        LABELS: write_npy(folder / LABELS, "<i4", shape[:1], [labels]),
    }


def sealed(info: dict[str, Any]) -> str:
    """Returns the text of ``dataset.json``, its own SHA-256 within."""
    text = json.dumps({SEAL: "", **info}, indent=2, ensure_ascii=False) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text.replace('""', f'"{digest}"', 1)


def read_info(path: Path) -> dict[str, Any]:
    """Returns the content of ``dataset.json``.

    Raises:
      StoreError: it is missing, of another format, or not as written.
    """
    try:
        content = read_bytes(path / INFO, MAX_BYTES)
        info = json.loads(content)
    except OSError as error:
        raise StoreError(
            f"{path} holds no prepared store: {INFO} cannot be read "
            f"({error.strerror}); make one with "
            "python -m experiments.prepare_data"
        ) from error
    except (ValueError, RecursionError) as error:
        raise _no_info(path, f"{INFO} is not JSON ({error})") from error
    if not isinstance(info, dict) or info.get("format") != FORMAT:
        raise _no_info(path, f"{INFO} does not say {FORMAT!r}")
    for key, kind in KINDS.items():
        if not isinstance(info.get(key), kind):
            raise _no_info(path, f"{INFO} has no valid {key!r}")
    sizes = {"test": 1, **info}  # a store need not have a test side
    for key, least in LEAST.items():
        if type(sizes.get(key)) is not int or sizes[key] < least:
            raise _no_info(path, f"{INFO} has no valid {key!r}")
    unsealed = content.replace(info[SEAL].encode("utf-8", "replace"), b"", 1)
    if hashlib.sha256(unsealed).hexdigest() != info[SEAL]:
        raise _no_info(path, f"{INFO} is not the one written")
    return info


def map_waveforms(path: Path, shape: tuple[int, int]) -> np.memmap:
    """Returns the int16 waveforms, on disk and unchecked.

    Raises:
      StoreError: the file is missing or of another shape.
    """
    try:
        return map_npy(path / WAVEFORMS, shape)
    except (OSError, ValueError) as error:
        raise broken(path, f"{WAVEFORMS}: {error}") from error


def read_array(
    path: Path, name: str, dtype: str, rows: int, info: dict[str, Any]
) -> np.ndarray:
    """Returns a small array [rows], checked.

    Raises:
      StoreError: the file is missing or not as written.
    """
    try:
        content = read_bytes(path / name, MAX_BYTES)
        array = read_npy(content, dtype, (rows,))
    except (OSError, ValueError) as error:
        raise broken(path, f"{name}: {error}") from error
    _compare(path, name, hashlib.sha256(content).hexdigest(), info)
    return array


def check_digest(path: Path, name: str, info: dict[str, Any]) -> None:
    """Raises StoreError unless a file has the SHA-256 it was written with."""
    try:
        most = None if name == WAVEFORMS else MAX_HASHED
        digest = file_sha256(path / name, most)
    except OSError as error:
        raise broken(path, f"{name}: {error}") from error
    _compare(path, name, digest, info)


def place_of_spool(store: str | os.PathLike) -> Path:
    """Returns the folder of the spool of a store to come.

    It is on the disk of the store: within it where something is mounted on it,
    or where it is the working folder. One that is there stays where it is.
    """
    store = Path(os.path.realpath(store))
    name = f".{store.name}{SPOOL}"
    beside, within = store.parent / name, store / name
    if beside.is_dir() or within.is_dir():
        return beside if beside.is_dir() else within
    return within if is_fixed(store) else beside


def list_store(path: Path) -> list[str]:
    """Returns the names in a store's folder, but for that of a spool."""
    return [name for name in list_names(path) if not _is_spool(path / name)]


def _is_spool(path: Path) -> bool:
    """Says whether a folder is a spool: the store around it may be renamed."""
    named = path.name.startswith(".") and path.name.endswith(SPOOL)
    return named and path.is_dir() and set(os.listdir(path)) <= set(OF_SPOOL)


def find_foreign(path: Path) -> str:
    """Returns the name of what in a folder is not of a store, or "".

    The files of a store count as such where ``dataset.json`` is as this program
    has written it.
    """
    names = list_store(path)
    for name in names:
        mode = os.lstat(path / name).st_mode
        if name not in FILES or not stat.S_ISREG(mode):
            return name
    try:
        if names:
            read_info(path)
    except StoreError:
        return INFO
    return ""


def broken(path: Path, what: str) -> StoreError:
    """Returns the error that says what is wrong with a store."""
    return StoreError(
        f"{path} is not a whole store: {what}; prepare it again with "
        "python -m experiments.prepare_data --overwrite"
    )


def _no_info(path: Path, what: str) -> StoreError:
    """Returns the error of a folder that need not be a store of ours."""
    return StoreError(
        f"{path} is not a whole store: {what}; remove it, if nothing in it is "
        "yours, and prepare it again with python -m experiments.prepare_data"
    )


def _compare(path: Path, name: str, digest: str, info: dict[str, Any]) -> None:
    if digest != info["sha256"].get(name):
        raise broken(path, f"{name} is not the one written")


def npy_header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Returns what NumPy writes before the data of a C-ordered array."""
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue()


def write_npy(
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
        file.write(npy_header(dtype, shape))
        for chunk in chunks:
            if chunk.dtype != dtype or chunk.shape[1:] != shape[1:]:
                raise ValueError(f"rows of {chunk.dtype} {chunk.shape}")
            file.write(np.ascontiguousarray(chunk))
            written += len(chunk)
    if written != shape[0]:
        raise ValueError(f"{written} rows, {shape[0]} announced")
    return file.hexdigest()


def read_npy(content: bytes, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the array that a file's content is.

    Raises:
      ValueError: it is something else.
    """
    start = npy_header(dtype, shape)
    _check(content[: len(start)], len(content), dtype, shape)
    return np.frombuffer(content, dtype, offset=len(start)).reshape(shape)


def map_npy(path: Path, shape: tuple[int, ...]) -> np.memmap:
    """Returns an int16 array that stays on disk, for reading.

    Raises:
      OSError: the file cannot be read.
      ValueError: it holds something else.
    """
    start = npy_header("<i2", shape)
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        _check(file.read(len(start)), size, "<i2", shape)
        return np.memmap(file, "<i2", "r", offset=len(start), shape=shape)


def _check(start: bytes, size: int, dtype: str, shape: tuple[int, ...]) -> None:
    """Raises ValueError unless a file of ``size`` bytes is such an array."""
    expected = npy_header(dtype, shape)
    if start != expected:
        raise ValueError(f"not an array {dtype} {list(shape)}")
    whole = len(expected) + np.dtype(dtype).itemsize * math.prod(shape)
    if size != whole:
        raise ValueError(f"{size} bytes instead of {whole}")
