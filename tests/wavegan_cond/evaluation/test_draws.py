"""Figures of as many sounds: the mean over choices, not the luck of one."""

import numpy as np
import pytest

from wavegan_cond.evaluation.draws import DRAWS, draws, mean_over_draws
from wavegan_cond.evaluation.neighbours import manifold


def test_a_draw_has_no_sound_twice_and_draws_differ():
    chosen = draws(300, 60)
    assert len(chosen) == DRAWS
    for rows in chosen:
        assert len(rows) == len(set(rows)) == 60
        assert 0 <= rows.min() and rows.max() < 300
    assert len({tuple(rows) for rows in chosen}) == DRAWS
    np.testing.assert_array_equal(chosen, draws(300, 60))


def test_every_sound_is_as_likely():
    often = np.bincount(np.concatenate(draws(300, 60)), minlength=300)
    # Binomial of DRAWS trials with probability 60 / 300.
    assert often.mean() == DRAWS / 5
    assert often.var() == pytest.approx(DRAWS / 5 * 4 / 5, rel=0.3)


def test_all_of_them_are_drawn_once():
    (rows,) = draws(12, 12)
    assert sorted(rows) == list(range(12))


def test_a_figure_is_the_mean_of_those_of_the_draws():
    values = np.arange(50.0) ** 2
    found = mean_over_draws(
        lambda rows: {"sum": values[rows].sum(), "one": 1}, 50, 20
    )
    sums = [values[rows].sum() for rows in draws(50, 20)]
    assert found == {"sum": pytest.approx(np.mean(sums)), "one": 1}


def test_the_order_of_sounds_hardly_matters():
    """Of the first 60 of 300 the recall is a matter of luck."""
    random = np.random.default_rng(0)
    real = random.standard_normal((60, 8))
    made = 0.7 * random.standard_normal((300, 8))

    def recall(rows):
        return {"recall": manifold(real, made[rows]).recall}

    def of(order):
        mean = mean_over_draws(lambda rows: recall(order[rows]), 300, 60)
        return recall(order[:60])["recall"], mean["recall"]

    first, mean = np.transpose([of(random.permutation(300)) for _ in range(20)])
    assert np.std(mean) < np.std(first) / 3
    scatter = np.std(first) / np.sqrt(len(first))
    assert np.mean(mean) == pytest.approx(np.mean(first), abs=3 * scatter)
