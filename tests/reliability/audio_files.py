"""Sound files as bytes: right ones, and wrong in one place."""

import dataclasses
from collections.abc import Callable

import numpy as np

from data_prep.kit import demo_kit
from tests.fixtures.sound_bytes import chunk, form, riff

RATE = 44100


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of file, and what preparation must say of it.

    Attributes:
      name: in words.
      content: (float32 [n] a sound, a random generator) -> bytes of the file.
      file: its name, around a number.
      reason: why it is left out, or "" where it must be kept.
      note: that the manifest must hold.
    """

    name: str
    content: Callable[[np.ndarray, np.random.Generator], bytes]
    file: str = "{}.wav"
    reason: str = ""
    note: str = ""


def drum(seed: int, index: int, label: str = "kick") -> np.ndarray:
    """Returns a short sound of the demo kit, float32 [4096 at most]."""
    wave = demo_kit.sound(label, seed, index)[:4096].copy()
    wave[-256:] *= np.linspace(1, 0, 256, dtype=np.float32)
    return wave / np.abs(wave).max() * np.float32(0.8)


def floats(samples: np.ndarray) -> bytes:
    """Returns a mono WAV file of 32-bit floats, whatever they are."""
    data = np.asarray(samples, "<f4").tobytes()
    return riff(form(3, bits=32), chunk(b"data", data))


def tiled(wave: np.ndarray, channels: int) -> np.ndarray:
    """Returns the same sound in every channel."""
    return np.repeat(wave[:, None], channels, axis=1)


def cut(content: bytes, share: float) -> bytes:
    """Returns the first part of a file."""
    return content[: int(share * len(content))]
