"""Distances between two sets of points, without bias for small sets."""

import numpy as np


def kad(real: np.ndarray, generated: np.ndarray) -> float:
    """Returns the kernel audio distance: 100 times an unbiased squared MMD.

    Gaussian kernel, its bandwidth the median distance between real points
    (Chung et al., arXiv 2502.15602). The mean over two sets of one
    distribution is zero, whatever their size; a value may be negative.

    Args:
      real: [N, D], two points at least.
      generated: [M, D], two points at least.
    """
    within = squared_distances(real, real)
    median = np.median(within[np.triu_indices(len(real), 1)])
    scale = 1 / (2 * max(median, 1e-12))
    same = _off_diagonal_mean(np.exp(-scale * within))
    within = squared_distances(generated, generated)
    same += _off_diagonal_mean(np.exp(-scale * within))
    cross = np.exp(-scale * squared_distances(real, generated)).mean()
    return float(100 * (same - 2 * cross))


def squared_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Returns |x_i - y_j|² of all pairs: [N, D], [M, D] -> [N, M]."""
    squares = (x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T
    return np.maximum(squares, 0)


def _off_diagonal_mean(matrix: np.ndarray) -> float:
    count = len(matrix)
    return (matrix.sum() - np.trace(matrix)) / (count * (count - 1))
