"""Paths for TensorFlow, whose readers take some for patterns."""

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator

PATTERN = set("[]\\")  # letters by which a path finds nothing, or another file


@contextlib.contextmanager
def plain_path(path: str | os.PathLike) -> Iterator[pathlib.Path]:
    """Yields a path that TensorFlow reads what is at ``path`` by.

    Where the path has letters of patterns it is that of a link, which is there
    while the context lasts.

    Args:
      path: of a folder, or what its files begin with.
    """
    path = pathlib.Path(path)
    if not PATTERN & set(str(path)):
        yield path
        return
    with tempfile.TemporaryDirectory() as place:
        link = pathlib.Path(place, "link")
        link.symlink_to(path.parent.resolve())
        yield link / path.name
