"""Kinds of sounds: what is forgotten is seen, what is not is not."""

import numpy as np
import pytest
from scipy import stats

from wavegan_cond.evaluation.modes import Modes, self_distance

CENTRES = 20 * np.eye(8)


def clusters(counts, seed=0):
    """Points around 8 centres, so many of each."""
    random = np.random.default_rng(seed)
    centres = np.repeat(CENTRES, counts, axis=0)
    return centres + random.standard_normal(centres.shape)


@pytest.fixture(scope="module")
def modes():
    return Modes(clusters([10] * 8))  # 80 points: 8 bins


def test_one_distribution_differs_in_one_bin_of_twenty(modes):
    shares = []
    random = np.random.default_rng(0)
    for seed in range(100):
        real, made = (
            clusters(random.multinomial(200, [1 / 8] * 8), seed + k)
            for k in (0, 1000)
        )
        shares.append(modes.compare(real, made).different)
    assert np.mean(shares) == pytest.approx(0.05, abs=0.025)


def test_a_dropped_mode_is_seen(modes):
    found = modes.compare(clusters([25] * 8), clusters([0] + [25] * 7))
    assert found.different == pytest.approx(1 / 8)
    same = modes.compare(clusters([25] * 8), clusters([25] * 8, seed=1))
    assert same.different == 0 and same.divergence == pytest.approx(0)
    assert found.divergence > 0.03


def test_a_bin_differs_where_the_z_test_says_so(modes):
    for few in range(25, 4, -2):
        counts = np.array([few] + [25] * 7)
        found = modes.compare(clusters([25] * 8), clusters(counts))
        pooled = (25 + few) / (200 + counts.sum())
        error = np.sqrt(pooled * (1 - pooled) * (1 / 200 + 1 / counts.sum()))
        p = 2 * stats.norm.sf(abs(25 / 200 - few / counts.sum()) / error)
        assert (found.different > 0) == (p < 0.05), few


def test_all_in_another_bin_is_a_divergence_of_one_bit(modes):
    found = modes.compare(
        clusters([50, 0, 0, 0, 0, 0, 0, 0]), clusters([0, 50, 0, 0, 0, 0, 0, 0])
    )
    assert found.divergence == pytest.approx(1)


def test_self_distance_is_that_to_the_nearest_other_point():
    assert self_distance(np.array([[0.0], [1.0], [5.0]])) == pytest.approx(2)
    assert self_distance(np.zeros((4, 3))) == 0
