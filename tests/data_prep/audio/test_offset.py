"""What holds a sound to one side goes; the sound, and silence, stay."""

import numpy as np
import pytest

from data_prep.audio.offset import high_pass, remove_offset

RATES = [8000, 22050, 44100, 96000]


def drum(rate=44100, seconds=0.4, decay=0.03):
    time = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(0).uniform(-1, 1, len(time))
    tone = np.sin(2 * np.pi * 90 * time)
    return 0.4 * (tone + 0.5 * noise) * np.exp(-time / decay)


def centred(wave, rate=44100):
    samples = np.asarray(wave, np.float32).reshape(len(wave), -1)
    result, removed = remove_offset(samples, rate)
    assert result.dtype == np.float32 and result.shape == samples.shape
    return result[:, 0], removed


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("offset", [-0.5, -0.09, 0.03, 0.09, 0.1, 0.4])
def test_a_constant_is_subtracted(offset, rate):
    wave, removed = centred(drum(rate) + offset, rate)
    assert removed
    np.testing.assert_allclose(wave, drum(rate), atol=2e-3)


@pytest.mark.parametrize("offset", [-0.3, 0.09])
def test_a_constant_is_subtracted_where_the_end_is_missing(offset):
    whole = drum(decay=0.5)
    wave, removed = centred(whole + offset)
    assert removed
    assert abs(wave.mean()) < 2e-3
    np.testing.assert_allclose(wave, whole, atol=0.03)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_hit_on_one_side_leaves_silence_silent(rate, sign):
    both = drum(rate)
    wave = sign * np.abs(both)  # as 8-bit samplers have it
    wave[np.abs(wave) < 1e-3] = 0
    found, removed = centred(wave, rate)
    assert removed
    peak = np.abs(found).max()
    begin = slice(0, round(0.002 * rate))
    assert np.abs(found[begin] - wave[begin]).max() < 0.15 * peak
    tail = found[round(0.3 * rate) :]
    assert np.abs(tail).max() < 0.01 * peak
    assert abs(found.mean()) < 0.1 * abs(wave.mean())


def test_what_is_centred_stays_as_it_is():
    for wave in (drum(), drum(seconds=0.05), drum(decay=2), 0 * drum()):
        found, removed = centred(wave)
        assert not removed
        assert (found == wave.astype(np.float32)).all()


def test_few_samples_have_no_mean():
    for seed in range(20):
        wave = np.random.default_rng(seed).uniform(-0.9, 0.9, 64)
        assert not centred(wave)[1]


def test_each_channel_is_centred_by_itself():
    samples = np.stack([drum() + 0.2, drum()], 1).astype(np.float32)
    found, removed = remove_offset(samples, 44100)
    assert removed
    np.testing.assert_allclose(found[:, 0], drum(), atol=2e-3)
    assert (found[:, 1] == samples[:, 1]).all()


@pytest.mark.parametrize("rate", RATES)
def test_the_filter_is_of_first_order(rate):
    wave = np.random.default_rng(1).standard_normal(3 * rate)
    wave[:10] = 0
    share = 1 - np.exp(-2 * np.pi * 10 / rate)
    expected, slow = np.empty(len(wave)), 0.0
    for place, value in enumerate(wave):
        slow += share * (value - slow)
        expected[place] = value - slow
    np.testing.assert_allclose(high_pass(wave, rate, 10), expected, atol=1e-9)
