"""Points of sounds, and one spectrum for all that is made of them."""

import numpy as np
import pytest

from wavegan_cond.evaluation.embedding import (
    Embedding,
    hear,
    pool,
    principal_axes,
)
from wavegan_cond.evaluation.features import (
    CHUNK,
    FLOORS,
    FeatureError,
    log_above,
    mel_energies,
)


def white(count, seed=0, length=4096):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, length)).astype(np.float32) / 10


def fitted(waves, floor="audible"):
    return Embedding.of(hear(waves), floor)


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
    waves = white(80)
    points = fitted(waves)(waves)
    assert points.shape == (80, 64)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-9)
    covariance = points.T @ points
    off = covariance - np.diag(np.diag(covariance))
    assert np.abs(off).max() < 1e-6 * covariance.max()
    assert np.all(np.diff(np.diag(covariance)) <= 1e-6 * covariance.max())


def test_what_gives_no_axes_is_refused():
    with pytest.raises(FeatureError, match="1 sounds"):
        fitted(white(1))
    with pytest.raises(FeatureError, match="all the same"):
        fitted(white(1).repeat(3, axis=0))


def test_what_is_heard_is_the_pooled_mel_with_either_floor():
    waves = white(CHUNK + 3)
    heard = hear(waves)
    for floor in FLOORS:
        expected = pool(log_above(mel_energies(waves), floor))
        np.testing.assert_allclose(getattr(heard, floor), expected, atol=1e-4)
        embed = fitted(waves, floor)
        np.testing.assert_array_equal(embed.points(heard), embed(waves))
    some = heard.select(np.array([2, 0]))
    np.testing.assert_array_equal(some.relative, heard.relative[[2, 0]])


def test_of_no_sound_nothing_is_heard():
    heard = hear(np.zeros((0, 4096), np.float32))
    assert [len(part) for part in heard] == [0, 0, 0]
    assert heard.relative.shape == (0, 33, 96)


def test_the_relative_level_is_0_at_the_floor_and_1_at_the_loudest():
    time = np.arange(4096) / 44100
    tone = np.sin(2 * np.pi * 1000 * time) * np.exp(-time / 0.01)
    waves = np.float32([tone, 0.01 * tone, 0 * tone])
    relative = hear(waves).relative
    np.testing.assert_allclose(relative[:2].max(axis=(1, 2)), 1)
    np.testing.assert_allclose(relative[:2].min(axis=(1, 2)), 0, atol=1e-3)
    assert not relative[2].any()


@pytest.mark.parametrize("count", [3, 12])
@pytest.mark.parametrize("shape", [(50, 20), (20, 50)])
def test_axes_are_those_of_a_singular_value_decomposition(shape, count):
    points = np.random.default_rng(0).standard_normal(shape)
    points *= np.geomspace(1, 9, shape[1])
    points -= points.mean(axis=0)
    expected = np.linalg.svd(points, full_matrices=False)[2][:count].T
    found = principal_axes(points, count)
    np.testing.assert_array_equal(found, principal_axes(points, count))
    np.testing.assert_allclose(
        np.abs(found.T @ expected), np.eye(count), atol=1e-6
    )
