"""Reading of untrusted files, with limits on their size."""

import errno
import json
import os
import stat
from pathlib import Path
from typing import Any


def check_regular(file: Path, most: int | None = None) -> Path:
    """Returns a file that has an end, or raises before anything is read.

    What reads pipes and devices too is ``read_bytes``.

    Args:
      file: its path.
      most: bytes that it may have.

    Raises:
      OSError: it is no regular file, larger, or not there.
    """
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "no regular file")
    if most is not None and status.st_size > most:
        raise OSError(errno.EFBIG, f"larger than {most} bytes")
    return file


def read_bytes(path: str | os.PathLike, max_bytes: int) -> bytes:
    """Returns the content of a file of at most ``max_bytes`` bytes.

    Raises:
      OSError: the file cannot be read.
      ValueError: the file is larger.
    """
    with open(path, "rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ValueError(f"it has more than {max_bytes} bytes")
    return data


def read_json(path: str | os.PathLike, max_bytes: int) -> Any:
    """Returns the content of a JSON file of at most ``max_bytes`` bytes.

    Raises:
      OSError: the file cannot be read.
      ValueError: the file is larger, is not UTF-8 or not JSON, or is nested too
        deeply.
    """
    try:
        return json.loads(read_bytes(path, max_bytes).decode("utf-8"))
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def one_line(message: object, limit: int = 200) -> str:
    """Returns a message as one line of at most ``limit`` printable characters.

    Text from an untrusted file may contain terminal escape sequences.
    """
    text = " ".join(str(message).split())
    return "".join(c if c.isprintable() else "?" for c in text)[:limit]
