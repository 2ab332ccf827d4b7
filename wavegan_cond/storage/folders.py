"""Folders that appear complete, and replace only what is known to be ours.

A folder is written under a temporary name beside its final place and then
renamed. One that cannot be renamed, because something is mounted on it or
because the folder around it may not be written to, is written within: a
temporary folder inside is renamed when it is complete, which commits it, and
its files are then moved up, by the next process if this one is killed.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from wavegan_cond.storage import temporary
from wavegan_cond.storage.atomic import FolderError, sync, writing
from wavegan_cond.storage.lock import LockedError

MOUNTS = Path("/proc/self/mountinfo")
# What a file system has at its root.
OF_A_DISK = frozenset(["lost+found"])


def list_names(folder: Path) -> list[str]:
    """Returns the sorted names in a folder.

    Those of a disk itself, and those under which this folder is being written,
    are not among them.
    """
    folder = Path(os.path.realpath(folder))
    own = OF_A_DISK if is_mount(folder) else ()
    kinds = (temporary.PARTIAL, temporary.READY)
    return [
        name
        for name in sorted(os.listdir(folder))
        if name not in own
        and not any(
            temporary.is_temporary(name, kind, folder.name) for kind in kinds
        )
    ]


def find_any(folder: Path) -> str:
    """Returns a name in a folder, or "" if it is empty."""
    return next(iter(list_names(folder)), "")


def check_new(folder: str | os.PathLike) -> Path:
    """Returns the absolute path of a folder that does not exist or is empty.

    Raises:
      FolderError: the folder is not empty, or is a file.
    """
    path = Path(os.path.abspath(folder))
    remove_leftovers(path)
    if path.is_dir() and not list_names(path):
        return path
    if path.exists():
        what = "not empty" if path.is_dir() else "no folder"
        raise FolderError(
            f"{folder} is {what}: remove it, or choose another folder"
        )
    return path


@contextlib.contextmanager
def new_folder(folder: str | os.PathLike) -> Iterator[Path]:
    """Yields a temporary folder that becomes ``folder`` on success.

    It does so once all files have reached the disk. Leftovers of a killed
    process that wrote the same folder are removed first.

    Args:
      folder: path that does not exist, or an empty folder; links are followed.

    Raises:
      FolderError: ``folder`` is not empty.
      WriteError: the folder cannot be written; nothing of it is kept.
    """
    final = Path(os.path.realpath(check_new(folder)))
    with writing(folder), _building(final) as partial:
        yield partial
        for place, _, names in os.walk(partial):
            for name in (*names, "."):
                sync(os.path.join(place, name))
        if final.is_dir():
            _refuse_foreign(final, find_any(final))
        _commit(partial, final)


@contextlib.contextmanager
def replace_folder(
    folder: str | os.PathLike, find_foreign: Callable[[Path], str]
) -> Iterator[Path]:
    """Yields a temporary folder that replaces ``folder`` on success.

    The old folder is renamed only once the new one is complete, and deleted
    only once the new one has its name. The caller syncs the files it writes.

    Args:
      folder: path of the folder, which need not exist; links are followed.
      find_foreign: says what in a folder is not ours, or "". Such a folder is
        not replaced.

    Raises:
      FolderError: ``folder`` holds something else by now, or another process
        is replacing it.
      OSError: the folder cannot be written.
    """
    final = Path(os.path.realpath(folder))
    with _building(final) as partial:
        yield partial
        sync(partial)
        if final.is_dir() and list_names(final):
            _replace(partial, final, find_foreign)
        else:
            _commit(partial, final)


def remove_leftovers(path: str | os.PathLike) -> None:
    """Removes what killed processes left that wrote ``path``.

    An old folder that was renamed and not yet replaced gets its name back, a
    new one that was complete takes its place.

    Raises:
      WriteError: that cannot be done.
    """
    path = Path(os.path.realpath(path))
    for place in (path.parent, path):
        for left in temporary.find_left(place, temporary.PARTIAL, path.name):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
    with writing(path):
        for left in temporary.find_left(path, temporary.READY, path.name):
            _move_up(left, path)
        _put_back(path)


def _put_back(path: Path) -> None:
    """Gives an old folder its name back, or removes it if it is replaced."""
    for left in temporary.find_left(path.parent, temporary.FORMER, path.name):
        if not path.exists() or (path.is_dir() and not list_names(path)):
            os.replace(left, path)
        else:
            shutil.rmtree(left, ignore_errors=True)


def is_fixed(folder: Path) -> bool:
    """Says whether a folder is there that cannot or should not be renamed.

    A process, and the shell it was started from, would stand in a working
    folder that is gone.
    """
    if not folder.is_dir():
        return False
    with contextlib.suppress(OSError):  # the working folder was deleted
        if os.path.samefile(folder, os.curdir):
            return True
    return is_mount(folder) or not os.access(folder.parent, os.W_OK | os.X_OK)


def is_mount(folder: str | os.PathLike) -> bool:
    """Says whether something is mounted on a folder.

    What ``os.path.ismount`` does not see is a folder of the same file system.
    """
    real = os.path.realpath(folder)
    if os.path.ismount(real):
        return True
    try:
        lines = MOUNTS.read_bytes().splitlines()
    except OSError:
        return False
    points = (line.split(b" ")[4] for line in lines)
    return os.fsencode(real) in map(_unescape, points)


def _unescape(point: bytes) -> bytes:
    """Returns a mount point without the octal escapes of the kernel."""
    return re.sub(rb"\\([0-7]{3})", lambda c: bytes([int(c[1], 8)]), point)


@contextlib.contextmanager
def _building(final: Path) -> Iterator[Path]:
    """Yields a new temporary folder for ``final``; removes it afterwards."""
    place = final if is_fixed(final) else final.parent
    place.mkdir(parents=True, exist_ok=True)
    with temporary.create(place, final.name, Path.mkdir) as partial:
        try:
            yield partial
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _commit(partial: Path, final: Path) -> None:
    """Makes a complete folder an absent or empty one."""
    if partial.parent == final:
        ready = final / temporary.make_name(final.name, temporary.READY)
        partial.rename(ready)
        _move_up(ready, final)
    else:
        os.replace(partial, final)
        sync(final.parent)


def _move_up(ready: Path, final: Path) -> None:
    """Moves what is in a complete folder to the folder it is in."""
    for name in sorted(os.listdir(ready)):
        os.replace(ready / name, final / name)
    sync(final)
    ready.rmdir()


def _replace(
    partial: Path, final: Path, find_foreign: Callable[[Path], str]
) -> None:
    """Makes a complete folder another, which holds nothing but ours."""
    if partial.parent == final:
        _refuse_foreign(final, find_foreign(final))
        _commit(partial, final)
        return
    with _set_aside(final, find_foreign) as former:
        partial.rename(final)
        sync(final.parent)
        shutil.rmtree(former, ignore_errors=True)


@contextlib.contextmanager
def _set_aside(
    final: Path, find_foreign: Callable[[Path], str]
) -> Iterator[Path]:
    """Yields the new place of a folder that holds nothing but ours.

    Where that fails, it gets its name back.
    """
    name = temporary.make_name(final.name, temporary.FORMER)
    former = final.with_name(name)
    try:
        with temporary.hold(final):
            final.rename(former)
            try:
                _refuse_foreign(final, find_foreign(former))
                yield former
            finally:
                if former.exists() and not final.exists():
                    former.rename(final)
    except LockedError as error:
        raise FolderError(f"{final} is being replaced by {error}") from error


def _refuse_foreign(folder: Path, name: str) -> None:
    if name:
        raise FolderError(
            f"{folder} holds {name}, which is not of this program: move it "
            "away, or name another folder"
        )
