"""The kernel distance against its definition and its controls."""

import numpy as np
import pytest

from wavegan_cond.evaluation.distances import kad, squared_distances


def points(count, shift=0.0, seed=0, dims=8):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, dims)) + shift


def test_kad_is_its_definition_in_loops():
    x, y = points(5), points(4, 0.5, seed=1)
    pairs = [np.linalg.norm(x[i] - x[j]) for i in range(5) for j in range(i)]
    width = np.sqrt(np.median(np.square(pairs)))

    def kernel(a, b):
        return np.exp(-np.sum((a - b) ** 2) / (2 * width**2))

    def mean_of_pairs(z):
        n = len(z)
        values = [
            kernel(z[i], z[j]) for i in range(n) for j in range(n) if i != j
        ]
        return np.mean(values)

    cross = np.mean([kernel(a, b) for a in x for b in y])
    expected = 100 * (mean_of_pairs(x) + mean_of_pairs(y) - 2 * cross)
    assert kad(x, y) == pytest.approx(expected)


def test_kad_has_no_bias_and_grows_with_the_distance():
    same = [
        kad(points(20, seed=s), points(20, seed=s + 100)) for s in range(99)
    ]
    error = np.std(same) / np.sqrt(len(same))
    assert abs(np.mean(same)) < 3 * error
    real = points(200)
    distances = [kad(real, points(200, s, seed=1)) for s in (0, 0.2, 0.5, 2)]
    assert np.all(np.diff(distances) > 0)


def test_squared_distances_are_never_negative():
    x = points(50) * 1e-8 + 1e3
    assert squared_distances(x, x).min() >= 0
