"""E0: stretches of time, axes, and what they tell apart."""

import numpy as np
import pytest

from wavegan_cond.evaluation.embedding import Embedding, pool
from wavegan_cond.evaluation.features import FeatureError


def noise(count, seed=0, length=4096):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, length)).astype(np.float32) / 10


def test_pools_are_means_of_stretches_that_grow_and_cover_all():
    energies = np.arange(129.0)[None, :, None].repeat(2, axis=2)
    pooled = pool(energies).reshape(1, -1, 2)[0, :, 0]
    assert np.all(np.diff(pooled) > 0)
    # Of constant energy every stretch has the mean, to the last frame.
    np.testing.assert_allclose(pool(np.full((3, 129, 4), 2.5)), 2.5)
    late = np.zeros((1, 129, 1))
    late[0, -1] = 1
    assert np.count_nonzero(pool(late)) == 1
    assert pool(energies[:, :1]).shape == (1, 2)


def test_axes_are_those_of_the_reference_and_uncorrelated_on_it():
    waves = noise(80)
    points = Embedding(waves)(waves)
    assert points.shape == (80, 64)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-9)
    covariance = points.T @ points
    off = covariance - np.diag(np.diag(covariance))
    assert np.abs(off).max() < 1e-6 * covariance.max()
    assert np.all(np.diff(np.diag(covariance)) <= 1e-6 * covariance.max())


def test_a_sound_has_one_place_whatever_stands_beside_it():
    embed = Embedding(noise(40))
    waves = noise(5, seed=1)
    alone, among = embed(waves[2:3]), embed(waves)[2:3]
    # A float32 product may add in another order: 1e-7 of what is added.
    np.testing.assert_allclose(among, alone, atol=1e-5)


def test_what_gives_no_axes_is_refused():
    with pytest.raises(FeatureError, match="1 sounds"):
        Embedding(noise(1))
    with pytest.raises(FeatureError, match="all the same"):
        Embedding(noise(1).repeat(3, axis=0))
