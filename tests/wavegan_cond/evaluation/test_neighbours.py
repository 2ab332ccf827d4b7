"""Neighbours against brute force, and points that lie apart."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from wavegan_cond.evaluation.neighbours import (
    closest_correlation,
    farthest_points,
    manifold,
    memorisation,
    nearest,
)


def test_nearest_is_what_scikit_learn_finds():
    some, among = points(20), points(99, seed=1)
    found = NearestNeighbors(n_neighbors=4).fit(among).kneighbors(some)[1]
    np.testing.assert_array_equal(nearest(some, among, 4), found)


def test_spread_takes_one_of_each_cluster_and_none_twice():
    corners = np.array([[0, 0], [9, 0], [0, 9], [9, 9]], float)
    random = np.random.default_rng(1)
    points = np.repeat(corners, 25, axis=0)
    points += random.standard_normal(points.shape) / 10
    assert set(farthest_points(points, 4) // 25) == {0, 1, 2, 3}
    same = np.zeros((5, 2))
    assert sorted(farthest_points(same, 5)) == [0, 1, 2, 3, 4]


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


def cloud(count, seed=0):
    return points(count, seed=seed, dims=16)


def test_sounds_of_one_distribution_are_as_far_as_held_out_ones():
    found = memorisation(cloud(300, 1), cloud(300, 2), cloud(1000))
    assert found.ratio == pytest.approx(1, abs=0.05)
    assert found.close_fraction < 0.04


@pytest.mark.parametrize("held_out", [20, 100, 300])
def test_the_share_near_training_is_as_expected_of_any_number(held_out):
    shares = [
        memorisation(
            cloud(200, 3 * seed), cloud(held_out, 3 * seed + 1), train
        ).close_fraction
        for seed, train in ((n, cloud(300, 1000 + n)) for n in range(120))
    ]
    expected = max(0.01, 1 / (held_out + 1))
    assert np.mean(shares) == pytest.approx(expected, rel=0.35)


def test_copies_are_caught():
    train = cloud(1000)
    found = memorisation(train[:300] + 1e-4, cloud(300, 2), train)
    assert found.ratio < 0.001 and found.close_fraction == 1


def test_half_a_set_of_copies_shows_in_the_share():
    train = cloud(1000)
    made = np.concatenate([train[:150], cloud(150, 1)])
    found = memorisation(made, cloud(300, 2), train)
    assert found.close_fraction == pytest.approx(0.5, abs=0.05)


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
