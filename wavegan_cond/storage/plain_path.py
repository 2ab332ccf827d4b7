"""Paths for TensorFlow, whose readers take some for patterns."""

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator

PATTERN = set("[]\\")  # letters by which a path finds nothing, or another file


@contextlib.contextmanager
def plain_path(folder: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yields a path by which TensorFlow reads a folder.

    Where that of the folder has letters of patterns it is a link to it, which
    is there while the context lasts.
    """
    folder = pathlib.Path(folder)
    if not PATTERN & set(str(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory() as place:
        link = pathlib.Path(place, "link")
        link.symlink_to(folder.resolve())
        yield link
