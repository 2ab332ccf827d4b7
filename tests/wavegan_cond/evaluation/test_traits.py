"""Falling pitch, partials, swells and cut starts, in closed form."""

import numpy as np
import pytest

from tests.fixtures.drums import kit
from wavegan_cond.evaluation.traits import (
    NAMES,
    rise_again,
    top_of_parabola,
    traits,
)

LENGTH, RATE = 16384, 44100
TIME = np.arange(LENGTH) / RATE


def of(wave):
    """The traits of one sound, as numbers."""
    found = traits(np.asarray(wave, np.float32)[None])
    return {name: value.item() for name, value in found.items()}


def glide(start, end, seconds=0.2):
    """A tone whose pitch moves evenly in octaves, then stays."""
    hertz = start * (end / start) ** np.minimum(TIME / seconds, 1)
    return np.sin(2 * np.pi * np.cumsum(hertz) / RATE)


def noise(count=20, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, LENGTH)).astype(np.float32) / 10


@pytest.mark.parametrize(
    ("start", "end"), [(400, 50), (200, 50), (100, 100), (60, 120)]
)
def test_a_tone_falls_by_its_octaves(start, end):
    # The first frame hears 23 ms, a tenth of the way at most.
    expected = np.log2(start / end)
    found = of(glide(start, end))["fall"]
    assert found == pytest.approx(expected, abs=0.02 + 0.1 * abs(expected))


def test_the_fall_is_of_what_is_heard_and_of_no_decay():
    wave = glide(200, 50, 0.05)
    slow, fast = (wave * np.exp(-TIME / decay) for decay in (0.2, 0.05))
    assert of(slow)["fall"] == pytest.approx(of(fast)["fall"], abs=0.15)
    hiss = fast + 1e-3 * noise(1)[0]
    assert of(hiss)["fall"] == pytest.approx(of(fast)["fall"], abs=0.05)


def test_the_top_of_a_parabola_is_found():
    place = np.array([2.75, 4.0, 5.3])
    power = np.exp(3 - (np.arange(9) - place[:, None]) ** 2)
    top, found = top_of_parabola(power, power.argmax(axis=1))
    np.testing.assert_allclose(found, place)
    np.testing.assert_allclose(top, power.max(axis=1))


def test_lines_are_counted_and_noise_has_none():
    random = np.random.default_rng(2)
    plain = traits(noise())["partials"]
    assert plain.max() <= 2
    for count in (5, 20, 60):
        hertz = np.linspace(1000, 18000, count)[:, None]
        phase = random.uniform(0, 2 * np.pi, (count, 1))
        tones = np.sin(2 * np.pi * hertz * TIME + phase).sum(axis=0)
        waves = noise() + np.float32(0.03 * tones)
        assert np.median(traits(waves)["partials"]) == pytest.approx(count, 0.1)


def test_a_decay_does_not_swell_and_a_second_hit_does():
    kick = np.sin(2 * np.pi * 50 * TIME) * np.exp(-TIME / 0.1)
    assert of(kick)["swells"] == 0
    start = round(0.15 * RATE)
    for gain, swells in ((0.05, 0), (1, 1)):
        twice = kick.copy()
        twice[start:] += gain * kick[: LENGTH - start]
        assert of(twice)["swells"] == swells


def test_a_rise_has_its_decibels():
    level = np.where((TIME > 0.2) & (TIME < 0.3), -10.0, -22.0)
    level[TIME < 0.05] = 0
    wave = 10 ** (level / 20) * np.sin(2 * np.pi * 1000 * TIME)
    found = rise_again(np.float32(wave)[None], RATE)
    assert found == pytest.approx(12, abs=0.1)


def test_what_rises_within_60_ms_or_far_below_is_no_swell():
    early = np.sin(2 * np.pi * 300 * TIME) * np.minimum(TIME / 0.04, 1)
    assert of(early)["swells"] == 0
    level = np.where(TIME < 0.1, 1.0, np.where(TIME < 0.2, 1e-4, 5e-3))
    assert of(level * np.sin(2 * np.pi * 300 * TIME))["swells"] == 0


def test_a_start_is_cut_above_a_twentieth_of_the_peak():
    for first, cut in ((0.04, 0), (0.06, 1), (-0.06, 1)):
        wave = np.zeros(LENGTH)
        wave[0], wave[100] = first, 1
        assert of(wave)["begins_cut"] == cut


def test_gain_means_nothing_and_silence_is_zero():
    waves, _ = kit(10, 1)
    found = traits(waves)
    assert set(found) == set(NAMES)
    assert all(value.shape == (30,) for value in found.values())
    for name, value in traits(waves / 8).items():
        np.testing.assert_allclose(value, found[name], atol=1e-3)
    assert not any(of(np.zeros(LENGTH)).values())
    assert all(not len(v) for v in traits(waves[:0]).values())
