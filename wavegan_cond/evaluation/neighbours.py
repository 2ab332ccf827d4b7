"""Nearest-neighbour measures: quality, diversity and memorisation.

``manifold`` measures quality and diversity separately; ``memorisation`` whether
a generator copies training sounds.
"""

from typing import NamedTuple

import numpy as np
from scipy import fft

from wavegan_cond.evaluation.distances import squared_distances

COPY = 0.95  # lowest correlation of a copy


def nearest(points: np.ndarray, among: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of the nearest points, nearest first: [N, count].

    Args:
      points: [N, D].
      among: [M, D].
      count: at most M.
    """
    order = np.argsort(squared_distances(points, among), axis=1, kind="stable")
    return order[:, :count]


def farthest_points(points: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of points that are far apart: [count].

    Farthest-point sampling (Gonzalez 1985): begins with the point nearest to
    the mean, then always takes the one farthest from all taken.

    Args:
      points: [N, D].
      count: at most N.
    """
    middle = points.mean(axis=0, keepdims=True)
    taken = [int(squared_distances(points, middle).argmin())]
    far = squared_distances(points, points[taken])[:, 0]
    while len(taken) < count:
        far[taken] = -1  # never twice, even among equal points
        taken.append(int(far.argmax()))
        far = np.minimum(
            far, squared_distances(points, points[taken[-1:]])[:, 0]
        )
    return np.array(taken)


class Manifold(NamedTuple):
    """Precision, recall, density and coverage, to be read together.

    Two sets of one distribution have about 0.8, 0.8, 1 and 0.96. If generated
    points are too similar, precision, density and coverage stay high and recall
    is near zero.

    Attributes:
      precision: fraction of generated points within the radius of a real one.
      recall: fraction of real points within the radius of a generated one.
      density: mean number of real points whose radius includes a generated
        one, over the expected number.
      coverage: fraction of real points whose radius includes a generated one.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def manifold(
    real: np.ndarray, generated: np.ndarray, neighbours: int = 5
) -> Manifold:
    """Returns precision, recall, density and coverage.

    The radius of a point is the distance to its k-th neighbour in its own set.
    Precision and recall: Kynkäänniemi et al., arXiv 1904.06991. Density and
    coverage: Naeem et al., arXiv 2002.09797.

    Args:
      real: [N, D], more than ``neighbours`` points.
      generated: [M, D], more than ``neighbours`` points; M must equal N for
        comparable values.
      neighbours: number of neighbours (k).
    """
    between = squared_distances(real, generated)  # [N, M]
    of_real = _reach(real, neighbours)[:, None]
    of_generated = _reach(generated, neighbours)[None]
    reached = between <= of_real
    return Manifold(
        precision=float(reached.any(axis=0).mean()),
        recall=float((between <= of_generated).any(axis=1).mean()),
        density=float(reached.sum(axis=0).mean() / neighbours),
        coverage=float(reached.any(axis=1).mean()),
    )


def _reach(points: np.ndarray, neighbours: int) -> np.ndarray:
    """Returns the squared distance to the k-th nearest other point, [N]."""
    squares = squared_distances(points, points)
    return np.sort(squares, axis=1)[:, neighbours]


class Memorisation(NamedTuple):
    """Distance of generated sounds to the training sounds.

    Attributes:
      ratio: median distance of generated sounds to the nearest training sound,
        over that of validation sounds: 0 for a generator that copies, above 1
        for unrealistic sounds, and that of other real sounds, which share
        kits with the training side (.8 to 1), for one that generalises.
      close_fraction: fraction of generated sounds that are closer to a training
        sound than the closest 1 % of validation sounds; 0.01 is expected of
        sounds of other kits, or 1 / (N + 1) of fewer than 99 validation sounds.
    """

    ratio: float
    close_fraction: float


def memorisation(
    generated: np.ndarray, held_out: np.ndarray, train: np.ndarray
) -> Memorisation:
    """Measures the distance of generated to training points.

    Args:
      generated: embeddings of generated sounds [M, D].
      held_out: embeddings of validation sounds [N, D].
      train: embeddings of training sounds [K, D].
    """
    made, real = (
        np.sqrt(squared_distances(points, train).min(axis=1))
        for points in (generated, held_out)
    )
    # Of so many draws from the same distribution 1 in 100 is expected below.
    closest = np.quantile(real, 0.01, method="weibull")
    return Memorisation(
        ratio=float(np.median(made) / max(np.median(real), 1e-12)),
        close_fraction=float((made < closest).mean()),
    )


def closest_correlation(
    waveforms: np.ndarray, candidates: np.ndarray
) -> np.ndarray:
    """Returns the largest correlation of each sound with its candidates, [N].

    The normalised cross-correlation over all lags and both signs: 1 for a copy,
    even if scaled, shifted or inverted. From ``COPY`` on it counts as one.

    Args:
      waveforms: [N, T].
      candidates: [N, C, T], for each sound the real ones it may be copied from.
    """
    size = 2 * waveforms.shape[1]
    found = np.zeros(len(waveforms))
    for index, (wave, others) in enumerate(
        zip(waveforms, candidates, strict=True)
    ):
        wave, others = np.float32(wave), np.float32(others)
        product = fft.rfft(wave, size) * fft.rfft(others, size).conj()
        lags = np.abs(fft.irfft(product, size)).max(axis=1)
        norms = np.linalg.norm(wave) * np.linalg.norm(others, axis=1)
        found[index] = (lags / np.maximum(norms, 1e-12)).max()
    return found
