"""The bank of tones, beside sines in double precision."""

import numpy as np
import pytest

from wavegan_cond.model.tones import HIGHEST, LOWEST, TURN, Tones, tone_steps


def bank(samples, count, channels=1, **settings):
    tones = Tones(samples, count, channels, seed=0, **settings)
    tones.build((None, 3))
    return tones


@pytest.mark.parametrize("samples", [64, 4096, 32768])
def test_each_tone_is_the_sine_of_its_level_and_phase(samples):
    """Exactly to the end: no phase is lost however long the tones ring."""
    random = np.random.default_rng(0)
    tones = bank(samples, 4)
    levels = random.standard_normal((3, 8)).astype(np.float32)
    tones.levels.kernel.assign(levels)
    tones.mix.assign(np.ones((8, 1)))
    given = random.standard_normal((2, 3)).astype(np.float32)
    cosines, sines = np.split(np.float64(given) @ levels, 2, axis=1)
    size, phase = np.hypot(cosines, sines), np.arctan2(sines, cosines)
    turns = np.float64(tone_steps(samples, 4)) / TURN
    angle = 2 * np.pi * turns[:, None] * np.arange(samples) - phase[..., None]
    expected = np.sqrt(2) * (size[..., None] * np.cos(angle)).sum(axis=1)
    np.testing.assert_allclose(tones(given)[:, :, 0], expected, atol=5e-5)


@pytest.mark.parametrize(("samples", "count"), [(1024, 128), (8192, 512)])
def test_frequencies_are_in_equal_ratios_below_the_highest(samples, count):
    turns = tone_steps(samples, count) / TURN
    assert turns[0] == LOWEST / samples
    assert abs(turns[-1] - HIGHEST) < 1 / TURN
    ratios = turns[1:] / turns[:-1]
    # What rounding to whole steps leaves of it.
    rough = 2 / (turns[:-1] * TURN)
    assert (abs(ratios / ratios.mean() - 1) < rough + 1e-3).all()


def test_a_bank_adds_nothing_before_it_has_learned():
    given = np.ones((2, 3), np.float32)
    assert not np.any(bank(256, 16, channels=5)(given))
    assert bank(256, 16, channels=5)(given).shape == (2, 256, 5)
