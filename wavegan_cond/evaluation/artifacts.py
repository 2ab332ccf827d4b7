"""What upsampling leaves in a sound: tones at fractions of the sample rate."""

import numpy as np

from wavegan_cond.evaluation.features import pieces

LEVELS = range(1, 6)  # of blocks that each resample by 4
NEAR, FAR = 5, 40  # bins beside a tone that say how loud its surroundings are


def comb_index(waveforms: np.ndarray) -> dict[int, float]:
    """Returns how far tones at fs / 4^k stand out, in dB, for k = 1 to 5.

    The mean over all multiples m fs / 4^k below half the sample rate, where 4
    does not divide m, of the power there against the median of its
    surroundings, in the mean power spectrum. Real drums are near 0.5 dB;
    transposed convolutions begin at 4 to 30 dB (checkerboard; Odena et al.,
    Distill 2016).

    Args:
      waveforms: [N, T] as ``features.log_mel`` takes them; T a multiple of
        1024.
    """
    length = np.shape(waveforms)[1]
    window = np.hanning(length + 1)[:-1].astype(np.float32)
    power = np.zeros(length // 2 + 1)
    for piece in pieces(waveforms):
        power += (np.abs(np.fft.rfft(piece * window)) ** 2).sum(axis=0)
    decibels = 10 * np.log10(power + 1e-12 * power.max() + 1e-30)
    return {k: _prominence(decibels, length // 4**k) for k in LEVELS}


def _prominence(decibels: np.ndarray, spacing: int) -> float:
    """Returns the mean prominence of multiples of ``spacing`` bins."""
    beside = np.r_[-FAR : -NEAR + 1, NEAR : FAR + 1]
    last = len(decibels) - 1 - FAR
    places = [
        place
        for number, place in enumerate(range(spacing, last, spacing), 1)
        if number % 4 and place > FAR
    ]
    around = [np.median(decibels[place + beside]) for place in places]
    return float(np.mean(decibels[places] - around))
