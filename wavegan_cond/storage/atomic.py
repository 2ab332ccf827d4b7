"""Atomic file writes: a file or folder exists completely or not at all.

Content is written to a temporary name in the same folder and then renamed; see
``temporary`` for the names, and for what a killed process leaves.
"""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from wavegan_cond.storage import temporary


class WriteError(OSError):
    """Failed write, for example on a full disk or without permission."""

    exit_code = 4


class FolderError(ValueError):
    """Unusable folder, for example an output folder that is not empty."""

    exit_code = 2


@contextlib.contextmanager
def writing(path: str | os.PathLike) -> Iterator[None]:
    """Turns errors inside the context into a WriteError that names ``path``.

    Raises:
      WriteError: the system or TensorFlow could not write.
    """
    # Only a process that has loaded TensorFlow can meet its errors.
    tensorflow = sys.modules.get("tensorflow")
    failures = (OSError, tensorflow.errors.OpError) if tensorflow else OSError
    try:
        yield
    except WriteError:
        raise
    except failures as error:
        reason = getattr(error, "strerror", None) or str(error)
        reason = re.sub(r"{{function_node [^}]*}}", "", reason)
        raise WriteError(
            f"cannot write {path}: {' '.join(reason.split())[:300]}"
        ) from error


def make_folder(path: str | os.PathLike) -> None:
    """Makes a folder, and those around it, where it is not there.

    Raises:
      WriteError: it cannot be made.
    """
    with writing(path):
        os.makedirs(path, exist_ok=True)


def write_bytes(
    path: str | os.PathLike, data: bytes, durable: bool = False
) -> None:
    """Writes a file atomically.

    Args:
      path: path of the file; an existing file is replaced once all of
        ``data`` is written.
      data: content of the file.
      durable: whether to wait until the content has reached the disk.

    Raises:
      WriteError: the file cannot be written.
    """
    path = Path(path)
    with (
        writing(path),
        temporary.create(path.parent, path.name, Path.touch) as partial,
    ):
        try:
            with open(partial, "wb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Writes UTF-8 text atomically and waits until it has reached the disk."""
    write_bytes(path, text.encode(), durable=True)


def sync(path: str | os.PathLike) -> None:
    """Waits until a file or folder has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftover_files(folder: Path) -> None:
    """Removes temporary files that killed processes left in ``folder``.

    Args:
      folder: path of the folder, which need not exist.
    """
    for path in temporary.find_left(folder, temporary.PARTIAL):
        if path.is_file():
            path.unlink(missing_ok=True)
