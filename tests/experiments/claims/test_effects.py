"""Intervals of effects, against the tests of scipy and against chance."""

import numpy as np
import pytest
from scipy import stats

from experiments.claims import effects
from experiments.claims.effects import CONFIRMED, REFUTED, UNDECIDED, Effect


def test_two_settings_are_compared_as_by_students_t():
    random = np.random.default_rng(0)
    one, other = random.normal(1, 2, 5), random.normal(0, 2, 7)
    test = stats.ttest_ind(one, other, equal_var=True)
    expected = test.confidence_interval()
    found = effects.difference(one, other)
    assert found.size == pytest.approx(one.mean() - other.mean())
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert found.freedom == test.df


def test_a_level_is_compared_with_zero_as_by_students_t():
    values = np.random.default_rng(1).normal(1, 2, 6)
    expected = stats.ttest_1samp(values, 0).confidence_interval()
    found = effects.level(values)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert found.deviation == pytest.approx(np.std(values, ddof=1))


def test_seeds_that_are_all_equal_leave_no_doubt():
    """The accuracy of a model without labels is so by its nature."""
    assert effects.difference([33, 33], [30, 30, 30]) == Effect(3, 3, 3, 0, 3)
    assert effects.level([5, 5]) == Effect(5, 5, 5, 0, 1)
    assert effects.equivalent(effects.level([0, 0]), 1) == CONFIRMED


def missed(seeds, others, ratio, trials=1000):
    """Returns how often intervals miss the truth, of a difference and a level.

    Args:
      seeds: of one setting, whose deviation is ``ratio`` times as large.
      others: seeds of the other.
      ratio: of their deviations.
      trials: to draw.
    """
    random, count = np.random.default_rng(2), np.zeros(2)
    for _ in range(trials):
        one, other = (
            ratio * random.normal(size=seeds),
            random.normal(size=others),
        )
        found = effects.difference(one, other), effects.level(one)
        count += [not effect.low <= 0 <= effect.high for effect in found]
    return count / trials


@pytest.mark.parametrize(
    ("seeds", "others", "ratio", "expected"),
    [(2, 2, 1, 0.05), (16, 16, 1, 0.05), (2, 2, 3, 0.075), (2, 4, 3, 0.18)],
)
def test_how_often_intervals_miss_the_truth(seeds, others, ratio, expected):
    difference, level = missed(seeds, others, ratio)
    assert level == pytest.approx(0.05, abs=0.03)
    assert difference == pytest.approx(expected, abs=0.03)


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
    found = effects.difference(one, other)
    for margin in np.linspace(0.05, 2, 40):
        sides = (
            stats.ttest_ind(one + margin, other, alternative="greater"),
            stats.ttest_ind(one - margin, other, alternative="less"),
        )
        equal = max(side.pvalue for side in sides) < 0.05
        assert (effects.equivalent(found, margin) == CONFIRMED) == equal
