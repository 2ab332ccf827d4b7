"""Upsampling artifacts: tones at fractions of the sample rate."""

from collections.abc import Iterator

import numpy as np

from wavegan_cond.evaluation.features import (
    SAMPLE_RATE,
    FeatureError,
    in_chunks,
)
from wavegan_cond.model.match_eq_fit import prominence

LEVELS = range(1, 6)  # of blocks that each resample by 4
FAR = 40  # bins on either side of a tone to which it is compared


def comb_index(waveforms: np.ndarray) -> dict[int, float]:
    """Returns the prominence of tones at fs / 4^k in dB, for k = 1 to 5.

    This is the mean over all multiples m fs / 4^k below half the sample rate,
    where 4 does not divide m, of the power there relative to the median of the
    surrounding bins, in the mean power spectrum. Real drums have -1 to 2 dB,
    and -1 to 6 at level 1, which has a single bin; transposed convolutions
    begin at 4 to 30 dB (checkerboard artifacts; Odena et al., Distill 2016).

    The largest of the levels is the worst comb of a report, and their mean the
    mean comb of ``experiments.claims``.

    Args:
      waveforms: [N, T], see ``features.each_chunk``; T is a multiple of 1024.

    Raises:
      FeatureError: T is not a multiple of 1024.
    """
    return comb_of(tonal_spectrum(waveforms)[1])


def comb_of(decibels: np.ndarray) -> dict[int, float]:
    """Returns the comb index of a spectrum, see ``comb_index``.

    Args:
      decibels: [T / 2 + 1], as ``to_decibels`` gives it.
    """
    return {k: float(_prominence(decibels, k)) for k in LEVELS}


def comb_indices(waveforms: np.ndarray) -> np.ndarray:
    """Returns the comb index of each sound, float64 [N, 5].

    Column k - 1 is level k. Loud sounds dominate the mean spectrum of
    ``comb_index``; here each sound has the same weight, and a tone in a few of
    them can be told from one in all. The spectrum of one sound is noisy: of
    white noise one in 20 is above 6 dB at level 1, which has a single bin, and
    above 0 dB at level 5. Quantiles must therefore be compared with those of
    real sounds.

    Args:
      waveforms: see ``comb_index``.

    Raises:
      FeatureError: T is not a multiple of 1024.
    """
    indices = [np.zeros((0, len(LEVELS)))]
    for power in comb_spectra(waveforms):
        decibels = to_decibels(power)
        levels = [_prominence(decibels, k) for k in LEVELS]
        indices.append(np.stack(levels, axis=1))
    return np.concatenate(indices)


def tonal_spectrum(
    waveforms: np.ndarray, sample_rate: int = SAMPLE_RATE
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean power spectrum from which ``comb_index`` is computed.

    Args:
      waveforms: see ``comb_index``.
      sample_rate: sample rate in Hz.

    Returns:
      (frequencies in Hz, power in dB), [T / 2 + 1] each, with a floor 120 dB
      below the loudest bin.

    Raises:
      FeatureError: T is not a multiple of 1024.
    """
    length = np.shape(waveforms)[-1]
    power = np.zeros(length // 2 + 1)
    for piece in comb_spectra(waveforms):
        power += piece.sum(axis=0)
    return np.fft.rfftfreq(length, 1 / sample_rate), to_decibels(power)


def comb_places(length: int, level: int) -> list[int]:
    """Returns the bins of level k in the spectrum of a sound.

    Bins within 40 of either end are left out, and so are multiples of 4, which
    belong to the level below.

    Args:
      length: length of the sound in samples (T); bin i is at i fs / T.
      level: level k, from 1.
    """
    spacing, last = length // 4**level, length // 2 - FAR
    places = enumerate(range(spacing, last, spacing), 1)
    return [place for m, place in places if m % 4 and place > FAR]


def power_spectra(waveforms: np.ndarray) -> Iterator[np.ndarray]:
    """Yields power spectra under a Hann window, [at most 32, T / 2 + 1].

    Args:
      waveforms: [N, T] as ``features.each_chunk`` takes them.
    """
    window = np.hanning(np.shape(waveforms)[-1] + 1)[:-1].astype(np.float32)
    for piece in in_chunks(waveforms):
        yield np.abs(np.fft.rfft(piece * window)) ** 2


def to_decibels(power: np.ndarray) -> np.ndarray:
    """Returns power spectra [..., bins] in dB, 120 dB deep at most."""
    loudest = power.max(axis=-1, keepdims=True)
    return 10 * np.log10(power + 1e-12 * loudest + 1e-30)


def comb_spectra(waveforms: np.ndarray) -> Iterator[np.ndarray]:
    """Returns ``power_spectra``, of sounds that have all places of the comb.

    Raises:
      FeatureError: T is not a multiple of 1024.
    """
    length = np.shape(waveforms)[-1]
    if not length or length % 4 ** LEVELS[-1]:
        raise FeatureError(
            f"sounds of {length} samples: the comb needs a multiple of 1024"
        )
    return power_spectra(waveforms)


def _prominence(decibels: np.ndarray, level: int) -> np.ndarray:
    """Returns the mean prominence of a level's bins: [..., bins] -> [...]."""
    places = np.array(comb_places(2 * decibels.shape[-1] - 2, level))
    return prominence(decibels, places, FAR).mean(axis=-1)
