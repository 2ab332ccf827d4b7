"""The kernel distance against its definition and its controls."""

import numpy as np
import pytest
from scipy import linalg, stats

from wavegan_cond.evaluation.distances import (
    Modes,
    fad,
    fad_unbiased,
    kad,
    kad_interval,
    kid,
    self_distance,
)


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


def test_kid_is_its_definition_in_loops():
    x, y = points(5), points(4, 0.5, seed=1)
    scale = np.mean([a @ a for a in x])

    def mean(one, other, same):
        return np.mean(
            [
                (a @ b / scale + 1) ** 3
                for i, a in enumerate(one)
                for j, b in enumerate(other)
                if not (same and i == j)
            ]
        )

    expected = mean(x, x, True) + mean(y, y, True) - 2 * mean(x, y, False)
    assert kid(x, y) == pytest.approx(expected)
    assert kid(7 * x, 7 * y) == pytest.approx(expected)  # whatever the unit


def test_fad_is_that_of_normal_distributions():
    x, y = points(400), 2 * points(300, seed=1) + 1
    a, b = np.cov(x.T), np.cov(y.T)
    root = linalg.sqrtm(a @ b).real
    shift = x.mean(0) - y.mean(0)
    expected = shift @ shift + np.trace(a + b - 2 * root)
    assert fad(x, y) == pytest.approx(expected)
    assert fad(x, x + 3) == pytest.approx(9 * x.shape[1])


def test_fad_of_fewer_points_than_dimensions_is_finite():
    x, y = points(6, dims=20), points(5, seed=1, dims=20)
    assert 0 < fad(x, y) < np.inf
    assert fad(x, x) == pytest.approx(0, abs=1e-6)


def test_fad_without_bias_is_near_zero_where_fad_is_not():
    found = [
        (fad(x, y), fad_unbiased(x, y))
        for x, y in (
            (points(150, seed=s), points(150, seed=s + 99)) for s in range(12)
        )
    ]
    biased, unbiased = np.mean(found, axis=0)
    assert biased > 0.1
    assert abs(unbiased) < biased / 3


def test_the_interval_holds_the_distance_as_often_as_it_says():
    truth = np.mean(
        [kad(points(2000, seed=s), points(2000, 0.4, s + 50)) for s in range(3)]
    )
    inside = [
        low <= truth <= high
        for low, high in (
            kad_interval(
                points(80, seed=s), points(80, 0.4, s + 500), resamples=200
            )
            for s in range(100)
        )
    ]
    assert 0.88 <= np.mean(inside) <= 1


def kits(count, size, seed):
    """Points of kits whose own are alike, and the kit of each."""
    random = np.random.default_rng(seed)
    middles = np.repeat(random.standard_normal((count, 6)), size, axis=0)
    names = [f"kit {number // size}" for number in range(count * size)]
    return middles + 0.3 * random.standard_normal(middles.shape), names


def test_the_interval_of_kits_is_of_other_kits():
    """All are drawn alike, so the distance is 0 and nearly always inside."""
    inside = {"kits": 0, "sounds": 0}
    for seed in range(60):
        real, names = kits(15, 8, seed)
        made, _ = kits(120, 1, seed + 500)
        for of, groups in (("kits", names), ("sounds", ())):
            low, high = kad_interval(real, made, groups, resamples=200)
            inside[of] += low <= 0 <= high
    assert inside["kits"] >= 0.85 * 60
    assert inside["sounds"] <= 0.5 * 60


def test_groups_of_one_are_none_and_their_names_do_not_matter():
    x, y = points(30), points(40, seed=1)
    plain = kad_interval(x, y)
    names = [f"kit {number}" for number in range(40)]
    assert kad_interval(x, y, [""] * 30, names) == pytest.approx(plain)
    pairs = [f"kit {number // 2}" for number in range(30)]
    other = [f"set {number // 2}" for number in range(30)]
    assert kad_interval(x, y, pairs) == kad_interval(x, y, other)
    assert kad_interval(x, y, pairs) != plain


def test_repetitions_do_not_move_the_middle_of_the_interval():
    x, y = points(60), points(60, seed=1)
    low, high = kad_interval(x, y)
    assert low < kad(x, y) < high
    assert abs((low + high) / 2 - kad(x, y)) < (high - low) / 4


def test_resamples_of_one_point_alone_do_not_spoil_the_interval():
    """Of two points every second resample is of one alone."""
    assert np.isfinite(kad_interval(points(20), points(2, seed=1))).all()


CENTRES = 20 * np.eye(8)


def clusters(counts, seed=0):
    """Points around 8 centres, so many of each."""
    random = np.random.default_rng(seed)
    centres = np.repeat(CENTRES, counts, axis=0)
    return centres + random.standard_normal(centres.shape)


@pytest.fixture(scope="module")
def modes():
    return Modes(clusters([10] * 8))  # 80 points: 8 bins


def compare(modes, real, made):
    return modes.compare(modes.find(real), modes.find(made))


def test_one_distribution_differs_in_one_bin_of_twenty(modes):
    shares = []
    random = np.random.default_rng(0)
    for seed in range(100):
        real, made = (
            clusters(random.multinomial(200, [1 / 8] * 8), seed + k)
            for k in (0, 1000)
        )
        shares.append(compare(modes, real, made).different)
    assert np.mean(shares) == pytest.approx(0.05, abs=0.025)


def test_a_dropped_mode_is_seen(modes):
    found = compare(modes, clusters([25] * 8), clusters([0] + [25] * 7))
    assert found.different == pytest.approx(1 / 8)
    same = compare(modes, clusters([25] * 8), clusters([25] * 8, seed=1))
    assert same.different == 0 and same.divergence == pytest.approx(0)
    assert found.divergence > 0.03


def test_a_bin_differs_where_the_z_test_says_so(modes):
    for few in range(25, 4, -2):
        counts = np.array([few] + [25] * 7)
        found = compare(modes, clusters([25] * 8), clusters(counts))
        pooled = (25 + few) / (200 + counts.sum())
        error = np.sqrt(pooled * (1 - pooled) * (1 / 200 + 1 / counts.sum()))
        p = 2 * stats.norm.sf(abs(25 / 200 - few / counts.sum()) / error)
        assert (found.different > 0) == (p < 0.05), few


def test_all_in_another_bin_is_a_divergence_of_one_bit(modes):
    first, second = (clusters(np.roll([50] + [0] * 7, k)) for k in (0, 1))
    found = compare(modes, first, second)
    assert found.divergence == pytest.approx(1)


def test_self_distance_is_that_to_the_nearest_other_point():
    assert self_distance(np.array([[0.0], [1.0], [5.0]])) == pytest.approx(2)
    assert self_distance(np.zeros((4, 3))) == 0
