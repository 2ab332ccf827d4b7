"""Audio descriptors of drum sounds: attack, decay, brightness and others.

They are compared as distributions: a generator whose every sound is plausible
may still lack short sounds or bright ones.
"""

import numpy as np
from scipy.fft import next_fast_len
from scipy.signal import hilbert, oaconvolve

from wavegan_cond.evaluation.features import (
    SAMPLE_RATE,
    FeatureError,
    measure_each,
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
    sound; ``crest``: peak over RMS in dB; ``low_share``: fraction of the energy
    below 200 Hz; ``glide``: fall in pitch in octaves, for kicks. They do not
    depend on gain. For silence all are finite and have their lowest value.

    Args:
      waveforms: [N, T], see ``features.each_chunk``.
      sample_rate: sample rate in Hz.

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

    return measure_each(describe, waveforms, NAMES)


def compare(
    real: dict[str, np.ndarray], generated: dict[str, np.ndarray]
) -> dict[str, float]:
    """Returns the Kolmogorov-Smirnov distance of each descriptor.

    The largest difference between the two cumulative distributions: 0 if they
    are equal, 1 if they do not overlap. Two halves of one set of 2 n sounds are
    about 0.87 sqrt(2 / n) apart, so compare with the distance between sets of
    real sounds of the same sizes.

    Args:
      real: result of ``descriptors`` for at least one real sound.
      generated: result of ``descriptors`` for at least one generated sound.

    Raises:
      FeatureError: a set without sounds.
    """
    for name, values in (("real", real), ("generated", generated)):
        if not all(len(values[key]) for key in real):
            raise FeatureError(f"no {name} sounds; expected at least one")
    return {name: _apart(real[name], generated[name]) for name in real}


def _apart(first: np.ndarray, second: np.ndarray) -> float:
    """Returns the largest difference of two cumulative distributions.

    As scipy.stats.ks_2samp does, in a tenth of its time.
    """
    values = np.concatenate([first, second])
    shares = (
        np.searchsorted(np.sort(of), values, side="right") / len(of)
        for of in (first, second)
    )
    return float(np.abs(np.subtract(*shares)).max())


def envelope(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> np.ndarray:
    """Returns the envelope over time, [N, 5 ms of samples + T].

    The mean square of the analytic signal under a Hann window of 5 ms. It has
    no ripple from a kick at 50 Hz, which a plain RMS over 5 ms would follow. It
    begins 5 ms before the sound, to include an attack at the first sample.

    Args:
      waveforms: float32 [N, T].
      sample_rate: sample rate in Hz.
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
    """Returns the attack time in s: from 20 % to 90 % of the peak.

    At least one sample. Peeters, 'A large set of audio features' (Ircam, 2004),
    section on the log attack time, as in MPEG-7; with fixed thresholds. Because
    of the smoothing the fastest attack is about 1.5 ms.

    Args:
      level: envelope [N, T], see ``envelope``.
      sample_rate: sample rate in Hz.
    """
    peak = level.max(axis=1, keepdims=True)
    start, end = ((level >= part * peak).argmax(axis=1) for part in RISE)
    return np.maximum(end - start, 1) / sample_rate


def decay_time(level: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns the decay time in s (T20): from the peak to 20 dB below it.

    For a sound that does not fall so far, the time from its peak to its end.

    Args:
      level: envelope [N, T], see ``envelope``.
      sample_rate: sample rate in Hz.
    """
    length, peak = level.shape[1], level.argmax(axis=1)
    fallen = level <= 0.1 * level.max(axis=1, keepdims=True)
    fallen &= np.arange(length) > peak[:, None]
    end = np.where(fallen.any(axis=1), fallen.argmax(axis=1), length)
    return (end - peak) / sample_rate


def balance(
    waveforms: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns (mean frequency in Hz, fraction of energy below 200 Hz), [N]."""
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
    """Returns the fall in pitch of the low end in octaves, [N].

    The sound is limited to 20 to 500 Hz. The pitch glide is the ratio of the
    mean instantaneous frequency of the first half of the energy to that of the
    second half; each is the angle between successive samples of the analytic
    signal, weighted by power. It needs no pitch tracking, which could fail.
    99 % of real kicks fall, by 0.7 octaves; for a sound without a tone below
    500 Hz the value is meaningless.

    Args:
      waveforms: float32 [N, T].
      sample_rate: sample rate in Hz.
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
