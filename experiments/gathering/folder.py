"""The folder of gathered sounds: what is there, and what still has to come."""

import csv
import io
import os
import pathlib
from collections.abc import Iterable, Sequence
from hashlib import sha1, sha256

from experiments.common import cli
from experiments.gathering import marker, scripts
from experiments.gathering.lists import Listed
from wavegan_cond.storage import atomic
from wavegan_cond.storage.beside import is_beside
from wavegan_cond.storage.checksums import file_sha256
from wavegan_cond.storage.folders import list_names
from wavegan_cond.storage.temporary import PARTIAL, is_temporary

LABELS = "labels.csv"  # of the sounds that are there, for prepare_data
MISSING = "missing.csv"  # the sounds that are not, and why
LOCK = ".gather.lock"  # of this program alone: it is removed
COPIES = "copies"  # folder of copies at another pitch
HEADS = {
    LABELS: ("file", "label", "group"),
    MISSING: ("file", "url", "why"),
}

Row = tuple[str, str, str]


def begin(folder: pathlib.Path, asked: marker.Asked) -> marker.Marker:
    """Makes the folder, or sees that this command began it for the same.

    What killed processes left in it is removed.

    Args:
      folder: to gather to.
      asked: the flags that say what belongs into it.

    Raises:
      UsageError: this command did not begin it, or for other flags, or its
        list of labels is another's by now.
      WriteError: it cannot be made.
    """
    begun = marker.read(folder)
    if not begun:
        _check_empty(folder)
        begun = marker.Marker(asked)
        atomic.make_folder(folder)
        marker.write(folder, begun)
    elif begun.asked != asked:
        raise cli.UsageError(
            f"{folder} was begun with {marker.describe(begun.asked)}: give "
            "that again, or name another --output_dir"
        )
    _check_labels(folder, begun)
    for place, _, _ in os.walk(folder):
        atomic.remove_leftover_files(pathlib.Path(place))
    return begun


def _check_empty(folder: pathlib.Path) -> None:
    """Raises UsageError if a folder holds what is not of this program."""
    for name in list_names(folder) if folder.is_dir() else ():
        ours = name == LOCK or is_temporary(name, PARTIAL)
        if not (ours or is_beside(name)):
            raise cli.UsageError(
                f"{folder} holds {name} and was not begun by this command: "
                "name another --output_dir"
            )


def _check_labels(folder: pathlib.Path, begun: marker.Marker) -> str:
    """Returns the digest of the list of labels, "" if there is none.

    Raises:
      UsageError: it is not as this command wrote it.
    """
    path = folder / LABELS
    if not path.exists():
        return ""
    digest = file_sha256(path)
    if digest not in begun.labels:
        raise cli.UsageError(
            f"{path} is not as this command wrote it, and would be written "
            "anew: move it elsewhere, where prepare_data --labels finds it too"
        )
    return digest


def copy_name(sound: Listed) -> str:
    """Returns where the copy of a sound at another pitch is."""
    return f"{COPIES}/{sound.file}.wav"


def find_rows(folder: pathlib.Path, sounds: Sequence[Listed]) -> list[Row]:
    """Returns file, label and group of all that is there of some sounds."""
    files = [(sound.file, sound) for sound in sounds]
    files += [(copy_name(sound), sound) for sound in sounds]
    return [
        (file, sound.label, sound.group)
        for file, sound in files
        if (folder / file).exists()
    ]


def write_labels(
    folder: pathlib.Path, begun: marker.Marker, rows: Iterable[Row]
) -> None:
    """Writes the list of labels, and notes before what it will be.

    Raises:
      UsageError: it was changed since the folder was begun.
      WriteError: it cannot be written.
    """
    text = _as_csv(LABELS, rows)
    digests = _check_labels(folder, begun), sha256(text.encode()).hexdigest()
    marker.write(folder, marker.Marker(begun.asked, digests))
    atomic.write_text(folder / LABELS, text)


def write_missing(folder: pathlib.Path, rows: Iterable[Row]) -> None:
    """Writes the list of what is missing.

    Raises:
      WriteError: it cannot be written.
    """
    atomic.write_text(folder / MISSING, _as_csv(MISSING, rows))


def _as_csv(name: str, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADS[name])
    writer.writerows(rows)
    return text.getvalue()


def is_listed(content: bytes, digest: str) -> bool:
    """Says whether a file is the one that a list names, see ``Listed``."""
    kind, _, value = digest.partition(":")
    if kind == "sha256":
        return sha256(content).hexdigest() == value
    head = b"blob %d\0" % len(content)  # as git hashes a file
    return sha1(head + content, usedforsecurity=False).hexdigest() == value


def find(folder: pathlib.Path, sound: Listed) -> bool:
    """Says whether a sound is there.

    Raises:
      UsageError: another file has its place.
    """
    path, script = _places(folder, sound)
    try:
        there = path.read_bytes()
        fetched = script.read_bytes() if script else there
    except FileNotFoundError:
        return False
    if is_listed(fetched, sound.digest) and there == (
        scripts.read_sound(fetched) if script else fetched
    ):
        return True
    raise cli.UsageError(
        f"{path} is not the listed file: delete it, or name another "
        "--output_dir"
    )


def keep(folder: pathlib.Path, sound: Listed, content: bytes) -> str:
    """Writes a sound that was fetched; returns why not, or nothing.

    Of a script the sound in it is written, and the script beside it.

    Raises:
      WriteError: it cannot be written.
    """
    if not is_listed(content, sound.digest):
        return "another file than the listed one was given"
    path, script = _places(folder, sound)
    with atomic.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if script:
        try:
            inside = scripts.read_sound(content)
        except ValueError as error:
            return str(error)
        atomic.write_bytes(script, content)
        content = inside
    atomic.write_bytes(path, content)
    return ""


def _places(
    folder: pathlib.Path, sound: Listed
) -> tuple[pathlib.Path, pathlib.Path | None]:
    """Returns where a sound is, and the script that it was in, if any."""
    script = scripts.name_script(sound.file)
    return folder / sound.file, folder / script if script else None
