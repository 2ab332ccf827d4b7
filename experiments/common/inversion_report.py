"""The report of ``experiments.invert``: what was found, for which file.

A search that was stopped starts from it: each row has the seed of its search
and a hash of its sound, so that it is known whether it would come out again. A
row is written before its sound, which can be made from it.
"""

import json
import pathlib

from experiments.common import cli
from wavegan_cond.storage.atomic import make_folder, write_text
from wavegan_cond.storage.untrusted import read_json
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.recipe import sha256
from wavegan_cond.synthesis.wav import safe_name

NAME = "inversion.json"
LOCK = ".inversion.lock"  # of no other program: it is removed
ROW = {"file", "label", "z", "distance", "nearest"}
MAX_BYTES = 1 << 26
CHOICE = "choose another --output_dir, or pass --overwrite"


def read(folder: pathlib.Path) -> tuple[str | None, dict[str, dict]]:
    """Returns the fingerprint of a report's model, and its rows by file.

    None and no rows where there is no report.

    Raises:
      UsageError: what is there is no such report.
    """
    path = folder / NAME
    if not path.exists():
        return None, {}
    try:
        report = read_json(path, MAX_BYTES)
        if all(ROW <= set(row) for row in report["files"]):
            return report["model"], {
                row["file"]: row for row in report["files"]
            }
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise cli.UsageError(
        f"{path} is no report of this command: move it away, or choose another "
        "--output_dir"
    )


def write(folder: pathlib.Path, model: str, rows: dict[str, dict]) -> None:
    """Writes a report, its rows in the order of their files.

    The folder is made if needed.
    """
    content = {
        "model": model,
        "files": [row for _, row in sorted(rows.items())],
    }
    make_folder(folder)
    write_text(folder / NAME, json.dumps(content, indent=1) + "\n")


def without_sound(folder: pathlib.Path, rows: dict[str, dict]) -> set[str]:
    """Returns the files of rows whose sound is not there, or not in the list.

    Args:
      folder: of the report.
      rows: of the report, by file.

    Raises:
      SoundListError: the list of sounds cannot be read.
    """
    sounds = generation_log.read_there(folder)["sounds"]
    listed = {entry["file"]: entry["z"] for entry in sounds}
    names = {file: wav_name(file) for file in rows}
    return {
        file
        for file, name in names.items()
        if listed.get(name) != rows[file]["z"] or not (folder / name).exists()
    }


def wav_name(name: str) -> str:
    """Returns the name of the sound that is written for a file."""
    return f"{safe_name(name)}.wav"


def check_free(
    folder: pathlib.Path, rows: dict[str, dict], names: list[str], seed: int
) -> None:
    """Checks that what is there of some files is of a search like this one.

    Args:
      folder: of the report.
      rows: of the report, by file.
      names: of the files.
      seed: of this search.

    Raises:
      UsageError: it is of another seed, or in no report.
    """
    for name in names:
        row, wav = rows.get(name), folder / wav_name(name)
        if row and row.get("seed") == seed:
            continue
        if row or wav.exists():
            there = wav if wav.exists() else folder / NAME
            raise cli.UsageError(f"{there} exists: {CHOICE}")


def refuse_other_model(folder: pathlib.Path, overwrite: bool) -> None:
    """Raises UsageError unless a report of another model is to be replaced."""
    if not overwrite:
        raise cli.UsageError(f"{folder / NAME} is of another model: {CHOICE}")


def check_covered(
    folder: pathlib.Path, rows: dict[str, dict], names: list[str]
) -> None:
    """Raises UsageError if a replaced report tells of files not among names.

    Their sounds would stay, and nothing would say what they are.
    """
    if left := sorted(rows.keys() - set(names)):
        raise cli.UsageError(
            f"{folder} holds what another model found for {left[0]} too, which "
            "is not in --input: choose another --output_dir"
        )


def check_sounds(
    folder: pathlib.Path, rows: dict[str, dict], sounds: dict
) -> None:
    """Raises UsageError if a file of the report is another sound now.

    Args:
      folder: of the report.
      rows: of the report, by file.
      sounds: int16 [T] of each of these files, and of others.
    """
    for name, row in rows.items():
        if row.get("sound") != sha256(sounds[name].tobytes()):
            raise cli.UsageError(
                f"{name} is another sound than the one that {NAME} in {folder} "
                f"has: {CHOICE}"
            )
