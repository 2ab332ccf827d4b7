"""Sensitivity of a critic to shifts in time."""

from collections.abc import Callable, Iterable

import numpy as np


def shift_response(
    score: Callable[[np.ndarray], np.ndarray],
    waveforms: np.ndarray,
    shifts: Iterable[int] = range(1, 9),
) -> dict[int, float]:
    """Returns the mean change of the critic's score, by shift.

    The mean of |D(x) - D(shifted x)| in standard deviations of D(x) over the
    sounds: 0 for a critic that ignores phase, about 1 if a shift of a few
    samples matters as much as a different sound. Phase shuffle is meant to keep
    it low (WaveGAN, section 3.3).

    Args:
      score: function waveforms [N, T] -> scores [N].
      waveforms: float32 [N, T], with at least two different scores.
      shifts: shifts in samples; sounds are padded with silence in front.
    """
    still = np.asarray(score(waveforms), np.float64)
    deviation = max(still.std(), 1e-12)
    response = {}
    for shift in shifts:
        later = np.zeros_like(waveforms)
        later[:, shift:] = waveforms[:, : waveforms.shape[1] - shift]
        moved = np.abs(np.asarray(score(later), np.float64) - still)
        response[shift] = float(moved.mean() / deviation)
    return response
