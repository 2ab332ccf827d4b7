"""Checks of where a command writes, made before any work can be lost."""

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Callable, Iterator

from experiments.common import cli
from wavegan_cond.storage import lock
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


def check_file(path: str, *suffixes: str) -> None:
    """Checks the place and the name of a file that will be replaced.

    A name half typed must not be that of a sound.

    Args:
      path: of the file.
      suffixes: that its name may have, such as ".json".

    Raises:
      UsageError: it has another one, or its folder is not there.
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


def check_picture(folder: str, name: str) -> None:
    """Checks that no picture of another is where one will be drawn.

    Those of a folder with a list of sounds are this program's.

    Args:
      folder: of the sounds.
      name: of the picture.

    Raises:
      UsageError: it is there, and no list.
    """
    place = pathlib.Path(folder)
    if os.path.lexists(place / name) and not (place / NAME).exists():
        raise cli.UsageError(
            f"{place / name} is there and was not made here: pass "
            "--overwrite, --nopicture or another --output_dir"
        )


def check_page(path: pathlib.Path) -> None:
    """Checks that no page of another is where one will be written.

    Raises:
      UsageError: a file is there that has no mark of this program's pages.
    """

    def has_mark() -> bool:
        with open_regular(path) as file:
            return PAGE_MARK in file.read(1024)

    _check_ours(path, has_mark, "was not made here")


def check_report(path: pathlib.Path) -> None:
    """Checks that no file of another is where a report will be written.

    Raises:
      UsageError: a file is there that is no report of ``evaluate``.
    """

    def is_report() -> bool:
        return {"model", "data", "side"} <= set(read_json(path, MAX_REPORT))

    _check_ours(path, is_report, "is no report of this command")


def check_json(
    path: str | os.PathLike,
    is_ours: Callable[[dict], bool],
    flag: str = "--output",
) -> None:
    """Checks that no file of another is where a JSON will be written.

    Args:
      path: of the JSON.
      is_ours: whether a JSON object is a report of the command. It may raise
        the errors of a value that is of another kind, or missing.
      flag: that says where it is.

    Raises:
      UsageError: a file is there that is no such report.
    """
    place = pathlib.Path(path)
    _check_ours(
        place,
        lambda: is_ours(read_json(place, MAX_REPORT)),
        "is no report of this command",
        flag,
    )


def check_beside(path: pathlib.Path, report: pathlib.Path) -> None:
    """Checks that no file of another is where the picture of a report goes.

    Raises:
      UsageError: a file is there, and the report is not.
    """
    _check_ours(path, report.exists, "was not made here")


def _check_ours(
    path: pathlib.Path,
    is_ours: Callable[[], bool],
    what: str,
    flag: str = "--output_dir",
) -> None:
    """Raises UsageError if a file is there and is not ours, or unreadable."""
    if not os.path.lexists(path):
        return
    with contextlib.suppress(OSError, *INVALID):
        if is_ours():
            return
    raise cli.UsageError(
        f"{path} is there and {what}: move it away, or choose another {flag}"
    )
