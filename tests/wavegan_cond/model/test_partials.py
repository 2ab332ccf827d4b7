"""The bank of partials, beside sines in double precision."""

import numpy as np
import pytest

from wavegan_cond.evaluation.grain import grain
from wavegan_cond.model.partials import (
    CORNER,
    FAINT,
    HIGHEST,
    LOUDNESS,
    LOWEST,
    MOST,
    RINGING,
    TUNING,
    TURN,
    Partials,
    partial_steps,
    ring,
)

PLACES, CHANNELS = 16, 3
RATE = 44100
MIDDLE = np.zeros((2, 5), np.float32)  # a z that tunes nothing


def bank(samples, count, places=PLACES, kept=0.0):
    """Tones that keep such a share of their level from place to place."""
    partials = Partials(samples, count, RATE, seed=0)
    partials.build((None, places, CHANNELS), MIDDLE.shape)
    odds = np.log(kept / (1 - kept)) if kept else -100.0
    partials.ringing.bias.assign(np.full(count, odds - RINGING))
    return partials


@pytest.mark.parametrize("samples", [64, 4096, 65536])
def test_each_partial_is_the_sine_of_its_levels(samples):
    """Exactly to the end: no phase is lost however long the partials ring."""
    random = np.random.default_rng(0)
    partials = bank(samples, 4)
    kernel = random.standard_normal((CHANNELS, 8)).astype(np.float32)
    partials.roots.kernel.assign(kernel)
    features = random.standard_normal((2, PLACES, CHANNELS)).astype(np.float32)
    roots = (np.float64(features) @ kernel).reshape(2, PLACES, 2, 4)
    length = np.linalg.norm(roots, axis=2, keepdims=True)
    levels = roots * np.hypot(length, FAINT)
    levels = levels.reshape(2, PLACES, 8)
    # Straight lines between places, held behind the last one.
    time = np.arange(samples)
    places = np.arange(PLACES) * samples / PLACES
    levels = np.array(
        [
            [np.interp(time, places, levels[b, :, p]) for p in range(8)]
            for b in range(2)
        ]
    )  # [B, 8, T]
    turns = partial_steps(4, RATE, 0) / TURN
    angle = 2 * np.pi * turns[:, None] * time
    waves = np.concatenate([np.cos(angle), np.sin(angle)]) * LOUDNESS / 2
    expected = (levels * waves).sum(axis=1)
    sound = partials(features, MIDDLE)[:, :, 0]
    np.testing.assert_allclose(sound, expected, atol=2e-4)


@pytest.mark.parametrize("samples", [1024, 4096, 65536])
def test_z_tunes_each_partial(samples):
    """A steady tone of another frequency, continuous, within 20 Hz."""
    z = np.float32([[1, 0, 0, 0, 0], [-50, 20, 0, 0, 9]])
    partials = bank(samples, 4)
    root_of_1 = np.sqrt(np.sqrt(1 + FAINT**4 / 4) - FAINT**2 / 2)
    partials.roots.bias.assign(root_of_1 * np.eye(8)[2])  # a cosine alone
    sound = partials(np.zeros((2, PLACES, CHANNELS)), z)[:, :, 0]
    hertz = partial_steps(4, RATE, 0)[2] / TURN * RATE
    hop = samples // PLACES / RATE  # seconds
    furthest = min(TUNING, MOST / (2 * np.pi * hop))
    tuned = np.tanh(z @ partials.tuning.kernel.numpy())[:, 2] * furthest
    assert np.abs(tuned).min() > 0.05 * TUNING / 4
    time = np.arange(samples) / RATE
    angle = 2 * np.pi * (hertz + tuned[:, None]) * time
    # Lines between places cut the corners of a circle.
    dip = 1 - np.cos(2 * np.pi * furthest * hop / 2)
    assert dip < 0.08
    expected = np.cos(angle) * LOUDNESS / 2
    inner = slice(samples - samples // PLACES)  # levels are held at the end
    difference = np.abs(sound - expected)[:, inner]
    assert difference.max() < (dip + 0.01) * LOUDNESS / 2


@pytest.mark.parametrize("places", [1, 2, 16, 63, 64])
def test_ringing_is_a_filter_of_one_pole(places):
    random = np.random.default_rng(places)
    struck = random.standard_normal((3, places, 5)).astype(np.float32)
    kept = random.uniform(0, 1, (3, 1, 5)).astype(np.float32)
    level, expected = np.zeros((3, 5)), []
    for place in range(places):
        level = kept[:, 0] * level + struck[:, place]
        expected.append(level)
    np.testing.assert_allclose(
        ring(struck, kept), np.stack(expected, axis=1), atol=1e-5
    )


def test_a_tone_that_is_struck_once_dies_away_by_itself():
    samples, places, kept = 16384, 64, 0.8
    partials = bank(samples, 4, places, kept)
    partials.roots.kernel.assign(np.eye(8)[2:3].repeat(CHANNELS, axis=0))
    features = np.zeros((2, places, CHANNELS), np.float32)
    features[:, 2] = 1
    sound = partials(features, MIDDLE)[0, :, 0].numpy()
    hop = samples // places
    assert not np.abs(sound[: hop + 1]).max() > 1e-6  # before it is struck
    levels = sound.reshape(places, hop)[3:].std(axis=1)
    decay = np.diff(np.log(levels))
    assert decay.mean() == pytest.approx(np.log(kept), rel=0.02)
    # A place is no whole number of periods.
    np.testing.assert_allclose(decay, np.log(kept), atol=0.2)


def test_what_rings_for_longer_is_no_louder_for_it():
    random = np.random.default_rng(0)
    features = random.standard_normal((40, 64, CHANNELS)).astype(np.float32)
    z = np.zeros((40, 5), np.float32)
    loud = []
    for kept in (0, 0.5, 0.9):
        partials = bank(16384, 4, 64, kept)
        kernel = np.random.default_rng(1).standard_normal((CHANNELS, 8))
        partials.roots.kernel.assign(kernel)
        sound = partials(features, z)[:, 8192:, 0].numpy()
        loud.append(20 * np.log10(sound.std()))
    # Lines between places that know nothing of each other lose 1.8 dB. As it
    # is struck, a tone that keeps 0.9 would be louder by 7.
    assert np.ptp(loud) < 3


def test_the_mean_of_features_says_how_long_a_tone_rings():
    partials = bank(4096, 2, kept=0.5)
    kernel = np.random.default_rng(0).standard_normal((CHANNELS, 2))
    partials.ringing.kernel.assign(kernel)
    features = np.random.default_rng(1).random((3, PLACES, CHANNELS))
    odds = features.mean(axis=1) @ kernel
    kept = partials._kept(np.float32(features))[:, 0]
    np.testing.assert_allclose(kept, 1 / (1 + np.exp(-odds)), rtol=1e-5)


def test_gradients_are_finite_however_long_a_tone_rings():
    import tensorflow as tf

    partials = bank(4096, 2)
    partials.ringing.bias.assign([50.0, -50.0])
    features = tf.random.stateless_uniform((2, PLACES, CHANNELS), (0, 1))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(partials(features, MIDDLE) ** 2)
    for gradient in tape.gradient(loss, partials.trainable_variables):
        assert np.isfinite(gradient).all()


def test_a_faint_tone_is_made_of_numbers_that_are_half_as_faint():
    partials = bank(4096, 4)
    loud = []
    for decibels in (0, -10, -20):
        partials.roots.bias.assign(10 ** (decibels / 20) * np.eye(8)[2])
        sound = partials(np.zeros((2, PLACES, CHANNELS)), MIDDLE).numpy()
        loud.append(20 * np.log10(np.std(sound)))
    np.testing.assert_allclose(np.diff(loud), [-20, -20], atol=1)


def test_sounds_of_many_z_share_no_lag():
    """With one tuning for all of them the same steady bank is a buzz."""
    partials = bank(16384, 64, places=64)
    partials.roots.bias.assign(np.repeat([0.3, 0], 64))
    z = np.random.default_rng(0).standard_normal((40, 5)).astype(np.float32)
    features = np.zeros((40, 64, CHANNELS))
    same = grain(partials(features, 0 * z)[:, :, 0].numpy())
    tuned = grain(partials(features, z)[:, :, 0].numpy())
    assert same > 6 and tuned < same / 2


@pytest.mark.parametrize("rate", [4000, 22050, 44100, 96000])
@pytest.mark.parametrize("count", [1, 7, 128, 512])
def test_one_frequency_lies_in_each_of_equal_bands(rate, count):
    hertz = partial_steps(count, rate, 3) / TURN * rate
    highest = min(HIGHEST, 0.47 * rate)
    low, high = np.log(CORNER + np.array([min(LOWEST, highest / 2), highest]))
    step = rate / TURN  # what rounding may move it by
    bands = [
        (np.log(CORNER + hertz + move * step / 2) - low) / (high - low) * count
        for move in (1, -1)
    ]
    assert (bands[0] >= np.arange(count)).all()
    assert (bands[1] <= np.arange(1, count + 1)).all()


def test_banks_of_two_seeds_are_tuned_apart():
    first, second = (partial_steps(64, 44100, seed) for seed in (0, 1))
    assert (first != second).mean() > 0.9


def test_a_bank_adds_nothing_before_it_has_learned():
    features = np.ones((2, PLACES, CHANNELS), np.float32)
    sound = np.asarray(bank(256, 16)(features, MIDDLE))
    assert sound.shape == (2, 256, 1) and not sound.any()
