"""Recipes: the inputs from which a model makes a sound, and its file name."""

import dataclasses
import hashlib
import os
from collections.abc import Mapping, Sequence

import numpy as np

MAX_NAMED = 4  # numbers of z in a file name; a longer z is named by a hash
# What JSON of another shape, and its numbers, raise where they are used.
INVALID = (ValueError, KeyError, TypeError, AttributeError, OverflowError)


class SoundListError(ValueError):
    """Invalid request for sounds, or an unreadable ``sounds.json``."""

    exit_code = 2


SAMPLE_RATES = (44100, 48000)  # of a kit, in Hz
BITS = (16, 24)  # of a sample of a kit


@dataclasses.dataclass(frozen=True)
class Finish:
    """What is done to a sound of a kit after the model has made it.

    Attributes:
      fade: seconds before the end of the model's length in which what still
        rings dies away; at most a quarter of it.
      sample_rate: of the file in Hz.
      gain: factor by which the sound is louder.
      bits: of a sample in the file.
    """

    fade: float
    sample_rate: int
    gain: float
    bits: int


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Inputs from which the model makes one sound, and what follows.

    Attributes:
      file: name of the WAV file.
      z: latent vector, float32 values.
      label: name of the class; None for a sound between classes.
      class_weights: weight of each class, by name, for a sound between
        classes; else None.
      seed: seed that z was drawn with; None if z was given.
      finish: what is done to the sound; None if the file is as the model
        made it.
    """

    file: str
    z: tuple[float, ...]
    label: str | None = None
    class_weights: Mapping[str, float] | None = None
    seed: int | None = None
    finish: Finish | None = None

    def entry(self, fingerprint: str, data: bytes) -> dict:
        """Returns the entry of this sound in ``sounds.json``.

        Args:
          fingerprint: fingerprint of the model.
          data: content of the WAV file.
        """
        fields = {k: v for k, v in vars(self).items() if v is not None}
        if self.finish:
            fields["finish"] = vars(self.finish).copy()
        return {
            **fields,
            "z": list(self.z),
            "model": fingerprint,
            "sha256": sha256(data),
        }


def parse_recipe(entry: Mapping) -> Recipe:
    """Returns the recipe in an entry of ``sounds``.

    Raises:
      INVALID: one of these, the entry is invalid.
    """
    file, z = entry["file"], tuple(float(value) for value in entry["z"])
    label, weights = entry.get("label"), entry.get("class_weights")
    check_file_name(file)
    if (weights is None) == (label is None):
        raise ValueError(f"{file}: label or class_weights is needed")
    if not isinstance(label, str | None) or weights == {}:
        raise ValueError(f"{file}: its label is no name")
    if not _is_finite([*z, *(weights or {}).values()]):
        raise ValueError(f"{file}: a number is not finite")
    seed = entry.get("seed")
    if seed is not None and type(seed) is not int:
        raise ValueError(f"{file}: its seed is no number")
    finish = _parse_finish(entry["finish"]) if "finish" in entry else None
    return Recipe(file, z, label, weights, seed, finish)


def _parse_finish(fields: Mapping) -> Finish:
    """Returns the finish in an entry of ``sounds``; raises as above."""
    finish = Finish(
        float(fields["fade"]),
        int(fields["sample_rate"]),
        float(fields["gain"]),
        int(fields["bits"]),
    )
    numbers = finish.fade, finish.gain
    if (
        not _is_finite(numbers)
        or min(numbers) < 0
        or finish.sample_rate not in SAMPLE_RATES
        or finish.bits not in BITS
    ):
        raise ValueError(f"its finish is {finish}")
    return finish


def _is_finite(numbers: Sequence[float]) -> bool:
    """Says whether numbers are finite in float32, the model's input type."""
    with np.errstate(over="ignore"):
        return bool(np.isfinite(np.array(numbers, np.float32)).all())


def check_file_name(name: str) -> None:
    """Raises SoundListError unless ``name`` is a valid WAV file name."""
    here = name == os.path.basename(name) and name.endswith(".wav")
    if not here or not name.isprintable():
        raise SoundListError(f"{name!r:.200} is no name of a sound file")


def z_name(z: Sequence[float]) -> str:
    """Returns a short name of a latent vector, such as ``z+0.1_-2_+0.3``."""
    if len(z) <= MAX_NAMED:
        return "z" + "_".join(f"{value:+.6g}" for value in z)
    return "z_" + sha256(np.float32(z).tobytes())[:10]


def sha256(data: bytes) -> str:
    """Returns the SHA-256 of bytes, in hex."""
    return hashlib.sha256(data).hexdigest()
