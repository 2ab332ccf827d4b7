"""Which kinds of sounds a generator has forgotten, and which it repeats."""

from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn.cluster import KMeans

from wavegan_cond.evaluation.distances import squared_distances

BINS = 50
FEWEST = 10  # training points of a bin, on average


class Bins(NamedTuple):
    """How two sets share out over bins.

    Attributes:
      different: share of the bins in which they differ more than chance has it
        in one of twenty (NDB / K); 0.05 of sets of one distribution.
      divergence: Jensen-Shannon divergence of the shares, in bits.
    """

    different: float
    divergence: float


class Modes:
    """Bins of the training sounds (Richardson & Weiss, arXiv 1805.12462).

    Args:
      train: [N, D]; its clusters by k-means are the bins.
      seed: of the clusters.
    """

    def __init__(self, train: np.ndarray, seed: int = 0):
        count = int(np.clip(len(train) // FEWEST, 2, BINS))
        self._bins = KMeans(count, n_init=4, random_state=seed).fit(train)

    def compare(self, real: np.ndarray, generated: np.ndarray) -> Bins:
        """Returns how differently two sets fall into the bins."""
        counts = np.stack(
            [
                np.bincount(
                    self._bins.predict(points),
                    minlength=self._bins.n_clusters,
                )
                for points in (real, generated)
            ]
        )
        totals = counts.sum(axis=1, keepdims=True)
        shares = counts / totals
        # A z-test of two proportions, bin by bin.
        pooled = counts.sum(axis=0) / totals.sum()
        error = np.sqrt(pooled * (1 - pooled) * (1 / totals).sum())
        z = np.abs(shares[0] - shares[1]) / np.maximum(error, 1e-12)
        return Bins(
            different=float((z > stats.norm.ppf(0.975)).mean()),
            divergence=float(jensenshannon(*shares, base=2) ** 2),
        )


def self_distance(points: np.ndarray) -> float:
    """Returns the mean distance to the nearest other point of the set.

    Sets must be of one size to be compared; a generator that repeats itself
    has a smaller one than real sounds.

    Args:
      points: [N, D], two at least.
    """
    squares = squared_distances(points, points)
    np.fill_diagonal(squares, np.inf)
    return float(np.sqrt(squares.min(axis=1)).mean())
