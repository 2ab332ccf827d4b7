"""Takes away what holds a sound to one side of zero.

A converter adds a constant: the sound rests at it, and it can be subtracted.
An old sampler's hit may be all on one side and rest at zero all the same: what
is to be taken from it decays with it, so it is filtered.
"""

import numpy as np

# Of the peak: 99 of 100 real drums stay below it. What is shorter than
# ``SHORT`` seconds holds few waves of a bass drum, and may have more.
LIMIT, SHORT = 0.02, 0.2
CUTOFF = 10.0  # Hz
REST_SECONDS = 0.01
QUIET = 0.02  # of the peak: the range of what rests
HEARD = 0.01  # of the peak: where the sound is


def remove_offset(samples: np.ndarray, rate: int) -> tuple[np.ndarray, bool]:
    """Returns a sound without its offset, and whether it had one.

    Args:
      samples: float32 [n, channels], finite.
      rate: in Hz.
    """
    waves = [_centred(wave, rate) for wave in samples.T.astype(np.float64)]
    if all(wave is None for wave in waves):
        return samples, False
    centred = samples.copy()
    for channel, wave in enumerate(waves):
        if wave is not None:
            centred[:, channel] = wave
    return centred, True


def high_pass(wave: np.ndarray, rate: int, cutoff: float) -> np.ndarray:
    """Returns [n] without what is below ``cutoff`` Hz, 6 dB an octave.

    The filter is of first order, and at rest at zero before the first sample.
    """
    share = 1 - np.exp(-2 * np.pi * cutoff / rate)
    # A mean that forgets, of a stretch at once: as long as its weights do not
    # leave the range of numbers.
    step = max(1, int(20 / -np.log1p(-share)))
    weights = (1 - share) ** -np.arange(1.0, step + 1)
    slow, last = np.empty(len(wave)), 0.0
    for start in range(0, len(wave), step):
        part = wave[start : start + step]
        weight = weights[: len(part)]
        means = (last + share * np.cumsum(part * weight)) / weight
        slow[start : start + step] = means
        last = means[-1]
    return wave - slow


def _centred(wave: np.ndarray, rate: int) -> np.ndarray | None:
    """Returns one channel without its offset, or None if it has none."""
    if not _is_offset(wave, rate):
        return None
    wave = wave - _rest(wave, rate)
    return high_pass(wave, rate, CUTOFF) if _is_offset(wave, rate) else wave


def _is_offset(wave: np.ndarray, rate: int) -> bool:
    """Says whether the mean of what is heard is more than a drum's."""
    loudness = np.abs(wave)
    peak = loudness.max(initial=0)
    heard = np.flatnonzero(loudness > HEARD * peak)
    if not len(heard):
        return False
    sound = wave[heard[0] : heard[-1] + 1]
    limit = LIMIT * (1 + SHORT * rate / len(sound))
    return abs(sound.mean()) > limit * peak


def _rest(wave: np.ndarray, rate: int) -> float:
    """Returns the level at which a sound rests, behind it or in front."""
    length = int(REST_SECONDS * rate)
    if len(wave) > 4 * length:
        for part in (wave[-length:], wave[:length]):
            if np.ptp(part) <= QUIET * np.abs(wave).max():
                return float(np.median(part))
    # It never rests: at its mean if it begins there, and not at zero.
    mean = wave.mean()
    start = wave[:8].mean()
    return float(mean) if abs(start - mean) < abs(start) else 0.0
