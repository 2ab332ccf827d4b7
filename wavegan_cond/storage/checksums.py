"""Checksum manifests: the SHA-256 of every file in a folder.

``manifest.json`` lists the SHA-256 of every file in its folder, but for those
``beside`` them, and a digest of itself, so that any changed bit is detected. It
protects against accidents, not against an attacker: it is not signed.
"""

import hashlib
import json
import os
import pathlib
from collections.abc import Callable, Iterable
from typing import Any

from wavegan_cond.storage.atomic import sync, write_text
from wavegan_cond.storage.beside import is_beside
from wavegan_cond.storage.untrusted import open_regular, read_text

NAME = "manifest.json"
MAX_BYTES = 1 << 20  # of a manifest
# Of a file whose size is not in its manifest, as in those of earlier versions.
MAX_HASHED = 1 << 36


class ManifestError(ValueError):
    """Folder that does not match its manifest; the message names the file."""


def file_sha256(
    path: str | os.PathLike,
    most: int | None = None,
    report: Callable[[], object] = lambda: None,
) -> str:
    """Returns the SHA-256 of a file as 64 hex digits.

    Args:
      path: path of the file.
      most: bytes that it may have.
      report: called at each of the blocks that are read.

    Raises:
      OSError: it is no regular file, larger, or cannot be read.
    """
    digest = hashlib.sha256()
    with open_regular(path, most) as file:
        while block := file.read(1 << 16):
            digest.update(block)
            report()
    return digest.hexdigest()


class HashedFile:
    """Writable file that computes its SHA-256 and is synced when closed."""

    def __init__(self, path: str | os.PathLike):
        self._path, self._digest = path, hashlib.sha256()
        self.hexdigest = self._digest.hexdigest

    def __enter__(self) -> "HashedFile":
        self._file = open(self._path, "wb")
        return self

    def write(self, data: Any) -> int:
        """Adds bytes, or an array as it lies in memory; returns how many."""
        self._digest.update(data)
        return self._file.write(data)

    def __exit__(self, *exception: object) -> None:
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())


def write_lines(path: str | os.PathLike, lines: Iterable[str]) -> str:
    """Writes UTF-8 text, waits for the disk and returns the SHA-256."""
    with HashedFile(path) as file:
        for line in lines:
            file.write(line.encode())
    return file.hexdigest()


def write_manifest(folder: pathlib.Path, **facts: Any) -> None:
    """Writes the manifest of a complete folder and waits for the disk.

    Args:
      folder: folder whose files, at any depth, the manifest lists.
      **facts: additional JSON values to store in the manifest.

    Raises:
      WriteError: the manifest cannot be written.
    """
    files = list_files(folder)
    digests = {name: file_sha256(folder / name) for name in files}
    sizes = {name: (folder / name).stat().st_size for name in files}
    content = {**facts, "sha256": digests, "bytes": sizes}
    content["self"] = digest(content)
    write_text(folder / NAME, render(content))
    for name in files:
        sync(folder / name)
    for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
        sync(path)


def verify(folder: pathlib.Path) -> dict[str, Any]:
    """Checks every file of a folder against its manifest, and returns that.

    Raises:
      ManifestError: a file has changed, is missing, or is not listed.
    """
    content = read_manifest(folder)
    listed = content["sha256"]
    if extra := sorted(set(list_files(folder)) - set(listed)):
        raise ManifestError(f"{folder / extra[0]} is not in the manifest")
    sizes = content.get("bytes", {})
    for name, expected in listed.items():
        _verify_file(folder, name, expected, sizes.get(name))
    return content


def _verify_file(
    folder: pathlib.Path, name: str, expected: str, size: int | None
) -> None:
    """Raises ManifestError unless a file is as the manifest says.

    What is larger than it was is not read.
    """
    if "\0" in name:
        raise ManifestError(f"{NAME} of {folder} names no file: {name!r}")
    path = folder / name
    if folder.resolve() not in path.resolve().parents:
        raise ManifestError(f"{NAME} of {folder} names {name}, outside it")
    if not path.is_file():  # missing, or a pipe that would never end
        raise ManifestError(f"{path} cannot be read: no such file")
    try:
        most = size if type(size) is int else MAX_HASHED
        same = path.stat().st_size <= most
        same = same and file_sha256(path, most) == expected
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error}") from error
    if not same:
        raise ManifestError(f"{path} has changed")


def read_manifest(folder: pathlib.Path) -> dict[str, Any]:
    """Returns the manifest of a folder after checking its own digest.

    Raises:
      ManifestError: the manifest is missing, or has changed.
    """
    path = folder / NAME
    try:
        text = read_text(path, MAX_BYTES)
        content = json.loads(text)
        whole = text == render(content)
        same = content.pop("self") == digest(content)
        tables = content["sha256"], content.get("bytes", {})
        if not (whole and same and all(type(t) is dict for t in tables)):
            raise ValueError
    except OSError as error:
        raise ManifestError(
            f"{path} cannot be read: {error.strerror}"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ManifestError(f"{path} has changed") from None
    return content


def list_files(folder: pathlib.Path) -> list[str]:
    """Returns the sorted paths of the files of a folder, the manifest aside."""
    files = (path for path in folder.rglob("*") if not path.is_dir())
    names = sorted(path.relative_to(folder).as_posix() for path in files)
    return [name for name in names if name != NAME and not is_beside(name)]


def render(content: dict[str, Any]) -> str:
    """Returns the text of a manifest; equal contents give equal texts."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def digest(content: Any) -> str:
    """Returns the SHA-256 of a JSON value, independent of its formatting."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
