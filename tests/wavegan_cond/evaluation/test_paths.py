"""Paths whose length and evenness are known."""

import numpy as np
import pytest

from wavegan_cond.evaluation.paths import crossfade, path_measures


def test_an_even_line_has_even_steps():
    line = np.linspace(0, 1, 11)[:, None] * [3.0, 4.0]
    found = path_measures(line)
    assert found == pytest.approx((5, 1, 1))


def test_a_jump_is_the_whole_path():
    points = np.zeros((11, 2))
    points[6:] = 1
    found = path_measures(points)
    assert found.step_ratio == pytest.approx(10)
    assert found.length == pytest.approx(np.sqrt(2))


def test_half_a_circle_is_bent():
    angle = np.linspace(0, np.pi, 1001)
    found = path_measures(np.stack([np.cos(angle), np.sin(angle)], axis=1))
    assert found.length == pytest.approx(np.pi, rel=1e-5)
    assert found.straightness == pytest.approx(2 / np.pi, rel=1e-5)


def test_standing_still_is_even():
    assert path_measures(np.ones((5, 3))) == (0, 1, 1)


def test_a_crossfade_begins_and_ends_with_the_sounds():
    start, end = np.random.default_rng(0).standard_normal((2, 64))
    found = crossfade(start, end, 5)
    np.testing.assert_allclose(found[[0, -1]], [start, end], rtol=1e-6)
    np.testing.assert_allclose(found[2], (start + end) / 2, rtol=1e-5)
