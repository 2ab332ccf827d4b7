"""Reading of untrusted files, with limits on their size."""

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO


def check_regular(file: Path, most: int | None = None) -> Path:
    """Returns a file that has an end, or raises before anything is read.

    Args:
      file: its path.
      most: bytes that it may have.

    Raises:
      OSError: it is no regular file, larger, or not there.
    """
    _check_status(file.stat(), most, file)
    return file


def open_regular(
    path: str | os.PathLike, most: int | None = None, buffering: int = -1
) -> BinaryIO:
    """Opens a file that has an end for reading.

    What never ends, and a pipe to which nobody writes, is not waited for.

    Args:
      path: path of the file.
      most: bytes that it may have.
      buffering: as of ``open``.

    Raises:
      OSError: it is no regular file, larger, or cannot be read.
    """
    check_regular(Path(path), most)
    # What it is may have changed since: a pipe is opened without waiting.
    file = open(path, "rb", buffering, opener=_open_at_once)
    try:
        _check_status(os.fstat(file.fileno()), most, path)
    except OSError:
        file.close()
        raise
    return file


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _check_status(
    status: os.stat_result, most: int | None, path: str | os.PathLike
) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "no regular file", os.fspath(path))
    if most is not None and status.st_size > most:
        text = f"larger than {most} bytes"
        raise OSError(errno.EFBIG, text, os.fspath(path))


def read_bytes(path: str | os.PathLike, max_bytes: int) -> bytes:
    """Returns the content of a file of at most ``max_bytes`` bytes.

    Raises:
      OSError: the file cannot be read, or is no regular file.
      ValueError: the file is larger.
    """
    with open_regular(path) as file:
        # Some files have more than their size says.
        if os.fstat(file.fileno()).st_size <= max_bytes:
            data = file.read(max_bytes + 1)
            if len(data) <= max_bytes:
                return data
    raise ValueError(f"it has more than {max_bytes} bytes")


def read_text(path: str | os.PathLike, max_bytes: int) -> str:
    """Returns the content of a UTF-8 file of at most ``max_bytes`` bytes.

    Raises:
      OSError: the file cannot be read, or is no regular file.
      ValueError: the file is larger, or is not UTF-8.
    """
    return read_bytes(path, max_bytes).decode("utf-8")


def read_json(path: str | os.PathLike, max_bytes: int) -> Any:
    """Returns the content of a JSON file of at most ``max_bytes`` bytes.

    Raises:
      OSError: the file cannot be read, or is no regular file.
      ValueError: the file is larger, is not UTF-8 or not JSON, or is nested too
        deeply.
    """
    try:
        return json.loads(read_text(path, max_bytes))
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def one_line(message: object, limit: int = 200) -> str:
    """Returns a message as one line of at most ``limit`` printable characters.

    Text from an untrusted file may contain terminal escape sequences.
    """
    text = " ".join(str(message).split())
    return "".join(c if c.isprintable() else "?" for c in text)[:limit]
