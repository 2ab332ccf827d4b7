"""Intervals of effects, against the tests of scipy and against chance."""

import numpy as np
import pytest
from scipy import stats

from experiments.claims import effects
from experiments.claims.effects import CONFIRMED, REFUTED, UNDECIDED, Effect


def test_a_deviation_is_pooled_over_settings_of_two_seeds_at_least():
    found = effects.pooled_deviation([[1, 3], [12, 14], [7]])
    assert found == pytest.approx((np.sqrt(2), 2))


def test_nothing_says_what_is_chance_if_every_setting_has_one_seed():
    with pytest.raises(ValueError, match="two seeds"):
        effects.pooled_deviation([[1], [2]])


def test_two_settings_are_compared_as_by_students_t():
    random = np.random.default_rng(0)
    one, other = random.normal(1, 2, 5), random.normal(0, 2, 7)
    test = stats.ttest_ind(one, other, equal_var=True)
    expected = test.confidence_interval()
    found = effects.difference({"one": one, "other": other}, "one", "other")
    assert found.size == pytest.approx(one.mean() - other.mean())
    assert (found.low, found.high) == pytest.approx(tuple(expected))


def test_a_level_is_compared_with_zero_as_by_students_t():
    values = np.random.default_rng(1).normal(1, 2, 6)
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    found = effects.level({"one": values}, "one")
    assert (found.low, found.high) == pytest.approx(tuple(expected))


def test_where_settings_scatter_unlike_only_the_two_compared_count():
    random = np.random.default_rng(4)
    groups = {str(i): random.normal(0, 1, 6) for i in range(8)}
    groups["wild"] = random.normal(0, 18, 6)
    assert not effects.are_alike(list(groups.values()))
    test = stats.ttest_ind(groups["wild"], groups["0"], equal_var=False)
    expected = tuple(test.confidence_interval())
    found = effects.difference(groups, "wild", "0")
    assert (found.low, found.high) == pytest.approx(expected)
    expected = stats.ttest_1samp(groups["wild"], 0).confidence_interval()
    found = effects.level(groups, "wild")
    assert (found.low, found.high) == pytest.approx(tuple(expected))


def test_of_what_cannot_vary_or_is_there_twice_nothing_is_learned():
    groups = [[1, 3], [12, 14]]
    found = effects.pooled_deviation(groups)
    assert effects.pooled_deviation([*groups, [33, 33, 33, 33]]) == found
    assert effects.pooled_deviation([*groups, [1, 3], [12.0, 14.0]]) == found
    assert effects.pooled_deviation([[5, 5], [7, 7]]) == (0, 2)


def test_intervals_hold_the_truth_in_95_of_100():
    random, held, trials = np.random.default_rng(2), 0, 2000
    for _ in range(trials):
        groups = {name: random.normal(0, 1, 2) for name in "abcde"}
        found = effects.difference(groups, "a", "b")
        held += found.low <= 0 <= found.high
    assert abs(held / trials - 0.95) < 4 * np.sqrt(0.95 * 0.05 / trials)


@pytest.mark.parametrize(
    ("low", "high", "below", "within"),
    [
        (-3, -2, CONFIRMED, REFUTED),
        (-3, -0.5, CONFIRMED, UNDECIDED),
        (-0.5, 0.5, UNDECIDED, CONFIRMED),
        (0.5, 0.9, REFUTED, CONFIRMED),
        (0.5, 3, REFUTED, UNDECIDED),
        (2, 3, REFUTED, REFUTED),
        (-3, 3, UNDECIDED, UNDECIDED),
    ],
)
def test_verdicts_are_known_of_all_the_interval(low, high, below, within):
    effect = Effect((low + high) / 2, low, high, 1)
    assert effects.below(effect) == below
    assert effects.within(effect, 1) == within


def test_equivalence_is_two_one_sided_tests():
    random = np.random.default_rng(3)
    one, other = random.normal(0, 1, (2, 9))
    found = effects.difference({"one": one, "other": other}, "one", "other")
    for margin in np.linspace(0.05, 2, 40):
        sides = (
            stats.ttest_ind(one + margin, other, alternative="greater"),
            stats.ttest_ind(one - margin, other, alternative="less"),
        )
        equal = max(side.pvalue for side in sides) < 0.05
        assert (effects.equivalent(found, margin) == CONFIRMED) == equal
