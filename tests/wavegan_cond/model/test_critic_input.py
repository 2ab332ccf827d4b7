"""The critic's input: bands that add up, and loud and quiet alike."""

import numpy as np
import pytest

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model import spectral
from wavegan_cond.model.critic_input import (
    EDGES,
    KEPT,
    QUIETEST,
    CriticInput,
    band_masks,
    fit,
)
from wavegan_cond.model.networks import make_critic
from wavegan_cond.model.resample import downsample
from wavegan_cond.model.subsample import subsample_evenly

LENGTH, RATE = 4096, 44100
MODEL = ModelConfig(length=LENGTH, classes=("a", "b"), width=2)
MASKS = band_masks(LENGTH, RATE)
LABEL = np.zeros(1, int)


def tone(hertz, level):
    """Returns a tone of whole periods, [1, T, 1], in float64."""
    bin_ = round(hertz * LENGTH / RATE)
    return (
        level
        * np.sin(2 * np.pi * bin_ * np.arange(LENGTH) / LENGTH)[None, :, None]
    )


def hear(wave, compression=0.5):
    layer = CriticInput(1, LENGTH, compression or 0.5)
    layer.gains.assign(MASKS[None])
    layer.compression = compression
    return np.asarray(layer(wave.astype(np.float32), LABEL))


def test_the_bands_add_up_to_the_sound():
    wave = np.random.default_rng(0).normal(size=(1, LENGTH, 1))
    heard = hear(wave, compression=0.0)
    assert heard.shape == (1, LENGTH, len(EDGES) + 1)
    np.testing.assert_allclose(
        heard.sum(axis=2, keepdims=True), wave, atol=1e-5
    )
    assert MASKS.min() == 0 and MASKS.max() == 1


@pytest.mark.parametrize(
    "band, hertz",
    list(enumerate([60.0, 270.0, 870.0, 2450.0, 6000.0, 16000.0])),
)
def test_each_band_has_its_own_tones(band, hertz):
    power = (hear(tone(hertz, 0.1)) ** 2).mean(axis=(0, 1))
    assert power.argmax() == band
    assert power[band] > 0.99 * power.sum()


def test_two_bands_share_their_edge_evenly():
    for index, edge in enumerate(EDGES):
        bin_ = round(edge * LENGTH / RATE)
        shares = MASKS[index : index + 2, bin_]
        np.testing.assert_allclose(shares, 0.5, atol=0.05)
        assert shares.sum() == pytest.approx(1)


@pytest.mark.parametrize("compression", [0.25, 0.5, 0.9])
def test_a_difference_in_level_shrinks_by_the_compression(compression):
    loud, quiet = (
        20 * np.log10(np.abs(hear(tone(870.0, level), compression)).max())
        for level in (0.5, 0.05)
    )
    assert loud - quiet == pytest.approx(20 * (1 - compression), abs=0.1)


def test_each_sample_is_compressed_by_the_formula():
    wave = tone(870.0, 0.6)[0, :, 0]
    heard = hear(tone(870.0, 0.6))[0, :, 2]
    expected = wave * (KEPT / (np.abs(wave) + QUIETEST)) ** 0.5
    np.testing.assert_allclose(heard, expected, atol=1e-4)


def test_silence_stays_silent_and_nothing_is_brought_up_without_end():
    assert not hear(tone(870.0, 0.0)).any()
    quiet = np.abs(hear(tone(870.0, 1e-7))[0, :, 2]).max()
    assert quiet == pytest.approx(1e-7 * (KEPT / QUIETEST) ** 0.5, rel=0.01)


def test_a_lower_rate_hears_nearly_the_same_of_the_bands_it_has():
    # What compression adds to a band lies at its harmonics, most of it above.
    noise = np.fft.rfft(np.random.default_rng(1).normal(size=LENGTH))
    noise[100:] = 0  # up to 1 kHz
    wave = np.fft.irfft(noise)[None, :, None]
    wave = (wave / np.abs(wave).max()).astype(np.float32)
    low = hear(np.asarray(downsample(wave, LENGTH // 4)))
    expected = np.asarray(downsample(hear(wave), LENGTH // 4))
    error = ((low - expected)[:, 32:-32] ** 2).mean(axis=(0, 1))
    assert (error < 0.01 * (expected**2).mean(axis=(0, 1)).max()).all()


def test_the_gains_are_made_as_training_asks():
    waves = np.random.default_rng(2).normal(size=(40, LENGTH)) * 0.1
    waves[20:] = np.cumsum(waves[20:], axis=1) * 0.01
    read = waves.astype(np.float32).__getitem__
    labels = np.repeat([0, 1], 20)
    white = fit(read, labels, MODEL, TrainConfig(whitening=0.5))
    assert white.shape == (2, 1, LENGTH // 2 + 1)
    both = fit(read, labels, MODEL, TrainConfig(whitening=0.5, compression=0.5))
    np.testing.assert_allclose(both.sum(axis=1), white[:, 0], rtol=1e-5)


def test_a_critic_has_room_for_the_gains_that_are_fitted():
    for more in ({}, {"compression": 0.5}, {"spectrogram": True}):
        config = TrainConfig(whitening=0.5, **more)
        waves = np.ones((2, LENGTH), np.float32)
        made = fit(waves.__getitem__, np.arange(2), MODEL, config)
        critic = make_critic(MODEL, train=config)
        assert critic.input_filter.gains.shape == made.shape
        levels = spectral.CHANNELS * config.spectrogram
        assert critic.channels == made.shape[1] + levels


@pytest.mark.parametrize("rate", [RATE, 16000])
def test_a_new_critic_hears_all_in_bands_where_it_compresses(rate):
    model = ModelConfig(
        length=LENGTH, classes=("a", "b"), width=2, sample_rate=rate
    )
    masks = band_masks(LENGTH, rate)
    for settings, bands in (
        ({"compression": 0.5}, masks),
        ({"spectrogram": True}, np.ones((1, LENGTH // 2 + 1))),
    ):
        critic = make_critic(model, train=TrainConfig(**settings))
        gains = critic.input_filter.gains
        np.testing.assert_array_equal(gains, [bands, bands])


def test_the_spectrogram_follows_the_bands():
    wave = np.random.default_rng(4).normal(size=(1, LENGTH, 1)) * 0.1
    wave = wave.astype(np.float32)
    layer = CriticInput(1, LENGTH, 0.5, spectrogram=True)
    layer.gains.assign(MASKS[None])
    heard = np.asarray(layer(wave, LABEL))
    assert heard.shape == (1, LENGTH, layer.channels)
    np.testing.assert_array_equal(heard[:, :, : len(MASKS)], hear(wave))
    expected = spectral.spectrograms(wave[:, :, 0])
    np.testing.assert_allclose(heard[:, :, len(MASKS) :], expected, atol=1e-4)


def test_few_rows_are_all_taken():
    for count in (0, 1, 2, 999, 1000):
        rows = 3 * np.arange(count) + 5
        np.testing.assert_array_equal(subsample_evenly(rows, 1000), rows)


def test_many_rows_are_spread_from_the_first_to_the_last():
    rows = 3 * np.arange(10_001)
    taken = subsample_evenly(rows, 11)
    np.testing.assert_array_equal(taken, rows[::1000])
    assert len(np.unique(subsample_evenly(rows, 7000))) == 7000
