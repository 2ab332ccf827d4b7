"""From a generated sound to that of a kit: its end, rate, loudness and bits."""

import numpy as np

from wavegan_cond.synthesis.ends import FRAME, clean_ends
from wavegan_cond.synthesis.recipe import Finish
from wavegan_cond.synthesis.wav import encode

PEAK = 10 ** (-0.3 / 20)  # of every sound of a kit: -0.3 dB


def to_peak(
    wave: np.ndarray, rate: int, fade: float, target: int, bits: int
) -> Finish:
    """Returns the finish that brings the peak of a sound to -0.3 dB.

    Args:
      wave: float32 [T] as a model makes it, not silent.
      rate: its sample rate in Hz.
      fade: see ``Finish``.
      target: sample rate of the file in Hz.
      bits: of a sample in the file.
    """
    peak = np.abs(shape(wave, rate, fade, target)).max()
    return Finish(fade, target, float(PEAK / peak), bits)


def wav_bytes(wave: np.ndarray, rate: int, finish: Finish) -> bytes:
    """Returns the content of the WAV file of a finished sound, mono.

    Of the silence behind it one sample is left.

    Args:
      wave: float32 [T] as a model makes it.
      rate: its sample rate in Hz.
      finish: what is done to it.
    """
    shaped = shape(wave, rate, finish.fade, finish.sample_rate)
    loud = np.clip(np.float64(shaped) * finish.gain, -1, 1)
    full_scale = 2 ** (finish.bits - 1) - 1
    samples = np.rint(loud * full_scale).astype(np.int32)
    samples = np.append(np.trim_zeros(samples, "b"), np.int32(0))
    samples <<= 32 - finish.bits
    return encode(samples, finish.sample_rate, f"PCM_{finish.bits}")


def shape(wave: np.ndarray, rate: int, fade: float, target: int) -> np.ndarray:
    """Returns a sound at another sample rate that begins and ends at zero.

    Args:
      wave: float32 [T] as a model makes it.
      rate: its sample rate in Hz.
      fade: see ``Finish``.
      target: sample rate of the result in Hz.

    Returns:
      float32 [T']; the same samples if the rates are equal and nothing is
      faded.
    """
    length = len(wave)
    count = min(round(fade * rate), length // 4)
    if count:
        place = np.arange(length - count, length) - (length - 1 - count)
        gain = np.ones(length, np.float32)
        gain[length - count :] = (1 + np.cos(np.pi * place / count)) / 2
        wave = wave * gain
    if rate == target:
        return wave
    import soxr

    resampled = soxr.resample(wave, rate, target, quality="VHQ")
    padded = np.pad(resampled, (0, -len(resampled) % FRAME))
    return clean_ends(np.float32(padded)[None]).numpy()[0]
