"""WAV files, written atomically; sounds in 16 bits."""

import hashlib
import io
import os
import re

import numpy as np

from wavegan_cond.storage.atomic import write_bytes
from wavegan_cond.storage.pcm import FULL_SCALE
from wavegan_cond.storage.untrusted import open_regular

MAX_BYTES = 1 << 30  # of a WAV file that is read
MAX_NAME = 100  # bytes of a class in a file name


def to_int16(wave: np.ndarray) -> np.ndarray:
    """Returns float [...] in [-1, 1] as int16 [...], rounded and clipped.

    Raises:
      ValueError: a sample is not finite; it would become silence.
    """
    if not np.isfinite(wave).all():
        raise ValueError("a sample is not finite")
    return np.rint(np.clip(wave, -1.0, 1.0) * FULL_SCALE).astype(np.int16)


def to_float(wave: np.ndarray) -> np.ndarray:
    """Returns int16 [...] as float32 [...] in [-1, 1]."""
    return (wave / np.float32(FULL_SCALE)).astype(np.float32)


def wav_bytes(wave: np.ndarray, sample_rate: int) -> bytes:
    """Returns the content of a 16-bit mono WAV file.

    Args:
      wave: the sound, float [T] in [-1, 1] or int16 [T].
      sample_rate: sample rate in Hz.
    """
    samples = wave if wave.dtype == np.int16 else to_int16(wave)
    return encode(samples, sample_rate, "PCM_16")


def encode(samples: np.ndarray, sample_rate: int, subtype: str) -> bytes:
    """Returns the content of a WAV file of any subtype.

    Args:
      samples: [n] or [n, channels], int16, or int32 of which the upper bits
        count, or float32.
      sample_rate: sample rate in Hz.
      subtype: "PCM_16", "PCM_24" or "FLOAT".
    """
    buffer = io.BytesIO()
    if subtype == "FLOAT":  # libsndfile would put the time into the file
        from scipy.io import wavfile

        wavfile.write(buffer, sample_rate, np.float32(samples))
        return buffer.getvalue()
    import soundfile

    soundfile.write(buffer, samples, sample_rate, format="WAV", subtype=subtype)
    return buffer.getvalue()


def read_wav(path: str | os.PathLike) -> np.ndarray:
    """Returns the samples of a 16-bit mono WAV file, int16 [T].

    Raises:
      OSError: it is no regular file, or cannot be read.
    """
    import soundfile

    with open_regular(path, MAX_BYTES) as file:
        return soundfile.read(file, dtype="int16")[0]


def write_wav(
    path: str | os.PathLike, wave: np.ndarray, sample_rate: int
) -> None:
    """Writes a sound to a WAV file atomically."""
    write_bytes(path, wav_bytes(wave, sample_rate))


def safe_name(text: str) -> str:
    """Returns a class name as part of a file name, without separators.

    Different names give different ones: one that has to be changed, or cut,
    ends with a part of its hash.
    """
    safe = re.sub(r"[^\w +-]+", "_", text).strip() or "_"
    cut = safe.encode()[:MAX_NAME].decode(errors="ignore").strip()
    if cut == text:
        return text
    digest = hashlib.sha256(text.encode(errors="surrogatepass"))
    return f"{cut}-{digest.hexdigest()[:8]}"
