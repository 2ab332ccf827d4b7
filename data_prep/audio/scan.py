"""Lists the files below a folder: all of them, always in the same order."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from wavegan_cond.storage.checksums import file_sha256

LARGEST = 2 << 30  # bytes of a file that is read


def scan(
    folder: str | os.PathLike, skip: Iterable[str | os.PathLike] = ()
) -> list[str]:
    """Returns the sorted relative paths, with ``/``, of the files below.

    Links to folders are followed after all real folders, each folder being
    entered once, so that a link that loops ends and what can be reached without
    a link is named without it. A folder that cannot be read, and a link to one
    that was entered already, is among the files, with a slash behind its name.

    Args:
      folder: where to start.
      skip: folders not to enter; they need not exist.
    """
    folder = Path(folder)
    files, links, passed_over = [], [folder], []
    skipped = {os.path.realpath(path) for path in skip}
    seen = set()
    while links:
        later = []
        for start in links:
            _walk(start, skipped, seen, files, later, passed_over)
        links = sorted(later)
    names = [path.relative_to(folder).as_posix() for path in files]
    names += [f"{path.relative_to(folder).as_posix()}/" for path in passed_over]
    return sorted(names, key=lambda name: name.split("/"))


def extension(path: str) -> str:
    """Returns what a file's name ends with, in lower case, without the dot."""
    return os.path.splitext(path)[1][1:].lower()


def is_second_link(path: str | os.PathLike) -> bool:
    """Says whether what ``scan`` names is a link to a folder it knew already.

    It names no folder that it entered.
    """
    path = os.fspath(path).rstrip("/")
    return os.path.islink(path) and os.access(f"{path}/", os.R_OK | os.X_OK)


def why_not_read(path: str | os.PathLike) -> str:
    """Returns why a file is not to be read, or "".

    Reading a pipe or a device never ends, and a sparse file may be of any size.
    """
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            os.scandir(path).close()
            return "a folder that could not be read"
    except OSError as error:
        return error.strerror or "no such file"
    if not stat.S_ISREG(status.st_mode):
        return "no regular file"
    too_large = status.st_size > LARGEST
    return f"larger than {LARGEST >> 30} GiB" if too_large else ""


def hash_if_read(path: str | os.PathLike) -> str:
    """Returns the SHA-256 of a file, or "" of one that is not to be read."""
    try:
        return "" if why_not_read(path) else file_sha256(path)
    except OSError:
        return ""


def _walk(
    start: Path,
    skipped: set,
    seen: set,
    files: list,
    links: list,
    passed_over: list,
) -> None:
    """Adds the files below ``start``, and the links to folders not entered.

    What cannot be read or was seen is added to ``passed_over``, and what is
    skipped nowhere, whether it is there already or not.
    """
    waiting = [start]
    while waiting:
        here = waiting.pop()
        try:
            identity = _identity(here.stat())
            entries = list(os.scandir(here))
        except OSError:
            passed_over.append(here)
            continue
        if identity in seen:
            passed_over.append(here)
            continue
        seen.add(identity)
        for entry in entries:
            path = here / entry.name
            if skipped and os.path.realpath(path) in skipped:
                continue
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
