"""Folder locks: only one process at a time works in a folder."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # not on Windows: there a folder is not locked
    fcntl = None


class LockedError(Exception):
    """Folder locked by another process, which the message names."""


@contextlib.contextmanager
def acquire(folder: Path, name: str = "owner") -> Iterator[None]:
    """Creates a folder if needed and locks it while the context lasts.

    The operating system releases the lock when the process ends. The process
    that has the lock may remove the folder.

    Args:
      folder: path of the folder.
      name: name of the lock file in the folder, which contains the process id.

    Raises:
      LockedError: another process has the lock.
      OSError: the folder or the file cannot be written.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / name, "a+b", buffering=0) as owner:
            _lock(owner)
            if not _is_same_file(owner, folder / name):
                continue  # removed by its owner before we had the lock
            _write_owner(owner, str(os.getpid()))
            try:
                yield
            finally:
                _write_owner(owner, "")
            return


def _lock(owner: BinaryIO) -> None:
    if not fcntl:
        return
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner.seek(0)
        process = owner.read().decode(errors="replace")
        raise LockedError(f"process {process or 'unknown'}") from error
    except OSError:
        pass  # a file system without locks


def _write_owner(owner: BinaryIO, process: str) -> None:
    with contextlib.suppress(OSError):  # only error messages need it
        owner.truncate(0)
        owner.write(process.encode())


def _is_same_file(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
