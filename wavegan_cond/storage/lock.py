"""A folder that one process at a time works in."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # not on Windows: there a folder is not locked
    fcntl = None


class HeldError(Exception):
    """Another process works in the folder; the message names it."""


@contextlib.contextmanager
def held(folder: Path, name: str = "owner") -> Iterator[None]:
    """Makes a folder and keeps others out, by a lock that ends with us.

    Who holds the folder may remove it.

    Args:
      folder: it may be there.
      name: of the file in it that is locked; it holds the process id.

    Raises:
      HeldError: another process holds it.
      OSError: the folder or the file cannot be written.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / name, "a+b", buffering=0) as owner:
            _lock(owner)
            if not _is_still(owner, folder / name):
                continue  # removed by its holder before we had the lock
            _note(owner, str(os.getpid()))
            try:
                yield
            finally:
                _note(owner, "")
            return


def _lock(owner: BinaryIO) -> None:
    if not fcntl:
        return
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner.seek(0)
        process = owner.read().decode(errors="replace")
        raise HeldError(f"process {process or 'unknown'}") from error
    except OSError:
        pass  # a file system without locks


def _note(owner: BinaryIO, process: str) -> None:
    with contextlib.suppress(OSError):  # the name is a courtesy
        owner.truncate(0)
        owner.write(process.encode())


def _is_still(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
