"""Whether a generator makes sounds, or plays those it has learned from."""

from typing import NamedTuple

import numpy as np

from wavegan_cond.evaluation.distances import squared_distances


class Memorisation(NamedTuple):
    """How near generated sounds are to those learned from.

    Attributes:
      ratio: their median distance to the nearest training sound, over that of
        held-out real sounds: about 1 for a generator that has understood, 0 for
        a copyist; above 1 for sounds unlike any real one.
      close_share: of the generated, nearer to a training sound than the
        nearest hundredth of the held-out ones; 0.01 is expected.
    """

    ratio: float
    close_share: float


def memorisation(
    generated: np.ndarray, held_out: np.ndarray, train: np.ndarray
) -> Memorisation:
    """Returns how near generated points are to the training points.

    Args:
      generated: [M, D].
      held_out: [N, D], real points that were not trained on.
      train: [K, D].
    """
    made, real = (nearest_distance(x, train) for x in (generated, held_out))
    return Memorisation(
        ratio=float(np.median(made) / max(np.median(real), 1e-12)),
        close_share=float((made < np.quantile(real, 0.01)).mean()),
    )


def nearest_distance(points: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Returns the distance of each point to the nearest one among others."""
    return np.sqrt(squared_distances(points, among).min(axis=1))


def closest_correlation(
    waveforms: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Returns the largest correlation of each sound with its candidates, [N].

    Normalised, over all lags and both signs: 1 for a copy, however loud, moved
    or turned over. Of 0.95 and more one may speak of a copy.

    Args:
      waveforms: [N, T].
      candidates: [N, C, T], for each sound the real ones it may be copied from.
    """
    size = 2 * waveforms.shape[1]
    found = np.zeros(len(waveforms))
    for index, (wave, others) in enumerate(
        zip(waveforms, candidates, strict=True)
    ):
        wave, others = np.float64(wave), np.float64(others)
        product = np.fft.rfft(wave, size) * np.fft.rfft(others, size).conj()
        lags = np.abs(np.fft.irfft(product, size)).max(axis=1)
        norms = np.linalg.norm(wave) * np.linalg.norm(others, axis=1)
        found[index] = (lags / np.maximum(norms, 1e-12)).max()
    return found
