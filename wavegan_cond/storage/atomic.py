"""Atomic writes: a file or folder is whole, or it is not there.

What is written lies beside its place until all of it is there, under a name
that holds the process id, so that what a killed process left can be told from
what a running one writes.
"""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path


class WriteError(OSError):
    """A file cannot be written: the disk is full, or it may not be."""

    exit_code = 4


class FolderError(ValueError):
    """A folder cannot be used for what it was named for."""

    exit_code = 2


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
    path = Path(path)
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


def check_new(folder: str | os.PathLike) -> Path:
    """Returns the absolute path of a folder that is absent or empty.

    Raises:
      FolderError: there is something in it, or it is a file.
    """
    path = Path(os.path.abspath(folder))
    if path.is_dir() and not any(path.iterdir()):
        return path
    if path.exists():
        raise FolderError(
            f"{folder} is not empty: remove it, or choose another folder"
        )
    return path


@contextlib.contextmanager
def new_folder(folder: str | os.PathLike) -> Iterator[Path]:
    """Yields an empty folder that becomes ``folder`` if all goes well.

    It lies beside its place until all of it is on the disk. What a killed
    process left of the same folder is removed first.

    Args:
      folder: absent or empty; a link is followed.

    Raises:
      FolderError: ``folder`` is taken.
      WriteError: it cannot be written; nothing of it is left.
    """
    final = Path(os.path.realpath(check_new(folder)))
    with writing(folder):
        sweep(final)
        with _beside(final) as partial:
            yield partial
            for place, _, names in os.walk(partial):
                for name in (*names, "."):
                    sync(os.path.join(place, name))
            os.replace(partial, final)
            sync(final.parent)


@contextlib.contextmanager
def replace_folder(folder: str | os.PathLike) -> Iterator[Path]:
    """Yields an empty folder that takes the place of ``folder``.

    What stood there is set aside only once the new folder is complete, and
    deleted only once the new one is in place. Whoever writes the files waits
    for the disk.
    """
    final = Path(os.path.realpath(folder))
    with _beside(final) as partial:
        yield partial
        sync(partial)
        if final.exists():
            final.rename(_aside(final, "former"))
        partial.rename(final)
        sync(final.parent)


@contextlib.contextmanager
def _beside(final: Path) -> Iterator[Path]:
    """Yields a new folder beside ``final``; nothing is left beside it."""
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = _aside(final, "partial")
    partial.mkdir()
    try:
        yield partial
    finally:
        sweep(final)


def _aside(path: Path, kind: str) -> Path:
    return path.with_name(f".{path.name}.{kind}-{os.getpid()}")


def sweep(path: str | os.PathLike) -> None:
    """Removes the folders that killed processes left beside ``path``.

    A folder that was set aside and not yet replaced is put back.
    """
    path = Path(os.path.realpath(path))
    name = re.escape(path.name)
    for left in _leftovers(path.parent, rf"\.{name}\.(?:partial|former)-(\d+)"):
        if left.name.startswith(f".{path.name}.former") and not path.exists():
            left.rename(path)
        else:
            shutil.rmtree(left, ignore_errors=True)


def sweep_files(folder: Path, pattern: str) -> None:
    """Removes the files that killed processes left in ``folder``.

    Args:
      folder: may be absent.
      pattern: of the whole name; its group is the id of the process.
    """
    for path in _leftovers(folder, pattern):
        if not path.is_dir():
            path.unlink(missing_ok=True)


def _leftovers(folder: Path, pattern: str) -> list[Path]:
    """Returns what lies in ``folder`` and belongs to no running process.

    Args:
      folder: may be absent.
      pattern: of the whole name; its group is the id of the process.
    """
    paths = list(folder.iterdir()) if folder.is_dir() else []
    found = ((path, re.fullmatch(pattern, path.name)) for path in paths)
    return [path for path, name in found if name and not _runs(int(name[1]))]


def _runs(process: int) -> bool:
    """Says whether another process of that id may be running.

    This one has begun nothing yet, or ended it, when it sweeps: its own id is
    that of an earlier process. In a container every first process has the same.
    """
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
