"""Measures of upsampling artifacts beside tones: repetition at fixed lags.

A generator that spreads few values over many samples plays the same filters
again and again. Its sounds resemble themselves a fixed number of samples
later, a buzzing colour, and their mean spectrum has ripples at fixed places.
``artifacts`` reads the places of single tones; here all of them count.
"""

import numpy as np
from scipy.ndimage import median_filter, uniform_filter1d

from wavegan_cond.evaluation.artifacts import comb_spectra, to_decibels
from wavegan_cond.evaluation.features import (
    SAMPLE_RATE,
    FeatureError,
    in_chunks,
)

LAGS = (512, 4200)  # samples, first and last
SHORTEST = 2048  # samples of a sound that has lags enough
AROUND = 101  # lags that say how much resemblance is ordinary
BESIDE = AROUND // 2  # of these on either side
EVENING = 64  # samples, over which the level is made even
QUIET = 0.01  # of the loudest level: below it nothing is raised further
WHITENING = 257  # bins of fs / 2 T, over which the spectrum is made even
LOW = 500.0  # Hz, where the pitch of drums ends
HIGH = 21000.0  # Hz, where the comb is no longer read
PERIOD = 256  # the comb's places are read modulo fs / 256


def grain(waveforms: np.ndarray) -> float:
    """Returns how far sounds repeat themselves at fixed lags.

    The highest value of ``repeats``. 300 sounds without any have 1.2 to 1.4,
    which is chance, 30 have about 2: compare sets of one size. Two dozen is a
    buzz.

    Args:
      waveforms: [N, T] as ``features.each_chunk`` takes them, T >= 2048.

    Raises:
      FeatureError: no sounds, or too short.
    """
    return float(repeats(waveforms)[1].max())


def repeats(waveforms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns how much sounds resemble themselves some samples later.

    The level of each sound is made even over time, then its spectrum over
    frequency, so that neither its decay nor its partials count, and what lies
    above 500 Hz is correlated with itself. The mean of the absolute value over
    all sounds is divided by its median over the lags around.

    Args:
      waveforms: as for ``grain``.

    Returns:
      (lags in samples, resemblance; 1 is ordinary), [L] each: lags from 512 to
      4200, or to half of T.

    Raises:
      FeatureError: no sounds, or too short.
    """
    return repeats_of(resemblance(waveforms))


def resemblance(waveforms: np.ndarray) -> np.ndarray:
    """Returns how much each sound resembles itself later, float32 [N, lags].

    Lags from 0 on, and beyond the last that ``repeats`` returns those that say
    how much is ordinary there.

    Args:
      waveforms: as for ``grain``.

    Raises:
      FeatureError: no sounds, or too short.
    """
    count, length = np.shape(waveforms)
    if not count or length < SHORTEST:
        raise FeatureError(
            f"{count} sounds of {length} samples: grain needs one or more of "
            f"at least {SHORTEST}"
        )
    lags = min(LAGS[1], length // 2) + BESIDE + 1
    found = [
        np.abs(autocorrelation(whitened(evened(piece)))[:, :lags])
        for piece in in_chunks(waveforms)
    ]
    return np.concatenate(found).astype(np.float32)


def repeats_of(resembled: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns what ``repeats`` does, of some rows of ``resemblance``."""
    mean = resembled.mean(axis=0, dtype=np.float64)
    ordinary = median_filter(mean, AROUND, mode="reflect")
    lags = np.arange(LAGS[0], len(mean) - BESIDE)
    return lags, (mean / np.maximum(ordinary, 1e-9))[lags]


def evened(waveforms: np.ndarray) -> np.ndarray:
    """Returns sounds over their own level, float64 [N, T].

    The level is the RMS of 64 samples, and 1 % of its peak is added to it, so
    that what is 40 dB below stays quiet.

    Args:
      waveforms: float32 [N, T].
    """
    power = np.square(waveforms, dtype=np.float64)
    # A running sum may end a hair below zero.
    power = uniform_filter1d(power, EVENING, mode="constant")
    level = np.sqrt(np.maximum(power, 0))
    floor = QUIET * level.max(axis=-1, keepdims=True)
    return waveforms / np.maximum(level + floor, 1e-12)


def whitened(waveforms: np.ndarray) -> np.ndarray:
    """Returns spectra over their own envelope, nothing below 500 Hz.

    Args:
      waveforms: [N, T].

    Returns:
      complex [N, T + 1], of the sound with as many zeros behind it.
    """
    size = 2 * waveforms.shape[-1]
    spectrum = np.fft.rfft(waveforms, size)
    power = uniform_filter1d(np.abs(spectrum) ** 2, WHITENING)
    envelope = np.sqrt(np.maximum(power, 0))
    floor = 1e-9 * envelope.max(axis=-1, keepdims=True)
    white = spectrum / np.maximum(envelope + floor, 1e-30)
    white[:, np.fft.rfftfreq(size, 1 / SAMPLE_RATE) < LOW] = 0
    return white


def autocorrelation(spectra: np.ndarray) -> np.ndarray:
    """Returns the autocorrelation of sounds, 1 at lag 0; silence has 0.

    Args:
      spectra: [N, bins], of sounds with as many zeros behind them.
    """
    likeness = np.fft.irfft(np.abs(spectra) ** 2)
    return likeness / np.maximum(likeness[:, :1], 1e-30)


def comb_depth(waveforms: np.ndarray) -> float:
    """Returns how deep the ripples of the mean spectrum are, in dB.

    From the lowest to the highest place of ``folded_spectrum``: 0.1 to 0.5 dB
    in sets of hundreds of real drums.

    Args:
      waveforms: as for ``folded_spectrum``.

    Raises:
      FeatureError: no sounds, or of another length.
    """
    return float(np.ptp(folded_spectrum(waveforms)))


def folded_spectrum(waveforms: np.ndarray) -> np.ndarray:
    """Returns the mean spectrum modulo fs / 256, in dB: [T / 256].

    The mean over all sounds of the level in dB under a Hann window, each the
    same whatever its loudness; its median over 2 fs / 256 is taken off, and
    what is left between 0.5 and 21 kHz is averaged over all places that are a
    multiple of fs / 256 apart. Place 0 has the multiples themselves.

    Args:
      waveforms: [N, T] as ``features.each_chunk`` takes them; T a multiple of
        1024.

    Raises:
      FeatureError: no sounds, or of another length.
    """
    count = len(waveforms)
    if not count:
        raise FeatureError("0 sounds: the comb needs one or more")
    level = sum(
        to_decibels(power).sum(axis=0) for power in comb_spectra(waveforms)
    )
    return folded(level / count)


def folded(level: np.ndarray) -> np.ndarray:
    """Returns what ``folded_spectrum`` does, of a mean level.

    Args:
      level: the mean of the sounds' levels in dB, [T / 2 + 1].
    """
    length = 2 * len(level) - 2
    places = length // PERIOD
    above = level - median_filter(level, 2 * places + 1)
    hertz = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    read = np.flatnonzero((hertz >= LOW) & (hertz <= HIGH))
    total = np.bincount(read % places, above[read], places)
    return total / np.bincount(read % places, minlength=places)
