"""From a generated sound to the samples and bytes of a kit's WAV file."""

import numpy as np

from wavegan_cond.synthesis.ends import FRAME, clean_ends
from wavegan_cond.synthesis.wav import encode

PEAK = 10 ** (-0.3 / 20)  # of every sound: -0.3 dB


def finish(
    waveforms: np.ndarray, rate: int, target: int, fade: float = 0.0
) -> np.ndarray:
    """Returns sounds at another sample rate that begin and end at zero.

    Args:
      waveforms: float32 [N, T] as a model makes them.
      rate: their sample rate in Hz.
      target: sample rate of the result in Hz.
      fade: seconds before the end of T in which what still rings dies away; at
        most a quarter of T.

    Returns:
      float32 [N, T']; the same samples if the rates are equal and nothing is
      faded.
    """
    length = waveforms.shape[1]
    count = min(round(fade * rate), length // 4)
    if count:
        place = np.arange(length - count, length) - (length - 1 - count)
        gain = np.ones(length, np.float32)
        gain[length - count :] = (1 + np.cos(np.pi * place / count)) / 2
        waveforms = waveforms * gain
    if rate == target:
        return waveforms
    import soxr

    resampled = soxr.resample(waveforms.T, rate, target, quality="VHQ").T
    missing = -resampled.shape[1] % FRAME
    padded = np.pad(resampled, ((0, 0), (0, missing)))
    return clean_ends(np.float32(padded)).numpy()


def to_samples(wave: np.ndarray, bits: int) -> tuple[np.ndarray, float]:
    """Returns a sound as integers with its peak at -0.3 dB, and the gain.

    Of the silence behind it one sample is left.

    Args:
      wave: float [T], not silent, zero at both ends.
      bits: 16 or 24.

    Returns:
      int32 [n], n at most T; and the factor by which the sound is louder.
    """
    gain = float(PEAK / np.abs(wave).max())
    full_scale = 2 ** (bits - 1) - 1
    samples = np.rint(np.float64(wave) * gain * full_scale).astype(np.int32)
    end = np.flatnonzero(samples)[-1] + 2
    return samples[:end], gain


def wav_bytes(samples: np.ndarray, rate: int, bits: int) -> bytes:
    """Returns the content of a mono WAV file.

    Args:
      samples: int32 [n] of so many bits.
      rate: sample rate in Hz.
      bits: 16 or 24.
    """
    return encode(samples << (32 - bits), rate, f"PCM_{bits}")
