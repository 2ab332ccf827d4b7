"""Sounds that others published, read from their folder and its index."""

import csv
import dataclasses
from pathlib import Path

import numpy as np

from experiments.common import cli
from wavegan_cond.storage.untrusted import one_line, read_text

MAX_BYTES = 1 << 24  # of index.csv
COLUMNS = {"file", "label", "kind", "demo", "step", "source_path"}


@dataclasses.dataclass(frozen=True)
class Published:
    """One published sound: where it lies, and what it is said to be.

    Attributes:
      path: of the file.
      label: its class.
      kind: generated or real.
      demo: what it was shown for.
      step: its place on a path.
      source: what it was cut from; a path is in one file.
    """

    path: Path
    label: str
    kind: str
    demo: str
    step: int
    source: str


def read_index(folder: Path) -> list[Published]:
    """Returns the sounds of an index.

    Raises:
      UsageError: there is no index, it lacks a column, or is damaged.
    """
    path = folder / "index.csv"
    try:
        text = read_text(path, MAX_BYTES).removeprefix("\ufeff")
        rows = list(csv.DictReader(text.splitlines()))
    except (OSError, ValueError, csv.Error) as error:
        raise cli.UsageError(f"{path} cannot be read: {error}") from error
    if not rows or not set(rows[0]) >= COLUMNS:
        raise cli.UsageError(
            f"{path}: expected the columns {', '.join(sorted(COLUMNS))}"
        )
    try:
        return [
            Published(
                folder / row["file"],
                row["label"].rstrip("?"),
                row["kind"].split(" ")[0],
                row["demo"],
                int(row["step"] or 0),
                row["source_path"],
            )
            for row in rows
        ]
    except (ValueError, TypeError, AttributeError) as error:
        raise cli.UsageError(f"{path} is damaged: {one_line(error)}") from error


def read_sounds(
    sounds: list[Published], length: int, sample_rate: int
) -> np.ndarray:
    """Returns float32 [N, T]: cut or filled up with silence, as prepared.

    Raises:
      UsageError: a file cannot be read, or is not mono at this rate.
    """
    import soundfile

    waves = np.zeros((len(sounds), length), np.float32)
    for wave, sound in zip(waves, sounds, strict=True):
        try:
            found, rate = soundfile.read(sound.path, dtype="float32")
        except (OSError, soundfile.LibsndfileError) as error:
            raise cli.UsageError(f"{sound.path}: {error}") from error
        if rate != sample_rate or found.ndim > 1:
            raise cli.UsageError(
                f"{sound.path}: expected a mono sound at {sample_rate} Hz"
            )
        wave[: len(found)] = found[:length]
    return waves


def select(
    sounds: list[Published], kind: str, demo: str, label: str
) -> list[Published]:
    """Returns the sounds of a class, file by file in order of their steps."""
    found = [
        sound
        for sound in sounds
        if sound.kind == kind and demo in sound.demo and sound.label == label
    ]
    return sorted(found, key=lambda x: (x.source, x.step, x.path))
