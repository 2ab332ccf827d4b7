"""Whether a critic minds where in time a sound begins."""

from collections.abc import Callable, Iterable

import numpy as np


def shift_response(
    score: Callable[[np.ndarray], np.ndarray],
    waveforms: np.ndarray,
    shifts: Iterable[int] = range(1, 9),
) -> dict[int, float]:
    """Returns how far a score moves when sounds begin later, by each shift.

    The mean of |D(x) - D(shifted x)|, in deviations of D(x) over the sounds: 0
    for a critic that hears no phase, about 1 where a shift of a few samples
    matters as much as which sound it is. Phase shuffle is meant to keep it low
    (WaveGAN, section 3.3).

    Args:
      score: waveforms [N, T] -> scores [N].
      waveforms: float32 [N, T], two that differ in their score at least.
      shifts: in samples; what comes in front is silence.
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
