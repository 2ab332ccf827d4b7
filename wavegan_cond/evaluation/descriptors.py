"""How a drum sounds, in numbers one can name: attack, decay, brightness.

Compared as distributions: a generator whose every sound is plausible may still
lack the short ones or the bright ones.
"""

import numpy as np
from scipy.fft import next_fast_len
from scipy.signal import hilbert, oaconvolve
from scipy.stats import ks_2samp

from wavegan_cond.evaluation.features import (
    SAMPLE_RATE,
    FeatureError,
    of_each,
)

NAMES = ("log_attack", "t20", "centroid", "crest", "low_share", "glide")
SMOOTHING = 0.005  # s, Hann window over the envelope
RISE = (0.2, 0.9)  # of the envelope's peak: where the attack begins and ends
LOW = 200.0  # Hz
GLIDE_BAND = (20.0, 500.0)  # Hz, where the fundamental of a kick moves


def descriptors(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> dict[str, np.ndarray]:
    """Returns six descriptors of every sound, each float64 [N].

    ``log_attack``: log10 of the attack time in s; ``t20``: decay time in s;
    ``centroid``: mean frequency in Hz, weighted by the power over the whole
    sound; ``crest``: peak over RMS in dB; ``low_share``: energy below 200 Hz
    over all of it; ``glide``: see there, of use for kicks. Gain means nothing
    to them. Of silence all are the least they can be, and finite.

    Args:
      waveforms: [N, T] as ``features.log_mel`` takes them.
      sample_rate: in Hz.

    Raises:
      FeatureError: not [N, T], no samples, or not finite.
    """

    def describe(piece: np.ndarray) -> dict[str, np.ndarray]:
        level = envelope(piece, sample_rate)
        centroid, low_share = balance(piece, sample_rate)
        return {
            "log_attack": np.log10(attack_time(level, sample_rate)),
            "t20": decay_time(level, sample_rate),
            "centroid": centroid,
            "crest": crest(piece),
            "low_share": low_share,
            "glide": glide(piece, sample_rate),
        }

    return of_each(describe, waveforms, NAMES)


def compare(
    real: dict[str, np.ndarray], generated: dict[str, np.ndarray]
) -> dict[str, float]:
    """Returns the Kolmogorov-Smirnov distance of each descriptor.

    The largest difference between the two cumulative distributions: 0 where
    they are equal, 1 where they do not overlap. Two halves of one set of 2 n
    sounds are about 0.87 sqrt(2 / n) apart, so compare with that of the real
    sounds at the same sizes.

    Args:
      real: of ``descriptors``, one sound at least.
      generated: of ``descriptors``, one sound at least.

    Raises:
      FeatureError: a set without sounds.
    """
    for name, values in (("real", real), ("generated", generated)):
        if not all(len(values[key]) for key in real):
            raise FeatureError(f"no {name} sounds; expected at least one")
    return {
        name: float(ks_2samp(real[name], generated[name]).statistic)
        for name in real
    }


def envelope(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> np.ndarray:
    """Returns the level over time, [N, 5 ms of samples + T].

    The analytic signal's mean square under a Hann window of 5 ms: no ripple
    from a kick's 50 Hz, which a plain RMS of 5 ms would follow. It begins 5 ms
    before the sound, so that an attack at the first sample is seen whole.

    Args:
      waveforms: float32 [N, T].
      sample_rate: in Hz.
    """
    width = round(SMOOTHING * sample_rate)
    before = np.pad(waveforms, ((0, 0), (width, 0)))
    length = before.shape[1]
    # Twice as long: what ends loud does not ring into its own beginning.
    analytic = hilbert(before, next_fast_len(2 * length), axis=1)[:, :length]
    window = np.hanning(width + 2)[None, 1:-1]
    power = oaconvolve(
        np.abs(analytic) ** 2, window / window.sum(), mode="same", axes=1
    )
    return np.sqrt(np.maximum(power, 0))


def attack_time(level: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns the time from 20 % to 90 % of the peak in s, a sample at least.

    Peeters, 'A large set of audio features' (Ircam, 2004), section on the log
    attack time, as in MPEG-7; with fixed thresholds. The smoothing makes the
    fastest attack about 1.5 ms.

    Args:
      level: [N, T], an ``envelope``.
      sample_rate: in Hz.
    """
    peak = level.max(axis=1, keepdims=True)
    start, end = ((level >= part * peak).argmax(axis=1) for part in RISE)
    return np.maximum(end - start, 1) / sample_rate


def decay_time(level: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns T20 in s: from the peak until the level is 20 dB lower.

    What never falls so far has the time from its peak to the end.

    Args:
      level: [N, T], an ``envelope``.
      sample_rate: in Hz.
    """
    length, peak = level.shape[1], level.argmax(axis=1)
    fallen = level <= 0.1 * level.max(axis=1, keepdims=True)
    fallen &= np.arange(length) > peak[:, None]
    end = np.where(fallen.any(axis=1), fallen.argmax(axis=1), length)
    return (end - peak) / sample_rate


def balance(
    waveforms: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns (mean frequency in Hz, share of energy below 200 Hz), [N]."""
    power = np.abs(np.fft.rfft(waveforms)) ** 2
    hertz = np.fft.rfftfreq(waveforms.shape[1], 1 / sample_rate)
    total = np.maximum(power.sum(axis=1), 1e-30)
    return power @ hertz / total, power[:, hertz < LOW].sum(axis=1) / total


def crest(waveforms: np.ndarray) -> np.ndarray:
    """Returns the peak over the RMS of the whole sound in dB, [N]."""
    square = np.square(waveforms, dtype=np.float64)
    peak, mean = square.max(axis=1), square.mean(axis=1)
    return 10 * np.log10(np.maximum(peak, 1e-30) / np.maximum(mean, 1e-30))


def glide(waveforms: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns how far the low end falls in pitch, in octaves, [N].

    Between 20 and 500 Hz: the mean instantaneous frequency of the first half
    of the energy over that of the second half, each the angle between a sample
    of the analytic signal and the next, weighted by power. No period is
    tracked, so nothing can lose its place. 99 % of real kicks fall, by 0.7
    octaves; where there is no tone below 500 Hz it means nothing.

    Args:
      waveforms: float32 [N, T].
      sample_rate: in Hz.
    """
    length = waveforms.shape[1]
    spectrum = np.fft.fft(waveforms, 2 * length)
    hertz = np.fft.fftfreq(2 * length, 1 / sample_rate)
    low, high = GLIDE_BAND
    spectrum[:, (hertz < low) | (hertz > high)] = 0
    analytic = np.fft.ifft(spectrum)[:, :length]
    turns = analytic[:, 1:] * analytic[:, :-1].conj()
    energy = np.cumsum(np.abs(turns), axis=1, dtype=np.float64)
    first = energy < energy[:, -1:] / 2
    early, late = (
        np.angle((turns * half).sum(axis=1)) for half in (first, ~first)
    )
    slowest = 2 * np.pi * low / sample_rate
    return np.log2(np.maximum(early, slowest) / np.maximum(late, slowest))
