"""Sounds as files: 16-bit WAV, written whole or not at all."""

import io
import os
import pathlib

import numpy as np

FULL_SCALE = 32767  # of int16; +1.0 and -1.0 are as far from zero


def to_int16(wave: np.ndarray) -> np.ndarray:
    """Returns float [...] in [-1, 1] as int16 [...], rounded and clipped."""
    return np.rint(np.clip(wave, -1.0, 1.0) * FULL_SCALE).astype(np.int16)


def wav_bytes(wave: np.ndarray, sample_rate: int) -> bytes:
    """Returns the 16-bit mono WAV file of a sound, float [T] in [-1, 1]."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(
        buffer, to_int16(wave), sample_rate, format="WAV", subtype="PCM_16"
    )
    return buffer.getvalue()


def write_wav(
    path: str | os.PathLike, wave: np.ndarray, sample_rate: int
) -> None:
    """Writes a sound beside its place and renames it into it."""
    path = pathlib.Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(wav_bytes(wave, sample_rate))
    os.replace(temporary, path)
