"""Atomic file writes: a file or folder exists completely or not at all.

Content is written to a temporary name in the same folder and then renamed. The
temporary name contains the process id, so that leftovers of a killed process
can be told from the files of a running one.
"""

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path


class WriteError(OSError):
    """Failed write, for example on a full disk or without permission."""

    exit_code = 4


class FolderError(ValueError):
    """Unusable folder, for example an output folder that is not empty."""

    exit_code = 2


@contextlib.contextmanager
def writing(path: str | os.PathLike) -> Iterator[None]:
    """Turns errors inside the context into a WriteError that names ``path``.

    Raises:
      WriteError: the system or TensorFlow could not write.
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
    """Writes a file atomically.

    Args:
      path: path of the file; an existing file is replaced once all of
        ``data`` is written.
      data: content of the file.
      durable: whether to wait until the content has reached the disk.

    Raises:
      WriteError: the file cannot be written.
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
    """Writes UTF-8 text atomically and waits until it has reached the disk."""
    write_bytes(path, text.encode(), durable=True)


def sync(path: str | os.PathLike) -> None:
    """Waits until a file or folder has reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_new(folder: str | os.PathLike) -> Path:
    """Returns the absolute path of a folder that does not exist or is empty.

    Raises:
      FolderError: the folder is not empty, or is a file.
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
    """Yields a temporary folder that is renamed to ``folder`` on success.

    The rename happens once all files have reached the disk. Leftovers of a
    killed process that wrote the same folder are removed first.

    Args:
      folder: path that does not exist, or an empty folder; links are followed.

    Raises:
      FolderError: ``folder`` is not empty.
      WriteError: the folder cannot be written; nothing of it is kept.
    """
    final = Path(os.path.realpath(check_new(folder)))
    with writing(folder):
        remove_leftovers(final)
        with _temporary_folder(final) as partial:
            yield partial
            for place, _, names in os.walk(partial):
                for name in (*names, "."):
                    sync(os.path.join(place, name))
            os.replace(partial, final)
            sync(final.parent)


@contextlib.contextmanager
def replace_folder(folder: str | os.PathLike) -> Iterator[Path]:
    """Yields a temporary folder that replaces ``folder`` on success.

    The old folder is renamed only once the new one is complete, and deleted
    only once the new one has its name. The caller syncs the files it writes.
    """
    final = Path(os.path.realpath(folder))
    with _temporary_folder(final) as partial:
        yield partial
        sync(partial)
        if final.exists():
            final.rename(_temporary_name(final, "former"))
        partial.rename(final)
        sync(final.parent)


@contextlib.contextmanager
def _temporary_folder(final: Path) -> Iterator[Path]:
    """Yields a new temporary folder beside ``final``; removes it afterwards."""
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = _temporary_name(final, "partial")
    partial.mkdir()
    try:
        yield partial
    finally:
        remove_leftovers(final)


def _temporary_name(path: Path, kind: str) -> Path:
    return path.with_name(f".{path.name}.{kind}-{os.getpid()}")


def remove_leftovers(path: str | os.PathLike) -> None:
    """Removes temporary folders that killed processes left beside ``path``.

    An old folder that was renamed and not yet replaced gets its name back.
    """
    path = Path(os.path.realpath(path))
    name = re.escape(path.name)
    for left in _leftovers(path.parent, rf"\.{name}\.(?:partial|former)-(\d+)"):
        if left.name.startswith(f".{path.name}.former") and not path.exists():
            left.rename(path)
        else:
            shutil.rmtree(left, ignore_errors=True)


def remove_leftover_files(folder: Path, pattern: str) -> None:
    """Removes temporary files that killed processes left in ``folder``.

    Args:
      folder: path of the folder, which need not exist.
      pattern: regular expression of the whole file name, with the process id
        as its group.
    """
    for path in _leftovers(folder, pattern):
        if not path.is_dir():
            path.unlink(missing_ok=True)


def _leftovers(folder: Path, pattern: str) -> list[Path]:
    """Returns the paths in ``folder`` that belong to no running process.

    Args:
      folder: path of the folder, which need not exist.
      pattern: regular expression of the whole file name, with the process id
        as its group.
    """
    paths = list(folder.iterdir()) if folder.is_dir() else []
    found = ((path, re.fullmatch(pattern, path.name)) for path in paths)
    return [path for path, name in found if name and not _runs(int(name[1]))]


def _runs(process: int) -> bool:
    """Says whether another process with that id may be running.

    The id of this process counts as that of an earlier one: this process has
    no unfinished files when leftovers are removed, and in a container every
    first process has the same id.
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
