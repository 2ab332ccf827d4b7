"""Lists the files below a folder: all of them, always in the same order."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path


def scan(
    folder: str | os.PathLike, skip: Iterable[str | os.PathLike] = ()
) -> list[str]:
    """Returns the sorted relative paths, with ``/``, of the files below.

    Links to folders are followed after all real folders, each folder being
    entered once, so that a link that loops ends and what can be reached without
    a link is named without it.

    Args:
      folder: where to start.
      skip: folders not to enter; they need not exist.
    """
    folder = Path(folder)
    files, links = [], [folder]
    seen = {_identity(os.stat(path)) for path in skip if os.path.isdir(path)}
    while links:
        later = []
        for start in links:
            _walk(start, seen, files, later)
        links = sorted(later)
    names = [path.relative_to(folder).as_posix() for path in files]
    return sorted(names, key=lambda name: name.split("/"))


def is_file(path: str | os.PathLike) -> bool:
    """Says whether ``path`` is a regular file; reading a pipe never ends."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


def _walk(start: Path, seen: set, files: list, links: list) -> None:
    """Adds the files below ``start``, and the links to folders not entered."""
    waiting = [start]
    while waiting:
        here = waiting.pop()
        try:
            identity = _identity(here.stat())
            entries = list(os.scandir(here))
        except OSError:
            continue  # not ours to read
        if identity in seen:
            continue
        seen.add(identity)
        for entry in entries:
            path = here / entry.name
            if not _is_folder(entry):
                files.append(path)
            elif entry.is_symlink():
                links.append(path)
            else:
                waiting.append(path)


def _is_folder(entry: os.DirEntry) -> bool:
    """Says whether it is a folder; of a link that leads nowhere, that not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
