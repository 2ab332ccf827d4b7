"""Copies are caught, however they are disguised; others are not accused."""

import numpy as np
import pytest

from wavegan_cond.evaluation.memorisation import (
    closest_correlation,
    memorisation,
)


def points(count, seed=0, dims=16):
    return np.random.default_rng(seed).standard_normal((count, dims))


def test_sounds_of_one_distribution_are_as_far_as_held_out_ones():
    found = memorisation(points(300, 1), points(300, 2), points(1000))
    assert found.ratio == pytest.approx(1, abs=0.05)
    assert found.close_share < 0.04


def test_copies_are_caught():
    train = points(1000)
    found = memorisation(train[:300] + 1e-4, points(300, 2), train)
    assert found.ratio < 0.001 and found.close_share == 1


def test_half_a_set_of_copies_shows_in_the_share():
    train = points(1000)
    made = np.concatenate([train[:150], points(150, 1)])
    found = memorisation(made, points(300, 2), train)
    assert found.close_share == pytest.approx(0.5, abs=0.05)


def noise(count, seed, length=512):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, length)).astype(np.float32)


@pytest.mark.parametrize(
    "disguise",
    [
        lambda x: 0.1 * x,
        lambda x: -x,
        lambda x: np.pad(x, ((0, 0), (40, 0)))[:, :512],
        lambda x: (9999 * x / np.abs(x).max()).astype(np.int16),
    ],
    ids=["softer", "turned over", "later", "int16"],
)
def test_a_disguised_copy_correlates(disguise):
    train = noise(3, 0)
    train[:, -40:] = 0
    made = disguise(train[[1]])
    assert closest_correlation(made, train[None])[0] > 0.99


def test_other_sounds_and_silence_do_not():
    found = closest_correlation(
        np.concatenate([noise(1, 5), np.zeros((1, 512), np.float32)]),
        np.stack([noise(3, 0)] * 2),
    )
    assert found[0] < 0.3 and found[1] == 0


def test_it_is_numpys_correlation():
    made, train = noise(1, 1, 32), noise(2, 2, 32)
    expected = max(
        np.abs(np.correlate(made[0], other, "full")).max()
        / np.linalg.norm(made[0])
        / np.linalg.norm(other)
        for other in train
    )
    assert closest_correlation(made, train[None])[0] == pytest.approx(
        expected, rel=1e-5
    )
