"""Which points lie near others, and which lie far apart."""

import numpy as np

from wavegan_cond.evaluation.distances import squared_distances


def nearest(points: np.ndarray, among: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of the nearest points, nearest first: [N, count].

    Args:
      points: [N, D].
      among: [M, D].
      count: at most M.
    """
    order = np.argsort(squared_distances(points, among), axis=1, kind="stable")
    return order[:, :count]


def spread(points: np.ndarray, count: int) -> np.ndarray:
    """Returns the indices of points that lie far apart: [count].

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
