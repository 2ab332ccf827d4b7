"""Hygiene: each value in closed form. test_gates has each one's fault."""

import functools

import numpy as np
import pytest

from data_prep.audio.waveform import fade, fit_length
from data_prep.kit import demo_kit
from wavegan_cond.evaluation.features import FeatureError
from wavegan_cond.evaluation.signal_quality import (
    NAMES,
    count_onsets,
    measure,
    summarise,
)

LENGTH, RATE = 16384, 44100
DOUBLED = round(0.12 * RATE)


@functools.cache
def drums(name):
    """Float32 [80, LENGTH] of the demo kit, faded as prepared sounds are."""
    sounds = [demo_kit.sound(name, 0, index) for index in range(80)]
    fitted = [fit_length(each / np.abs(each).max(), LENGTH) for each in sounds]
    return np.stack([fade(each, 16, 64) for each in fitted])


def hit_twice(waves):
    again = waves.copy()
    again[:, DOUBLED:] += waves[:, :-DOUBLED]
    return again / np.abs(again).max(axis=1, keepdims=True)


def test_edges_offset_and_clipping_are_what_they_are():
    waves = np.full((2, LENGTH), 0.25, np.float32)
    waves[0, 0], waves[0, -1] = -0.5, 0.125
    waves[1, :4096] = (-1) ** np.arange(4096)
    values = measure(waves)
    assert set(values) == set(NAMES)
    np.testing.assert_allclose(values["first"], [0.5, 1])
    np.testing.assert_allclose(values["last"], [0.125, 0.25])
    expected = [waves[0].mean(dtype=float), 0.75 * 0.25]
    np.testing.assert_allclose(values["offset"], expected, rtol=1e-6)
    np.testing.assert_allclose(values["clipped"], [0, 0.25])


def test_the_noise_floor_is_that_of_the_end_whatever_its_offset():
    random = np.random.default_rng(0)
    time = np.arange(LENGTH) / RATE
    tone = np.cos(2 * np.pi * 441 * time) * np.exp(-time / 0.02)
    for level in (-80, -60, -40):
        noise = 10 ** (level / 20) * random.standard_normal((1, LENGTH))
        wave = (tone + noise).astype(np.float32)
        found = measure(np.concatenate([wave, wave + 0.01]))["noise_floor"]
        np.testing.assert_allclose(found, level, atol=0.5)


@pytest.mark.parametrize("places", [[0], [0, 4000], [500, 6000, 12000]])
def test_clicks_are_counted(places):
    wave = np.zeros((1, LENGTH), np.float32)
    wave[0, places] = 0.5
    assert count_onsets(wave) == [len(places)]


def test_one_hit_is_one_and_two_are_two():
    for name in demo_kit.CLASSES:
        assert (count_onsets(drums(name)) == 1).mean() > 0.9
        assert (count_onsets(hit_twice(drums(name))) == 2).mean() > 0.7


def test_silence_has_no_fault_but_that_it_never_begins():
    values = measure(np.zeros((2, LENGTH), np.float32))
    assert (values.pop("noise_floor") == -120).all()
    assert not any(value.any() for value in values.values())


def test_gain_scales_what_is_linear_and_nothing_else():
    waves = drums("snare")[:20, 200:]
    loud, quiet = measure(waves), measure(np.float32(0.25) * waves)
    for name in ("first", "last", "offset"):
        np.testing.assert_allclose(quiet[name], loud[name] / 4, rtol=1e-5)
    for name in ("onsets", "noise_floor"):
        np.testing.assert_allclose(quiet[name], loud[name], atol=1e-3)
    assert not quiet["clipped"].any()


def test_a_summary_is_medians_quantiles_and_shares():
    values = {name: np.linspace(0, 1, 101) for name in NAMES}
    values["onsets"] = np.repeat([0, 1, 2], [1, 90, 10])
    summary = summarise(values)
    assert summary.pop("one_hit") == pytest.approx(90 / 101)
    assert summary.pop("noise_floor") == pytest.approx(0.5)
    assert summary == dict.fromkeys(
        ("first", "last", "offset", "clipped"), pytest.approx(0.95)
    )


def test_no_sounds_have_no_summary():
    with pytest.raises(FeatureError, match="no sounds"):
        summarise(measure(np.zeros((0, LENGTH), np.float32)))
