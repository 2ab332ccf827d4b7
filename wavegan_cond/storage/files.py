"""Files that are whole or not there, and one error for a full disk."""

import contextlib
import hashlib
import os
import pathlib
import re
import sys
from collections.abc import Iterator


class WriteError(OSError):
    """A file cannot be written: the disk is full, or it may not be."""

    exit_code = 4


@contextlib.contextmanager
def writing(path: str | os.PathLike) -> Iterator[None]:
    """Names ``path`` in what goes wrong while something is written there.

    Raises:
      WriteError: the system, or TensorFlow, could not write.
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


def write_bytes(
    path: str | os.PathLike, data: bytes, durable: bool = False
) -> None:
    """Writes a file beside its place and renames it into it.

    Args:
      path: what is there stays until all of ``data`` is written.
      data: the content.
      durable: whether to wait until it has reached the disk.

    Raises:
      WriteError: it cannot be written.
    """
    path = pathlib.Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with writing(path):
        try:
            with open(temporary, "wb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Writes UTF-8 text so that it is on the disk, or the old text is."""
    write_bytes(path, text.encode(), durable=True)


def sync(path: str | os.PathLike) -> None:
    """Waits until a file or folder has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: str | os.PathLike) -> str:
    """Returns the SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
