"""Copies of sounds at another pitch: the same samples at another rate."""

import pathlib
from collections.abc import Sequence

import soundfile
from tqdm import tqdm

from experiments.gathering.lists import Listed
from wavegan_cond.storage import atomic
from wavegan_cond.synthesis.wav import encode

FOLDER = "copies"
SHIFT = 1.06  # of the sample rate, up and down in turn: a semitone
SECONDS = 4  # that are copied: more than a store takes of a sound


def make(
    folder: pathlib.Path, sounds: Sequence[Listed]
) -> list[tuple[str, str, str]]:
    """Writes a copy of each sound; those that are there stay.

    Args:
      folder: of the sounds.
      sounds: what is there, in the order of its list.

    Returns:
      File, label and group of each copy; a sound that libsndfile cannot read
      has none.

    Raises:
      WriteError: one cannot be written.
    """
    rows = []
    for number, sound in enumerate(tqdm(sounds, unit=" copies", disable=None)):
        file = f"{FOLDER}/{sound.file}.wav"
        shift = 1 / SHIFT if number % 2 else SHIFT
        if not (folder / file).exists():
            try:
                content = resampled(folder / sound.file, shift)
            except soundfile.SoundFileError:
                continue
            with atomic.writing(folder / file):
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
            atomic.write_bytes(folder / file, content)
        rows.append((file, sound.label, sound.group))
    return rows


def resampled(path: pathlib.Path, shift: float) -> bytes:
    """Returns a sound as a WAV file that plays ``shift`` times as fast.

    Raises:
      SoundFileError: it cannot be read.
    """
    rate = soundfile.info(path).samplerate
    samples, _ = soundfile.read(path, SECONDS * rate, dtype="float32")
    return encode(samples, round(rate * shift), "FLOAT")
