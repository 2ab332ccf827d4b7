"""Folders a user names: checked before anything slow, made whole or not."""

import contextlib
import os
import pathlib
import re
import shutil
from collections.abc import Iterator

from wavegan_cond.storage.files import sync, writing


class FolderError(ValueError):
    """A folder cannot be used for what it was named for."""

    exit_code = 2


def check_new(folder: str | os.PathLike) -> pathlib.Path:
    """Returns the absolute path of a folder that is absent or empty.

    Raises:
      FolderError: there is something in it, or it is a file.
    """
    path = pathlib.Path(os.path.abspath(folder))
    if path.is_dir() and not any(path.iterdir()):
        return path
    if path.exists():
        raise FolderError(
            f"{folder} is not empty: remove it, or choose another folder"
        )
    return path


@contextlib.contextmanager
def new_folder(folder: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yields an empty folder that becomes ``folder`` if all goes well.

    It lies beside its place until all of it is on the disk. What a killed
    process left of the same folder is removed first.

    Args:
      folder: absent or empty; a link is followed.

    Raises:
      FolderError: ``folder`` is taken.
      WriteError: it cannot be written; nothing of it is left.
    """
    final = pathlib.Path(os.path.realpath(check_new(folder)))
    partial = final.with_name(f".{final.name}.partial-{os.getpid()}")
    with writing(folder):
        final.parent.mkdir(parents=True, exist_ok=True)
        sweep(final.parent, rf"\.{re.escape(final.name)}\.partial-(\d+)")
        partial.mkdir()
        try:
            yield partial
            for place, _, names in os.walk(partial):
                for name in (*names, "."):
                    sync(os.path.join(place, name))
            os.replace(partial, final)
            sync(final.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def sweep(folder: pathlib.Path, pattern: str) -> None:
    """Removes what killed processes left in ``folder``.

    Args:
      folder: may be absent.
      pattern: of the whole name; its group is the id of the process.
    """
    for path in folder.iterdir() if folder.is_dir() else ():
        left = re.fullmatch(pattern, path.name)
        if not left or _runs(int(left[1])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Says whether another process of that id may be running.

    This one has begun nothing yet when it sweeps: its own id is that of an
    earlier process. In a container every first process has the same.
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
