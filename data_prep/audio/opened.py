"""An opened sound file, and what libsndfile opens."""

import dataclasses
import os
from collections.abc import Callable, Sequence
from typing import Any

import soundfile

from data_prep.audio.formats.splice import Part, Splice


@dataclasses.dataclass(frozen=True, eq=False)
class Opened:
    """A sound file that can be read.

    Attributes:
      file: it, or what it was put right as.
      frames: how many there are, as far as anything says it.
      missing: bytes of sound that it claims and lacks; 1 if no one knows.
      exact: whether fewer frames than ``frames`` are a lack; decoders of MPEG
        drop what they cannot begin with.
      notes: what had to be put right.
      before_damage: opens what is in front of the first damage, of a number of
        samples; None where that is done, or cannot be.
    """

    file: soundfile.SoundFile
    frames: int
    missing: int = 0
    exact: bool = True
    notes: tuple[str, ...] = ()
    before_damage: Callable[[int], "Opened | None"] | None = None

    def __enter__(self) -> "Opened":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def open_bytes(file: bytes | Splice) -> soundfile.SoundFile | None:
    """Opens what libsndfile recognises by its content, not by its name."""
    try:
        sound = soundfile.SoundFile(file)
    except (soundfile.LibsndfileError, TypeError):
        return None
    if sound.format == "RAW":
        sound.close()
        return None
    return sound


def open_parts(
    path: str | os.PathLike, parts: Sequence[Part], **said: Any
) -> Opened | None:
    """Opens a file put together from parts of another.

    Args:
      path: of the other.
      parts: in order.
      **said: fields of ``Opened`` beside the file; ``frames`` are those that
        libsndfile finds where nothing else says it.

    Returns:
      None where libsndfile does not recognise it.
    """
    whole = Splice(open(path, "rb"), parts)
    sound = open_bytes(whole)
    if sound is None:
        whole.close()
        return None
    return Opened(sound, said.pop("frames", sound.frames), **said)
