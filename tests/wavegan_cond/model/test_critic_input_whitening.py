"""Gains that flatten the spectrum of each class, and sounds through them."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from scipy import signal

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.critic_input import (
    HIGHEST_GAIN,
    CriticInput,
    equalizer,
    fit_whitening,
    mean_power,
)
from wavegan_cond.model.resample import downsample

LENGTH = 1024
MODEL = ModelConfig(length=LENGTH, classes=("a", "b"), width=2)


def coloured(slope, count=400, seed=0):
    """Returns noise whose power falls as frequency to the minus ``slope``."""
    noise = np.random.default_rng(seed).normal(size=(count, LENGTH))
    bins = np.maximum(np.arange(LENGTH // 2 + 1), 1)
    return np.fft.irfft(np.fft.rfft(noise) * bins ** (-slope / 2))


def spectrum(waves):
    """Returns the mean power of sounds [N, L], [bins]."""
    return mean_power(waves.__getitem__, np.arange(len(waves)), LENGTH)


def whiten(waves, labels, gains):
    """Returns sounds [B, L, 1] through the gains of their classes."""
    layer = CriticInput(len(gains), LENGTH, 0.0)
    layer.gains.assign(gains[:, None])
    return layer(tf.cast(waves, "float32"), labels)


def slope_of(waves):
    """Returns by which power of the frequency the power falls."""
    power = spectrum(waves)[16:400]
    fit = np.polyfit(np.log(np.arange(16, 400)), np.log(power), 1)
    return -fit[0]


@pytest.mark.parametrize("amount", [0.0, 0.25, 0.5, 1.0])
def test_an_amount_flattens_a_slope_by_its_share(amount):
    waves = coloured(1.0)
    gains = equalizer(spectrum(waves)[None], amount)
    heard = whiten(waves[:, :, None], np.zeros(len(waves), int), gains)
    expected = 1 - amount
    assert slope_of(heard.numpy()[:, :, 0]) == pytest.approx(expected, abs=0.1)


def test_each_class_has_its_own_and_all_have_the_same_energy():
    waves = np.concatenate([coloured(2.0), 3 * coloured(0.0)])
    labels = np.repeat([0, 1], 400)
    gains = fit_whitening(waves.__getitem__, labels, MODEL, 0.5)
    assert gains.dtype == np.float32 and gains.shape == (2, LENGTH // 2 + 1)
    heard = whiten(waves[:, :, None], labels, gains).numpy()[:, :, 0]
    power = np.stack([(heard[labels == c] ** 2).sum() for c in (0, 1)])
    assert power[0] == pytest.approx(power[1], rel=0.02)
    # White noise stays what it was but for its level.
    assert np.ptp(gains[1]) < 0.1 * gains[1].mean()
    assert gains[0, 400] > 3 * gains[0, 4]


def test_without_labels_all_classes_go_through_one_filter():
    waves = np.concatenate([coloured(2.0), coloured(0.0)])
    model = dataclasses.replace(MODEL, conditioning="none")
    labels = np.repeat([0, 1], 400)
    gains = fit_whitening(waves.__getitem__, labels, model, 0.5)
    np.testing.assert_array_equal(gains[0], gains[1])


def test_a_silent_class_and_a_missing_one_are_left_as_they_are():
    waves = np.zeros((4, LENGTH), np.int16)
    np.testing.assert_array_equal(
        fit_whitening(waves.__getitem__, np.zeros(4), MODEL, 0.5), 1.0
    )


def test_no_band_is_brought_up_without_end():
    power = 10.0 ** -np.linspace(0, 20, LENGTH // 2 + 1)
    gains = equalizer(power[None], 1.0)[0]
    assert gains.max() / gains.min() == pytest.approx(HIGHEST_GAIN, rel=1e-5)


def test_the_filter_is_short_and_without_delay():
    waves = coloured(2.0)
    gains = equalizer(spectrum(waves)[None], 0.5)
    click = np.zeros((1, LENGTH, 1), np.float32)
    click[0, LENGTH // 2] = 1
    heard = whiten(click, np.zeros(1, int), gains).numpy()[0, :, 0]
    assert heard.argmax() == LENGTH // 2
    np.testing.assert_allclose(
        heard[LENGTH // 2 + 1 :], heard[1 : LENGTH // 2][::-1], atol=1e-6
    )
    near = heard[LENGTH // 2 - 64 : LENGTH // 2 + 65]
    assert (near**2).sum() > 0.99 * (heard**2).sum()


def test_a_lower_stage_hears_the_same_of_the_bands_it_has():
    # The same sound at a quarter of the rate, through the first of the bins.
    waves = signal.resample(coloured(2.0, 8)[:, :64], LENGTH, axis=1)
    gains = np.linspace(1, 5, LENGTH // 2 + 1, dtype=np.float32)[None]
    label = np.zeros(8, int)
    wave = tf.constant(waves[:, :, None], tf.float32)
    high = whiten(wave, label, gains)
    low = whiten(downsample(wave, LENGTH // 4), label, gains)
    expected = downsample(high, LENGTH // 4)
    inner = slice(8, -8)  # a resampler has its own idea of what lies beyond
    np.testing.assert_allclose(
        low[:, inner], expected[:, inner], atol=0.01 * np.abs(low).max()
    )


def test_int16_and_float_give_the_same_gains():
    waves = np.concatenate([coloured(2.0), coloured(1.0)])
    stored = np.round(waves / np.abs(waves).max() * 32767).astype(np.int16)
    labels = np.repeat([0, 1], 400)
    floats = (stored / 32767).astype(np.float32)
    one, other = (
        fit_whitening(sounds.__getitem__, labels, MODEL, 0.5)
        for sounds in (stored, floats)
    )
    np.testing.assert_allclose(one, other, rtol=1e-4)
