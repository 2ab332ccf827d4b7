"""Sound files as bytes: right ones, and wrong in one place."""

import dataclasses
import io
import struct
from collections.abc import Callable

import numpy as np
import soundfile

from data_prep.kit import demo_kit

RATE = 44100


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of file, and what preparation must say of it.

    Attributes:
      name: in words.
      reason: why it is left out, or "" where it must be kept.
      content: (float32 [n] a sound, a random generator) -> bytes of the file.
      file: its name, around a number.
      note: that the manifest must hold.
    """

    name: str
    reason: str
    content: Callable[[np.ndarray, np.random.Generator], bytes]
    file: str = "{}.wav"
    note: str = ""


def drum(seed: int, index: int, label: str = "kick") -> np.ndarray:
    """Returns a short sound of the demo kit, float32 [4096 at most]."""
    wave = demo_kit.sound(label, seed, index)[:4096].copy()
    wave[-256:] *= np.linspace(1, 0, 256, dtype=np.float32)
    return wave / np.abs(wave).max() * np.float32(0.8)


def pcm(wave: np.ndarray) -> bytes:
    """Returns 16-bit little-endian samples."""
    return np.rint(wave * 32767).astype("<i2").tobytes()


def chunk(name: bytes, data: bytes, claim: int | None = None) -> bytes:
    """Returns a RIFF chunk that claims to hold ``claim`` bytes."""
    size = len(data) if claim is None else claim
    return name + struct.pack("<I", size) + data + b"\0" * (len(data) % 2)


def riff(*chunks: bytes) -> bytes:
    """Returns a WAV file of these chunks."""
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def form(
    channels: int = 1,
    rate: int = RATE,
    bits: int = 16,
    code: int = 1,
    align: int | None = None,
) -> bytes:
    """Returns the fmt chunk of a WAV file, whatever it says."""
    align = channels * bits // 8 % 65536 if align is None else align
    flow = rate * align % 2**32
    values = code, channels, rate, flow, align, bits
    return chunk(b"fmt ", struct.pack("<HHIIHH", *values))


def wav(wave: np.ndarray, claim: int | None = None, **said) -> bytes:
    """Returns a 16-bit WAV file whose header may say something else.

    Args:
      wave: float32 [n] or [n, channels].
      claim: bytes that the data chunk claims to hold.
      **said: of ``form``.
    """
    return riff(form(**said), chunk(b"data", pcm(wave), claim))


def floats(samples: np.ndarray) -> bytes:
    """Returns a mono WAV file of 32-bit floats, whatever they are."""
    data = np.asarray(samples, "<f4").tobytes()
    return riff(form(bits=32, code=3), chunk(b"data", data))


def encode(
    samples: np.ndarray,
    format: str,
    subtype: str | None = None,
    rate: int = RATE,
) -> bytes:
    """Returns a file as libsndfile writes it.

    Args:
      samples: float32 [n] or [n, channels].
      format: such as "FLAC".
      subtype: such as "PCM_24"; by default the format's own.
      rate: in Hz.
    """
    file = io.BytesIO()
    soundfile.write(file, samples, rate, subtype, format=format)
    return file.getvalue()


def cut(content: bytes, share: float) -> bytes:
    """Returns the first part of a file."""
    return content[: int(share * len(content))]


def scratched(
    content: bytes, random: np.random.Generator, place: float
) -> bytes:
    """Returns a file with random bytes over a tenth, from a place in it."""
    start, length = int(place * len(content)), len(content) // 10
    return content[:start] + random.bytes(length) + content[start + length :]
