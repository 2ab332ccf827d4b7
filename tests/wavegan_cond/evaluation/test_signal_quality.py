"""Hygiene: each value in closed form, and each fault caught by its own."""

import functools

import numpy as np
import pytest

from data_prep.audio.waveform import fade, fit_length
from data_prep.kit import demo_kit
from wavegan_cond.evaluation.features import FeatureError
from wavegan_cond.evaluation.signal_quality import (
    LIMITS,
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


def short_drums():
    """Drums that have fallen silent well before the end."""
    waves = np.concatenate([drums("kick"), drums("snare")])
    return waves[(waves[:, 10000:] == 0).all(axis=1)]


def caught(waves):
    """The share of sounds that each value calls faulty."""
    values = measure(waves)
    summary = summarise(values)
    shares = {name: summary[f"{name}_beyond"] for name in LIMITS}
    return shares | {"onsets": 1 - summary["onsets_one"]}


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
    np.testing.assert_allclose(values["dc"], expected, rtol=1e-6)
    np.testing.assert_allclose(values["clipped"], [0, 0.25])


def test_the_noise_floor_is_that_of_the_end_whatever_its_offset():
    random = np.random.default_rng(0)
    time = np.arange(LENGTH) / RATE
    tone = np.cos(2 * np.pi * 441 * time) * np.exp(-time / 0.02)
    for level in (-80, -60, -40):
        noise = 10 ** (level / 20) * random.standard_normal((1, LENGTH))
        wave = (tone + noise).astype(np.float32)
        found = measure(np.concatenate([wave, wave + 0.01]))["noise_floor_db"]
        np.testing.assert_allclose(found, level, atol=0.5)


def test_the_pre_echo_is_the_energy_before_the_onset():
    wave = np.zeros((2, LENGTH), np.float32)
    wave[:, 5000] = 1
    wave[0, 1000:2000] = 0.02
    expected = 10 * np.log10(0.4 / 1.4)
    found = measure(wave)["pre_echo_db"]
    np.testing.assert_allclose(found, [expected, -120], rtol=1e-4)


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
    for name in ("first", "last", "dc", "clipped", "onsets"):
        assert not values[name].any()
    assert (values["noise_floor_db"] == -120).all()
    assert (values["pre_echo_db"] == -120).all()


def test_gain_scales_what_is_linear_and_nothing_else():
    waves = drums("snare")[:20, 200:]
    loud, quiet = measure(waves), measure(np.float32(0.25) * waves)
    for name in ("first", "last", "dc"):
        np.testing.assert_allclose(quiet[name], loud[name] / 4, rtol=1e-5)
    for name in ("onsets", "noise_floor_db", "pre_echo_db"):
        np.testing.assert_allclose(quiet[name], loud[name], atol=1e-3)
    assert not quiet["clipped"].any()


def test_stored_sounds_read_the_same():
    stored = np.rint(drums("kick")[:40] * 32767).astype(np.int16)
    read = stored.astype(np.float32) / np.float32(32767)
    for name, value in measure(stored).items():
        assert value.shape == (40,) and value.dtype == np.float64
        np.testing.assert_array_equal(value, measure(read)[name])


def start_late(waves):
    """Begins each sound at its peak."""
    late = [wave[np.abs(wave).argmax() :] for wave in waves]
    return np.stack([fit_length(wave, LENGTH) for wave in late])


def hiss(waves):
    noise = np.random.default_rng(1).standard_normal(waves.shape)
    return waves + 3e-4 * noise.astype(np.float32)


FAULTS = {
    "first": start_late,
    "dc": lambda waves: waves + np.float32(0.008),
    "clipped": lambda waves: np.clip(4 * waves, -1, 1),
    "onsets": hit_twice,
    "noise_floor_db": hiss,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_caught_by_its_value_and_by_no_other(name):
    waves = short_drums()
    clean, faulty = caught(waves), caught(FAULTS[name](waves))
    assert len(waves) > 40 and not any(clean.values())
    assert faulty.pop(name) > 0.9
    # Clipping and a second hit do shift the mean of some kicks.
    assert max(faulty.values()) < 0.15


def test_a_summary_is_medians_quantiles_and_shares():
    values = {name: np.linspace(0, 1, 101) for name in NAMES}
    values["dc"] = -values["dc"]  # its size counts
    values["onsets"] = np.repeat([0, 1, 2], [1, 90, 10])
    summary = summarise(values)
    assert summary["onsets_one"] == pytest.approx(90 / 101)
    for name in ("first", "dc"):
        assert summary[f"{name}_median"] == pytest.approx(0.5)
        assert summary[f"{name}_95"] == pytest.approx(0.95)
    assert summary["first_beyond"] == pytest.approx(99 / 101)
    assert all(type(value) is float for value in summary.values())


def test_what_has_no_values_is_refused():
    with pytest.raises(FeatureError, match="no samples"):
        measure(np.zeros((2, 0), np.float32))
    with pytest.raises(FeatureError, match="waveforms"):
        measure(np.zeros(LENGTH, np.float32))
    with pytest.raises(FeatureError, match="finite"):
        measure(np.full((1, LENGTH), np.nan, np.float32))
    none = measure(np.zeros((0, LENGTH), np.float32))
    with pytest.raises(FeatureError, match="no sounds"):
        summarise(none)
