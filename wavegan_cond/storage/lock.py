"""Folder locks: only one process at a time works in a folder."""

import contextlib
import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


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
      OSError: the folder or the file cannot be written, or something else has
        the name of the file; it stays as it is.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / name, "a+b", buffering=0, opener=_open) as owner:
            _check_ours(owner)
            _lock(owner)
            if not _is_same_file(owner, folder / name):
                continue  # removed by its owner before we had the lock
            _write_owner(owner, str(os.getpid()))
            try:
                yield
            finally:
                _write_owner(owner, "")
            return


@contextlib.contextmanager
def hold(folder: Path, name: str) -> Iterator[None]:
    """Does what ``acquire`` does, and removes the lock file at the end.

    For folders of a user, where nothing is to remain.
    """
    with acquire(folder, name):
        try:
            yield
        finally:
            (folder / name).unlink(missing_ok=True)


def lock(descriptor: int) -> bool:
    """Locks an open file or folder until it is closed or the process ends.

    Returns:
      Whether it is locked; a file system may have no locks.

    Raises:
      LockedError: another process has the lock.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockedError("another process") from error
    except OSError:
        return False
    return True


def _open(path: str, flags: int) -> int:
    """Opens a file without following a link or waiting for a pipe."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)


def _check_ours(owner: BinaryIO) -> None:
    """Raises OSError unless a file may be that of a lock."""
    regular = stat.S_ISREG(os.fstat(owner.fileno()).st_mode)
    if regular:
        owner.seek(0)
        if re.fullmatch(rb"\d{0,20}", owner.read(21)):
            return
    raise OSError(
        errno.EEXIST, f"{owner.name} is there and is no lock of this program"
    )


def _lock(owner: BinaryIO) -> None:
    """Locks the file of a folder's lock.

    Raises:
      LockedError: another process has the lock; the message names it.
    """
    try:
        lock(owner.fileno())
    except LockedError as error:
        owner.seek(0)
        process = owner.read(20).decode(errors="replace")
        raise LockedError(f"process {process or 'unknown'}") from error


def _write_owner(owner: BinaryIO, process: str) -> None:
    with contextlib.suppress(OSError):  # only error messages need it
        owner.truncate(0)
        owner.write(process.encode())


def _is_same_file(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
