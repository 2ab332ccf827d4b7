"""The comb index hears the tones it is meant for, and no others."""

import numpy as np
import pytest

from wavegan_cond.config import ModelConfig
from wavegan_cond.evaluation.artifacts import (
    LEVELS,
    comb_index,
    comb_indices,
    comb_places,
    tonal_spectrum,
)
from wavegan_cond.evaluation.features import FeatureError
from wavegan_cond.model.networks import make_generator

LENGTH = 16384


def noise(count=40):
    random = np.random.default_rng(0)
    return random.standard_normal((count, LENGTH)).astype(np.float32) / 10


def test_noise_has_none():
    for value in comb_index(noise()).values():
        assert abs(value) < 1.5


@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_tone_is_heard_at_its_level_in_the_mean_and_in_each_sound(k):
    tone = np.sin(2 * np.pi * np.arange(LENGTH) / 4**k + 0.3)
    mean, high = [], []
    for level in (-60, -50, -40, -30, -20):
        waves = noise() + np.float32(10 ** (level / 20) * tone)
        mean.append([comb_index(waves)[j] for j in (1, 2, 3)])
        high.append(np.percentile(comb_indices(waves)[:, k - 1], 95))
    rises = np.diff(mean, axis=0)
    assert np.all(rises[:, k - 1] > 0) and np.all(np.diff(high) > 0)
    assert rises.sum(axis=0).argmax() == k - 1


def test_transposed_convolution_is_told_from_nearest_neighbour_untrained():
    z = np.random.default_rng(1).standard_normal((64, 8)).astype(np.float32)
    label = np.arange(64) % 3
    worst = {}
    for upsampling in ("nn", "zeros"):
        model = ModelConfig(width=8, latent_dim=8, upsampling=upsampling)
        waves = np.asarray(make_generator(model)(z, label))[:, :, 0]
        worst[upsampling] = comb_index(waves)
    assert worst["zeros"][1] > worst["nn"][1] + 10
    assert worst["zeros"][2] > worst["nn"][2] + 10


def test_the_index_of_one_sound_is_the_index_of_it_alone():
    waves = noise(35)
    indices = comb_indices(waves)
    assert indices.shape == (35, 5) and indices.dtype == np.float64
    for row in (0, 34):
        alone = list(comb_index(waves[row : row + 1]).values())
        # The 14 stages of a float32 FFT move a bin by 14 * 2**-24 of the RMS
        # bin: by 1e-5 dB, and by ten times that where it is 20 dB quieter.
        np.testing.assert_allclose(indices[row], alone, atol=1e-4)
    assert comb_indices(waves[:0]).shape == (0, 5)


def test_a_comb_in_a_tenth_of_the_sounds_is_in_their_quantile():
    waves = noise()
    clean = comb_indices(waves)
    waves[:4, ::16] += 0.1  # tones at every multiple of fs / 16
    found = comb_indices(waves)
    high = np.percentile(found, 95, axis=0) - np.percentile(clean, 95, axis=0)
    assert high[:2].min() > 5 and np.abs(high[2:]).max() < 0.5
    np.testing.assert_array_equal(found[4:], clean[4:])


def test_gain_and_silence():
    indices = comb_indices(noise())
    np.testing.assert_allclose(comb_indices(noise() / 8), indices, atol=1e-3)
    silence = np.zeros((2, LENGTH), np.float32)
    assert not comb_indices(silence).any()
    assert not any(comb_index(silence).values())


def test_the_spectrum_peaks_where_the_tone_is():
    waves = np.sin(np.pi * np.arange(LENGTH) / 8)[None].astype(np.float32)
    hertz, decibels = tonal_spectrum(waves)
    assert hertz.shape == decibels.shape == (LENGTH // 2 + 1,)
    assert hertz[decibels.argmax()] == 44100 / 16 and hertz[-1] == 22050
    # Hann, sum of the window T / 2: a sine has T² / 16.
    assert decibels.max() == pytest.approx(20 * np.log10(LENGTH / 4), abs=0.01)
    assert decibels.min() > decibels.max() - 120.1


def test_places_are_the_multiples_of_one_level_alone():
    assert comb_places(LENGTH, 1) == [4096]
    assert comb_places(LENGTH, 2) == [1024, 2048, 3072, 5120, 6144, 7168]
    every = [place for k in LEVELS for place in comb_places(LENGTH, k)]
    assert len(every) == len(set(every))
    expected = set(range(48, LENGTH // 2 - 40, 16)) - {LENGTH // 2}
    assert set(every) == expected


def test_a_length_without_a_comb_is_refused():
    for length in (0, 1000, 16383):
        with pytest.raises(FeatureError, match="multiple of 1024"):
            comb_index(np.zeros((2, length), np.float32))
    with pytest.raises(FeatureError, match="waveforms"):
        comb_indices(np.zeros(LENGTH, np.float32))
