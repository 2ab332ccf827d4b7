"""Files and folders that are whole or not there, and known by their SHA-256."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yields a folder that takes the place of ``path`` if all goes well.

    What stood at ``path`` is set aside only once the new folder is complete
    and on disk, and deleted only once the new one is in place.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    former = path.with_name(f".{path.name}.former-{os.getpid()}")
    partial.mkdir()
    try:
        yield partial
        sync(partial)
        if path.exists():
            path.rename(former)
        partial.rename(path)
        sync(path.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)


def sweep(path: Path) -> None:
    """Removes what killed processes left beside ``path``.

    A store that was set aside and not yet replaced is put back.
    """
    path = Path(os.path.realpath(path))
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    for left in list(beside):
        name, _, process = left.name.rpartition("-")
        kind = name.removeprefix(f".{path.name}.")
        if kind not in ("partial", "former") or _runs(process):
            continue
        if kind == "former" and not path.exists():
            left.rename(path)
        else:
            shutil.rmtree(left, ignore_errors=True)


def write_text(path: Path, lines: Iterable[str]) -> str:
    """Writes UTF-8 text; returns its SHA-256."""
    with HashedFile(path) as file:
        for line in lines:
            file.write(line.encode())
    return file.hexdigest()


def file_sha256(path: str | os.PathLike) -> str:
    """Returns the SHA-256 of a file as 64 hex digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 16):
            digest.update(block)
    return digest.hexdigest()


def sync(path: str | os.PathLike) -> None:
    """Waits until a file or folder has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class HashedFile:
    """A file for writing that hashes what passes, synced when closed."""

    def __init__(self, path: Path):
        self._path, self._digest = path, hashlib.sha256()
        self.hexdigest = self._digest.hexdigest

    def __enter__(self):
        self._file = open(self._path, "wb")
        return self

    def write(self, data) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def __exit__(self, *exception):
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())


def _runs(process: str) -> bool:
    """Says whether a process id may be that of a running process."""
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (ValueError, OverflowError, PermissionError):
        pass
    return True
