"""Checks of where a command writes, made before any work can be lost."""

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Callable, Iterator

from experiments.common import cli
from wavegan_cond.storage import folders, lock
from wavegan_cond.storage.atomic import writing
from wavegan_cond.storage.untrusted import open_regular, read_json
from wavegan_cond.synthesis.generation_log import NAME
from wavegan_cond.synthesis.recipe import INVALID

PAGE_MARK = b'<meta name="generator" content="wavegan-cond">'  # of page.html
MAX_REPORT = 1 << 24  # bytes of a report; one has 60 kB


def check_output(folder: str | os.PathLike) -> None:
    """Checks that a folder is there, or can be made, and takes something new.

    What a folder allows does not say it: root may write to /proc, and a disk
    may be read-only.

    Raises:
      WriteError: nothing can be written there.
    """
    path = pathlib.Path(folder).absolute()
    with writing(folder):
        there = next(each for each in (path, *path.parents) if each.exists())
        if not there.is_dir():
            raise NotADirectoryError(0, f"{there} is no folder")
        try:
            os.rmdir(tempfile.mkdtemp(prefix=".", dir=there))
        except PermissionError as error:
            why = f"no permission to write to {there}"
            raise PermissionError(0, why) from error
        except FileNotFoundError as error:
            why = f"nothing can be made in {there}"
            raise PermissionError(0, why) from error


def check_new(folder: str | os.PathLike) -> None:
    """Checks that a folder can be made, or is there and empty.

    Raises:
      FolderError: it is not empty, or is a file.
      WriteError: nothing can be written there.
    """
    folders.check_new(folder)
    check_output(folder)


@contextlib.contextmanager
def locked(folder: pathlib.Path, name: str) -> Iterator[None]:
    """Holds a folder, and makes it if needed, while the context lasts.

    One that was made and has remained empty is removed.

    Args:
      folder: that the command writes to.
      name: of the file that says so, which nothing else has; it is removed.

    Raises:
      UsageError: another process holds it.
      WriteError: it cannot be written.
    """
    is_new = not folder.exists()
    try:
        with contextlib.ExitStack() as stack:
            try:
                with writing(folder):
                    stack.enter_context(lock.hold(folder, name))
            except lock.LockedError as error:
                raise cli.UsageError(
                    f"{folder} is in use by {error}: wait for it, or choose "
                    "another --output_dir"
                ) from error
            yield
    finally:
        if is_new:
            with contextlib.suppress(OSError):  # it is not empty
                folder.rmdir()


def check_names(*paths: str) -> None:
    """Raises UsageError for a path that TensorFlow cannot be told of."""
    for path in paths:
        if any("\ud800" <= letter <= "\udfff" for letter in path):
            raise cli.UsageError(
                f"{path!r} is not UTF-8, and TensorFlow opens no other names: "
                "rename the folder"
            )


def check_file(
    path: str, *suffixes: str, is_ours: Callable[[pathlib.Path], bool]
) -> None:
    """Checks the place and the name of a file that will be replaced.

    A name half typed must not be that of a sound.

    Args:
      path: of the file, which ``--output`` names.
      suffixes: that its name may have, such as ".json".
      is_ours: as ``check_ours`` takes it.

    Raises:
      UsageError: it has another one, its folder is not there, or it is a file
        of another.
      WriteError: nothing can be written there.
    """
    place = pathlib.Path(path)
    if place.suffix not in suffixes:
        raise cli.UsageError(
            f"--output={path}: expected a name that ends in "
            f"{' or '.join(suffixes)}"
        )
    if place.is_dir() or not place.absolute().parent.is_dir():
        raise cli.UsageError(
            f"--output={path}: expected a file in a folder that exists"
        )
    check_output(place.absolute().parent)
    check_ours(place, is_ours, "--output")


def check_ours(
    path: pathlib.Path,
    is_ours: Callable[[pathlib.Path], bool],
    flag: str = "--output_dir",
) -> None:
    """Checks that no file of another is where one will be written.

    Args:
      path: of the file.
      is_ours: whether a file that is there is of the command. It may raise
        OSError, and what a JSON of another shape raises where it is used: such
        a file is not.
      flag: that says where it is.

    Raises:
      UsageError: a file is there that is not.
    """
    if not os.path.lexists(path):
        return
    with contextlib.suppress(OSError, *INVALID):
        if is_ours(path):
            return
    raise cli.UsageError(
        f"{path} is there and was not made here: move it away, or choose "
        f"another {flag}"
    )


def check_picture(path: pathlib.Path) -> None:
    """Does what ``check_ours`` does for a picture of a folder of sounds."""
    check_ours(
        path,
        lambda picture: picture.with_name(NAME).exists(),
        "--output_dir, or pass --overwrite or --nopicture",
    )


def is_page(path: pathlib.Path) -> bool:
    """Says whether a file has the mark of this program's pages."""
    with open_regular(path) as file:
        return PAGE_MARK in file.read(1024)


def is_report(path: pathlib.Path) -> bool:
    """Says whether a file is a report of ``evaluate``."""
    return {"model", "data", "side"} <= set(read_report(path))


def read_report(path: pathlib.Path) -> dict:
    """Returns the JSON of a report.

    Raises:
      OSError, ValueError: it cannot be read, or is no JSON.
    """
    return read_json(path, MAX_REPORT)
