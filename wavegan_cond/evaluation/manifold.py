"""Which of two is missing: quality, or variety."""

from typing import NamedTuple

import numpy as np

from wavegan_cond.evaluation.distances import squared_distances


class Manifold(NamedTuple):
    """Four shares that must be read together.

    Sets of one distribution reach about 0.8, 0.8, 1 and 0.96. Generated points
    that crowd together leave precision, density and coverage high, and recall
    near zero.

    Attributes:
      precision: of the generated points, within reach of a real one.
      recall: of the real points, within reach of a generated one.
      density: how many real points reach a generated one, of those expected.
      coverage: of the real points, that reach a generated one.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def manifold(
    real: np.ndarray, generated: np.ndarray, neighbours: int = 5
) -> Manifold:
    """Returns precision, recall, density and coverage.

    A point reaches as far as its k-th nearest neighbour in its own set.
    Precision and recall: Kynkäänniemi et al., arXiv 1904.06991. Density and
    coverage: Naeem et al., arXiv 2002.09797.

    Args:
      real: [N, D], more than ``neighbours`` points.
      generated: [M, D], more than ``neighbours``; as many as real, or the
        shares are not comparable.
      neighbours: k.
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
    np.fill_diagonal(squares, 0)
    return np.sort(squares, axis=1)[:, neighbours]
