"""The folder of gathered sounds: what is there, and what still has to come."""

import csv
import hashlib
import io
import pathlib
from collections.abc import Iterable

from experiments.common import cli
from experiments.gathering.lists import Listed
from wavegan_cond.storage import atomic

LABELS = "labels.csv"  # of the sounds that are there, for prepare_data
MISSING = "missing.csv"  # the sounds that are not, and why
HEADS = {
    LABELS: ("file", "label", "group"),
    MISSING: ("file", "url", "why"),
}


def begin(folder: pathlib.Path) -> None:
    """Makes the folder, or sees that this command made it.

    Raises:
      UsageError: it holds something and no list of this command.
      WriteError: it cannot be made.
    """
    head = ",".join(HEADS[LABELS]).encode()
    with atomic.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        listed = folder / LABELS
        if listed.is_file():
            with listed.open("rb") as file:
                if file.read(len(head)) == head:
                    return
        elif not any(folder.iterdir()):
            write_list(folder, LABELS, ())
            return
    raise cli.UsageError(
        f"{folder} holds something and was not begun by this command: name "
        "another --output_dir"
    )


def write_list(
    folder: pathlib.Path, name: str, rows: Iterable[tuple[str, ...]]
) -> None:
    """Writes a list, see ``HEADS`` for its columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADS[name])
    writer.writerows(rows)
    atomic.write_text(folder / name, text.getvalue())


def is_listed(content: bytes, digest: str) -> bool:
    """Says whether a file is the one that a list names, see ``Listed``."""
    kind, _, value = digest.partition(":")
    if kind == "sha256":
        return hashlib.sha256(content).hexdigest() == value
    head = b"blob %d\0" % len(content)  # as git hashes a file
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest() == (
        value
    )


def find(folder: pathlib.Path, sound: Listed) -> bool:
    """Says whether a sound is there.

    Raises:
      UsageError: another file has its place.
    """
    try:
        content = (folder / sound.file).read_bytes()
    except FileNotFoundError:
        return False
    if is_listed(content, sound.digest):
        return True
    raise cli.UsageError(
        f"{folder / sound.file} is not the listed file: delete it, or name "
        "another --output_dir"
    )


def keep(folder: pathlib.Path, sound: Listed, content: bytes) -> str:
    """Writes a sound that was fetched; returns why not, or nothing.

    Raises:
      WriteError: it cannot be written.
    """
    if not is_listed(content, sound.digest):
        return "another file than the listed one was given"
    path = folder / sound.file
    with atomic.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, content)
    return ""
