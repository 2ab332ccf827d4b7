"""Checks of the folders a user names, before anything slow is imported."""

import os
import pathlib


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
