"""Precision, recall, density and coverage against loops and known cases."""

import numpy as np
import pytest

from wavegan_cond.evaluation.manifold import manifold


def points(count, scale=1.0, seed=0, dims=4):
    random = np.random.default_rng(seed)
    return scale * random.standard_normal((count, dims))


def loops(real, generated, k):
    """The four definitions, point by point."""

    def reach(x):
        distances = np.linalg.norm(x[:, None] - x[None], axis=2)
        return np.sort(distances, axis=1)[:, k]

    between = np.linalg.norm(real[:, None] - generated[None], axis=2)
    of_real, of_generated = reach(real), reach(generated)
    pairs = [(i, j) for i in range(len(real)) for j in range(len(generated))]
    reached = {(i, j) for i, j in pairs if between[i, j] <= of_real[i]}
    caught = {(i, j) for i, j in pairs if between[i, j] <= of_generated[j]}
    return (
        len({j for _, j in reached}) / len(generated),
        len({i for i, _ in caught}) / len(real),
        len(reached) / (k * len(generated)),
        len({i for i, _ in reached}) / len(real),
    )


def test_it_is_its_definition_in_loops():
    real, generated = points(30), points(25, 1.3, seed=1)
    assert manifold(real, generated, 3) == pytest.approx(
        loops(real, generated, 3)
    )


def test_one_distribution_has_the_values_its_docstring_names():
    found = manifold(points(1000), points(1000, seed=1))
    assert found.precision == pytest.approx(0.9, abs=0.1)
    assert found.recall == pytest.approx(0.9, abs=0.1)
    assert found.density == pytest.approx(1, abs=0.1)
    assert found.coverage == pytest.approx(0.96, abs=0.03)


def test_points_that_crowd_together_lose_recall_alone():
    found = manifold(points(500), points(500, 0.2, seed=1))
    assert found.recall < 0.1
    assert found.precision > 0.99 and found.density > 1


def test_points_elsewhere_have_nothing():
    assert manifold(points(50), points(50, seed=1) + 99) == (0, 0, 0, 0)
