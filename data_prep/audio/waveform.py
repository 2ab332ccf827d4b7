"""Operations on one decoded sound: small functions of NumPy arrays.

All take and return float32 mono arrays [n] unless they say otherwise. The
order they are applied in is ``process_file.shape_sound``'s.
"""

import numpy as np

from wavegan_cond.storage.pcm import FULL_SCALE

SILENCE_DB = -60.0  # below the peak: what counts as leading silence
# Energy of the sum of the channels over the sum of their energies: 1 for
# independent channels, more for alike ones. One of 45 real files is below 1.1.
CANCELLED = 0.75


def mix_to_mono(samples: np.ndarray) -> tuple[np.ndarray, str]:
    """Returns the mean of the channels, unless they cancel.

    Where they do, as in anti-phase stereo, the mean is another sound or none;
    then the channel of most energy is used.

    Args:
      samples: float32 [n, channels].

    Returns:
      (float32 [n], note): the note is ``""`` or ``"antiphase"``.
    """
    if samples.shape[1] == 1:
        return samples[:, 0], ""
    total = samples.sum(axis=1, dtype=np.float64)
    energies = np.square(samples, dtype=np.float64).sum(axis=0)
    if np.square(total).sum() >= CANCELLED * energies.sum():
        return (total / samples.shape[1]).astype(np.float32), ""
    return np.ascontiguousarray(samples[:, energies.argmax()]), "antiphase"


def trim_leading_silence(wave: np.ndarray) -> np.ndarray:
    """Cuts everything before the first sample above ``SILENCE_DB``."""
    loudness = np.abs(wave)
    if not len(wave) or not loudness.max():
        return wave
    audible = loudness >= loudness.max() * 10 ** (SILENCE_DB / 20)
    return wave[audible.argmax() :]


def normalise_peak(wave: np.ndarray) -> np.ndarray:
    """Scales so that the largest absolute sample is 1; silence stays."""
    peak = np.abs(wave).max() if len(wave) else 0
    return (wave / peak).astype(np.float32) if peak else wave


def fade(wave: np.ndarray, fade_in: int, fade_out: int) -> np.ndarray:
    """Ramps linearly from 0 at the first sample and to 0 at the last.

    A ramp longer than the sound spans the whole of it; where both ramps
    overlap they multiply.

    Args:
      wave: [n].
      fade_in: samples until full level is reached; 0 for none.
      fade_out: samples from full level to the end; 0 for none.
    """
    faded, length = wave.copy(), len(wave)
    if rise := min(fade_in, length):
        faded[:rise] *= np.arange(rise, dtype=np.float32) / rise
    if fall := min(fade_out, length):
        ramp = np.arange(fall, dtype=np.float32) / fall
        faded[length - fall :] *= ramp[::-1]
    return faded


def fit_length(wave: np.ndarray, length: int) -> np.ndarray:
    """Cuts at the end, or pads with zeros at the end, to ``length``."""
    fitted = np.zeros(length, wave.dtype)
    fitted[: len(wave)] = wave[:length]
    return fitted


def to_int16(wave: np.ndarray) -> np.ndarray:
    """Returns int16: rint(clip(x, -1, 1) * FULL_SCALE)."""
    return np.rint(np.clip(wave, -1, 1) * FULL_SCALE).astype(np.int16)
