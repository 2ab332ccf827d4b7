"""A folder that one process at a time works in."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

OWNER = "owner"  # the file that is locked; it holds the process id


class HeldError(Exception):
    """Another process works in the folder; the message names it."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Makes a folder and keeps others out, by a lock that ends with us.

    Who holds the folder may remove it.

    Raises:
      HeldError: another process holds it.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / OWNER, "a+b", buffering=0) as owner:
            _lock(owner)
            if not _is_still(owner, folder / OWNER):
                continue  # removed by its holder before we had the lock
            with contextlib.suppress(OSError):  # the name is a courtesy
                owner.truncate(0)
                owner.write(str(os.getpid()).encode())
            yield
            return


def _lock(owner: BinaryIO) -> None:
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner.seek(0)
        process = owner.read().decode(errors="replace")
        raise HeldError(f"process {process or 'unknown'}") from error
    except OSError:
        pass  # a file system without locks


def _is_still(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
