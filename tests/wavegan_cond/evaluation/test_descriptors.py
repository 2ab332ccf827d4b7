"""Descriptors in closed form, and what they ignore."""

import functools

import numpy as np
import pytest
from scipy.stats import ks_2samp, kstest

from data_prep.audio.waveform import fit_length
from data_prep.kit import demo_kit
from wavegan_cond.evaluation.descriptors import NAMES, compare, descriptors
from wavegan_cond.evaluation.features import FeatureError

LENGTH, RATE = 16384, 44100
TIME = np.arange(LENGTH) / RATE


def described(wave):
    """The descriptors of one sound, as numbers."""
    found = descriptors(np.asarray(wave, np.float32)[None])
    return {name: value.item() for name, value in found.items()}


def tone(hz, level=1.0):
    return level * np.sin(2 * np.pi * hz * TIME)


@functools.cache
def drums(name, seed):
    """Float32 [50, LENGTH] of the demo kit."""
    sounds = [demo_kit.sound(name, seed, index) for index in range(50)]
    return np.stack([fit_length(each, LENGTH) for each in sounds])


@pytest.mark.parametrize("seconds", [0.02, 0.05, 0.2])
def test_the_attack_of_a_ramp_is_seven_tenths_of_it(seconds):
    ramp = np.minimum(TIME / seconds, 1) * np.exp(
        -np.maximum(TIME - seconds, 0) / 0.03
    )
    found = 10 ** described(tone(1000, ramp))["log_attack"]
    assert found == pytest.approx(0.7 * seconds, rel=0.06)


def test_a_click_has_the_attack_of_the_smoothing_wherever_it_is():
    found = []
    for place in (0, 100, 8000):
        wave = np.zeros(LENGTH)
        wave[place] = 1
        found.append(10 ** described(wave)["log_attack"])
    # The root of a Hann window is a half sine: asin(0.9) - asin(0.2).
    expected = 0.005 * (np.arcsin(0.9) - np.arcsin(0.2)) / np.pi
    np.testing.assert_allclose(found, expected, atol=3 / RATE)


@pytest.mark.parametrize("hz", [60, 1000, 8000])
@pytest.mark.parametrize("t20", [0.05, 0.1, 0.25])
def test_the_decay_of_an_exponential_is_its_own(hz, t20):
    found = described(tone(hz, 10 ** (-TIME / t20)))["t20"]
    # An envelope cannot place its peak within less than a part of a period.
    assert found == pytest.approx(t20, abs=0.03 * t20 + 1 / (3 * hz))


def test_what_never_falls_has_the_rest_of_the_sound():
    rising = tone(1000, 0.5 + 0.5 * np.minimum(TIME / 0.1, 1))
    rising[5000:5200] = 1.5  # its peak
    found = described(rising)["t20"]
    assert found == pytest.approx((LENGTH - 5100) / RATE, abs=0.006)


def test_a_sine_has_its_frequency_and_3_decibels_of_crest():
    periods = RATE / LENGTH
    for cycles in (30, 400, 5000):
        found = described(tone(cycles * periods, 0.3))
        assert found["centroid"] == pytest.approx(cycles * periods, rel=1e-3)
        assert found["crest"] == pytest.approx(3.0103, abs=0.02)
    both = tone(50 * periods, 0.6) + tone(500 * periods, 0.2)
    found = described(both)
    expected = (0.9 * 50 + 0.1 * 500) * periods
    assert found["centroid"] == pytest.approx(expected, rel=1e-3)
    assert found["low_share"] == pytest.approx(0.9, rel=1e-3)


@pytest.mark.parametrize("octaves", [-1.0, 0.0, 0.5, 2.0])
def test_a_glide_is_in_octaves(octaves):
    half = LENGTH // 2
    hertz = np.full(LENGTH, 60.0)
    hertz[:half] *= 2**octaves if octaves > 0 else 1
    hertz[half:] *= 2**-octaves if octaves < 0 else 1
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    assert described(np.sin(phase))["glide"] == pytest.approx(octaves, abs=0.05)


def test_a_kick_glides_down_and_up_when_reversed():
    kicks = drums("kick", 0)
    falls = descriptors(kicks)["glide"]
    rises = descriptors(np.ascontiguousarray(kicks[:, ::-1]))["glide"]
    assert (falls > 0).mean() > 0.9
    np.testing.assert_allclose(rises, -falls, atol=0.02)


def test_gain_means_nothing():
    waves = drums("snare", 0)
    waves = waves / np.abs(waves).max(axis=1, keepdims=True)
    loud = descriptors(waves)
    quiet = descriptors(np.float32(0.01) * waves)
    for name in NAMES:
        assert loud[name].shape == (50,) and loud[name].dtype == np.float64
        np.testing.assert_allclose(
            quiet[name], loud[name], rtol=1e-3, atol=1e-3
        )


def test_a_sound_has_its_values_whatever_stands_beside_it():
    waves = np.concatenate([drums("kick", 0), drums("cymbal", 0)])
    alone, among = descriptors(waves[60:61]), descriptors(waves)
    # The FFTs are in float32, u = 2**-24: two of 2**15 samples and a pairwise
    # sum leave 64 u of a sound's energy at most. The glide is the logarithm of
    # angles; 100 Hz, which this cymbal is above, turns by 0.014 a sample.
    energy = 64 * 2.0**-24
    bounds = {name: {"rtol": energy} for name in NAMES}
    bounds["low_share"] = {"atol": energy}
    bounds["glide"] = {"atol": 2 * energy / 0.014 / np.log(2)}
    for name in NAMES:
        np.testing.assert_allclose(
            among[name][60], alone[name][0], **bounds[name]
        )


def test_silence_is_described_without_nan():
    found = described(np.zeros(LENGTH))
    least = dict.fromkeys(NAMES, 0.0)
    least |= {"log_attack": -np.log10(RATE), "t20": 1 / RATE}
    assert found == pytest.approx(least)
    steady = described(np.full(LENGTH, 0.5))
    assert np.isfinite(list(steady.values())).all()


def test_the_distance_is_that_between_cumulative_shares():
    real = {"x": np.arange(10.0), "y": np.zeros(4)}
    generated = {"x": np.arange(10.0) + 3, "y": np.ones(7)}
    assert compare(real, generated) == {"x": pytest.approx(0.3), "y": 1.0}
    assert compare(real, real) == {"x": 0.0, "y": 0.0}
    random = np.random.default_rng(0)
    many = {"x": random.standard_normal(20000)}
    uniform = {"x": random.uniform(-2, 2, 20000)}
    expected = kstest(many["x"], "uniform", (-2, 4)).statistic
    assert compare(many, uniform)["x"] == pytest.approx(expected, abs=0.02)
    for few in random.integers(0, 9, (20, 7)), random.normal(size=(20, 13)):
        for row in few.astype(float):
            expected = ks_2samp(row, many["x"][:30]).statistic
            found = compare({"x": row}, {"x": many["x"][:30]})["x"]
            assert found == pytest.approx(expected, abs=1e-12)


def test_no_sounds_have_no_distance():
    none = descriptors(np.zeros((0, LENGTH), np.float32))
    with pytest.raises(FeatureError, match="no generated sounds"):
        compare(descriptors(drums("kick", 0)), none)
