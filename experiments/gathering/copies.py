"""Copies of sounds at another pitch: the same samples at another rate."""

import pathlib
from collections.abc import Sequence

import soundfile
from tqdm import tqdm

from experiments.gathering import folder
from experiments.gathering.lists import Listed
from wavegan_cond.storage import atomic
from wavegan_cond.synthesis.wav import encode

SHIFT = 1.06  # of the sample rate, up and down in turn: a semitone
SECONDS = 4  # that are copied: more than a store takes of a sound


def make(place: pathlib.Path, sounds: Sequence[Listed]) -> None:
    """Writes a copy of each sound that is there; copies that are there stay.

    A sound that libsndfile cannot read has none.

    Args:
      place: folder of the sounds.
      sounds: all of the list, there or not: the place in it says whether a
        copy is faster or slower.

    Raises:
      WriteError: one cannot be written.
    """
    for number, sound in enumerate(tqdm(sounds, unit=" copies", disable=None)):
        path = place / folder.copy_name(sound)
        if path.exists() or not (place / sound.file).exists():
            continue
        try:
            shift = 1 / SHIFT if number % 2 else SHIFT
            content = resampled(place / sound.file, shift)
        except soundfile.SoundFileError:
            continue
        with atomic.writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        atomic.write_bytes(path, content)


def resampled(path: pathlib.Path, shift: float) -> bytes:
    """Returns a sound as a WAV file that plays ``shift`` times as fast.

    Raises:
      SoundFileError: it cannot be read.
    """
    rate = soundfile.info(path).samplerate
    samples, _ = soundfile.read(path, SECONDS * rate, dtype="float32")
    return encode(samples, round(rate * shift), "FLOAT")
