"""Filters that flatten the spectrum of each class, part of the way.

The distance that a critic of limited slope estimates is one of waveforms. Of a
kick it is nearly all fundamental, and what a generator leaves 50 dB below that
hardly counts in it, though it is heard. So each class goes through a filter of
its own, which brings up what is quiet in the real sounds of that class; real
and generated sounds go through the same one. The idea of equal weights for
unequal bands is that of pre-emphasis and of whitening before a comparison.

The gains multiply the spectrum of the whole sound, T samples (``hearing``): the
filter has no phase, and being smooth over frequency it reaches a few
milliseconds.
"""

from collections.abc import Callable

import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.rows import evenly

MOST_SOUNDS = 1000  # of a class: more do not change its mean
WIDTH = 2**0.25  # a band is half an octave wide, as a ratio to either side,
NARROWEST = 8  # and so many bins to either side at least
HIGHEST_GAIN = 100.0  # 40 dB, over the gain of the loudest band


def fit(
    read: Callable[[np.ndarray], np.ndarray],
    labels: np.ndarray,
    model: ModelConfig,
    amount: float,
) -> np.ndarray | None:
    """Returns the gains of every class, of real sounds.

    Args:
      read: gives the sounds of rows, int64 [n] -> int16 or float32 [n, T];
        their unit means nothing.
      labels: int [N], of all rows.
      model: its length T and its classes. Networks without labels get one
        filter for all.
      amount: 0 changes nothing, 1 makes every class flat.

    Returns:
      float32 [num_classes, T / 2 + 1], or None for an amount of 0.
    """
    if not amount:
        return None
    spectra = np.stack(
        [
            mean_power(read, np.flatnonzero(labels == label), model.length)
            for label in range(len(model.classes))
        ]
    )
    if model.conditioning == "none":
        spectra[:] = spectra.mean(axis=0)
    return equalizer(spectra, amount)


def mean_power(
    read: Callable[[np.ndarray], np.ndarray], rows: np.ndarray, length: int
) -> np.ndarray:
    """Returns the mean power spectrum of rows, float64 [T / 2 + 1].

    Of many rows ``MOST_SOUNDS``, evenly spaced, are taken.
    """
    rows = evenly(rows, MOST_SOUNDS)
    power = np.zeros(length // 2 + 1)
    for start in range(0, len(rows), 64):
        spectra = np.fft.rfft(read(rows[start : start + 64]))
        power += (np.abs(spectra) ** 2).sum(axis=0)
    return power / max(1, len(rows))


def equalizer(spectra: np.ndarray, amount: float) -> np.ndarray:
    """Returns gains that flatten spectra: float32 [num_classes, bins].

    The gain of a band is its power to the minus ``amount`` / 2. All classes
    come out with the energy that they had in the mean, so that none counts more
    than another.

    Args:
      spectra: mean powers, [num_classes, bins].
      amount: in [0, 1].
    """
    smooth = np.stack([over_bands(power) for power in spectra])
    loudest = smooth.max(axis=1, keepdims=True)
    share = smooth / np.where(loudest > 0, loudest, 1)
    gains = np.maximum(share, 1e-30) ** (-amount / 2)
    gains = np.minimum(gains, HIGHEST_GAIN)
    heard = energy(spectra * gains**2)[:, None]
    level = np.sqrt(energy(spectra).mean() / np.where(heard > 0, heard, 1))
    # A silent class is left as it is.
    return np.where(heard > 0, gains * level, 1).astype(np.float32)


def energy(power: np.ndarray) -> np.ndarray:
    """Returns what power spectra of an even T sum up to: [C, bins] -> [C].

    Parseval: all bins but the first and the last stand for two.
    """
    return 2 * power.sum(axis=1) - power[:, 0] - power[:, -1]


def over_bands(power: np.ndarray) -> np.ndarray:
    """Returns means over bands half an octave wide: [bins] -> [bins]."""
    bins = np.arange(len(power))
    low = np.floor(np.minimum(bins / WIDTH, bins - NARROWEST)).astype(int)
    high = np.ceil(np.maximum(bins * WIDTH, bins + NARROWEST)).astype(int) + 1
    low, high = np.maximum(low, 0), np.minimum(high, len(power))
    sums = np.concatenate([[0.0], np.cumsum(power)])
    return np.maximum(sums[high] - sums[low], 0.0) / (high - low)
