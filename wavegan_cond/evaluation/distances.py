"""Distances between two sets of embeddings, unbiased for small sets.

``Modes`` also measures which clusters of sounds a generator lacks.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist, jensenshannon

CONFIDENCE = 0.95  # of ``kad_interval``
BINS = 50  # of ``Modes``
SIGNIFICANT = 1.959964  # of a standard normal, 2.5 % lie above it
MIN_PER_BIN = 10  # training points per bin, on average


def kad(real: np.ndarray, generated: np.ndarray) -> float:
    """Returns the kernel audio distance: 100 times an unbiased squared MMD.

    Gaussian kernel, its bandwidth the median distance between real points
    (Chung et al., arXiv 2502.15602). The mean over two sets of one
    distribution is zero, whatever their size; a value may be negative.

    Args:
      real: [N, D], two points at least.
      generated: [M, D], two points at least.
    """
    return 100 * float(_mmd(gaussian_kernel(real, generated), len(real)))


def kid(real: np.ndarray, generated: np.ndarray) -> float:
    """Returns an unbiased squared MMD with the kernel (x·y / s + 1)³.

    Binkowski et al., arXiv 1801.01401, over whole sets instead of subsets; s is
    the mean of |x|² of the real points, so that the scale of the features does
    not matter. It depends on means, variances and skewness.

    Args:
      real: [N, D], two points at least.
      generated: [M, D], two points at least.
    """
    points = np.concatenate([real, generated])
    scale = max((real**2).sum(axis=1).mean(), 1e-12)
    kernel = (points @ points.T / scale + 1) ** 3
    return float(_mmd(kernel, len(real)))


def fad(real: np.ndarray, generated: np.ndarray) -> float:
    """Returns the Fréchet distance of two normal distributions.

    |m - n|² + tr(A + B - 2 (A B)^½) of their means and covariances (Kilgour et
    al., arXiv 1812.08466). For small sets it is too large, by about 1 / N.

    Args:
      real: [N, D], two points at least.
      generated: [M, D], two points at least.
    """
    shift = real.mean(axis=0) - generated.mean(axis=0)
    a, b = (np.atleast_2d(np.cov(x, rowvar=False)) for x in (real, generated))
    # tr (A B)^½ is the sum of the singular values of A^½ B^½.
    roots = np.linalg.svd(_root(a) @ _root(b), compute_uv=False)
    return float(shift @ shift + np.trace(a) + np.trace(b) - 2 * roots.sum())


def fad_unbiased(real: np.ndarray, generated: np.ndarray) -> float:
    """Returns ``fad`` extrapolated to infinite sets.

    A straight line is fitted to the distance of subsets against 1 / N and
    evaluated at 1 / N = 0 (Gui et al., arXiv 2311.01616).

    Args:
      real: [N, D], at least ten points.
      generated: [M, D], at least ten points.
    """
    random = np.random.default_rng(0)
    largest = min(len(real), len(generated))
    sizes = np.linspace(largest // 2, largest, 12).astype(int)
    found = [
        fad(
            real[random.permutation(len(real))[:size]],
            generated[random.permutation(len(generated))[:size]],
        )
        for size in sizes
    ]
    return float(np.polyfit(1 / sizes, found, 1)[1])


def kad_interval(
    real: np.ndarray,
    generated: np.ndarray,
    real_groups: Sequence[str] = (),
    groups: Sequence[str] = (),
    resamples: int = 1000,
) -> tuple[float, float]:
    """Returns the 95 % bootstrap confidence interval of ``kad``.

    Both sets are resampled with replacement, group by group: sounds of one kit
    are alike, and other sounds would be those of other kits (Davison and
    Hinkley, Bootstrap Methods and Their Application, 1997, section 3.8). A
    group and its duplicate are not counted as pairs, which would bias the
    distance of each set to itself.

    Args:
      real: [N, D], at least two points.
      generated: [M, D], at least two points.
      real_groups: group of each real point; that of a point which is alone is
        empty. None at all: each is alone.
      groups: the same of the generated points.
      resamples: number of resamples.
    """
    kernel, count = gaussian_kernel(real, generated), len(real)
    np.fill_diagonal(kernel, 0)
    a = _members(real_groups, count)
    b = _members(groups, len(generated))
    random = np.random.default_rng(0)
    x, y = (
        random.multinomial(n, np.full(n, 1 / n), resamples).astype(float)
        for n in (len(a), len(b))
    )
    cross = ((x @ (a @ kernel[:count, count:] @ b.T)) * y).sum(1)
    cross /= (x @ a.sum(1)) * (y @ b.sum(1))
    same = _mean_of_pairs(a @ kernel[:count, :count] @ a.T, a.sum(1), x)
    same += _mean_of_pairs(b @ kernel[count:, count:] @ b.T, b.sum(1), y)
    edges = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    # A resample of a single point has no pairs.
    low, high = np.nanquantile(100 * (same - 2 * cross), edges)
    return float(low), float(high)


def gaussian_kernel(real: np.ndarray, generated: np.ndarray) -> np.ndarray:
    """Returns the kernel of ``kad`` for all pairs: [N + M, N + M]."""
    points = np.concatenate([real, generated])
    squares = squared_distances(points, points)
    count = len(real)
    median = np.median(squares[:count, :count][np.triu_indices(count, 1)])
    return np.exp(-squares / (2 * max(median, 1e-12)))


def squared_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Returns |x_i - y_j|² of all pairs: [N, D], [M, D] -> [N, M]."""
    return cdist(x, y, "sqeuclidean")


def _mmd(kernel: np.ndarray, count: int) -> float:
    """Returns the squared MMD, the first ``count`` points against the rest."""
    same = _off_diagonal_mean(kernel[:count, :count])
    same += _off_diagonal_mean(kernel[count:, count:])
    return same - 2 * kernel[:count, count:].mean()


def _off_diagonal_mean(matrix: np.ndarray) -> float:
    count = len(matrix)
    return (matrix.sum() - np.trace(matrix)) / (count * (count - 1))


def name_groups(groups: Sequence[str]) -> list[str | int]:
    """Returns the group of each point; one that is alone has its number."""
    return [group or index for index, group in enumerate(groups)]


def _members(groups: Sequence[str], count: int) -> np.ndarray:
    """Returns which points are of which group: 0 or 1, [groups, count]."""
    if not len(groups):
        return np.eye(count)
    names = name_groups(groups)
    place = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return np.eye(len(place))[:, [place[name] for name in names]]


def _mean_of_pairs(
    kernel: np.ndarray, sizes: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Returns the mean over pairs of different points, [R] of weights [R, G].

    Pairs within a group count as often as it was drawn, those of two groups as
    often as both were. It is NaN where one point was drawn alone.

    Args:
      kernel: sums over the pairs of points of two groups, [G, G].
      sizes: points of each group.
      weights: how often each group was drawn.
    """
    often = weights**2 - weights  # pairs of a group and its duplicate
    pairs = (weights @ sizes) ** 2 - weights @ sizes - often @ sizes**2
    pairs = np.where(pairs > 0, pairs, np.nan)
    total = ((weights @ kernel) * weights).sum(1) - often @ np.diag(kernel)
    return total / pairs


def _root(matrix: np.ndarray) -> np.ndarray:
    """Returns the root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


class Bins(NamedTuple):
    """Difference between two sets in the fractions that fall into bins.

    Attributes:
      different: fraction of the bins in which the two differ significantly at
        the 5 % level (NDB / K); 0.05 for sets of one distribution.
      divergence: Jensen-Shannon divergence of the fractions, in bits.
    """

    different: float
    divergence: float


class Modes:
    """Bins of the training sounds (Richardson & Weiss, arXiv 1805.12462).

    Args:
      train: training points [N, D], whose k-means clusters are the bins.
    """

    def __init__(self, train: np.ndarray):
        # Imported here because it is slow and the distances do not need it.
        from sklearn.cluster import KMeans

        count = int(np.clip(len(train) // MIN_PER_BIN, 2, BINS))
        self._bins = KMeans(count, n_init=4, random_state=0).fit(train)

    def find(self, points: np.ndarray) -> np.ndarray:
        """Returns the bin of each point, int [N]."""
        return self._bins.predict(points)

    def compare(self, real: np.ndarray, generated: np.ndarray) -> Bins:
        """Compares the fractions of two sets that fall into the bins.

        Args:
          real: the bins of real points, see ``find``.
          generated: those of generated points.
        """
        size = self._bins.n_clusters
        counts = np.stack(
            [np.bincount(of, minlength=size) for of in (real, generated)]
        )
        totals = counts.sum(axis=1, keepdims=True)
        fractions = counts / totals
        # A z-test of two proportions, bin by bin.
        pooled = counts.sum(axis=0) / totals.sum()
        error = np.sqrt(pooled * (1 - pooled) * (1 / totals).sum())
        z = np.abs(fractions[0] - fractions[1]) / np.maximum(error, 1e-12)
        return Bins(
            different=float((z > SIGNIFICANT).mean()),
            divergence=float(jensenshannon(*fractions, base=2) ** 2),
        )


def self_distance(points: np.ndarray) -> float:
    """Returns the mean distance to the nearest other point of the set.

    Only sets of equal size can be compared. A generator that repeats itself has
    a smaller value than real sounds.

    Args:
      points: [N, D], at least two points.
    """
    squares = squared_distances(points, points)
    np.fill_diagonal(squares, np.inf)
    return float(np.sqrt(squares.min(axis=1)).mean())
