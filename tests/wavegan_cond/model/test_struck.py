"""What rings down, beside NumPy."""

import numpy as np
import pytest
import scipy.ndimage

from wavegan_cond.config import ModelConfig
from wavegan_cond.evaluation.traits import RISE_DB, rise_again
from wavegan_cond.model.networks import make_generator
from wavegan_cond.model.struck import (
    end_of_hit,
    ring_down,
    ring_down_sound,
    smooth,
)

RATE, LENGTH, PLACES = 44100, 16384, 64
SECONDS = LENGTH / RATE


@pytest.mark.parametrize("places", [1, 2, 3, 13, 64])
@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.37, 1.5])
def test_levels_are_the_lowest_since_the_hit(places, seconds):
    x = np.random.default_rng(0).standard_normal((2, places, 3))
    hit = end_of_hit(places, seconds)
    expected = x.copy()
    expected[:, hit:] = np.minimum.accumulate(x[:, hit:], axis=1)
    np.testing.assert_array_equal(ring_down(x, seconds), expected)


def hits(seed=0, count=8, ringing=(0.05, 0.2)):
    """Returns noise and a low tone that ring for some seconds, [N, T, 1]."""
    random = np.random.default_rng(seed)
    time = np.arange(LENGTH) / RATE
    decay = np.exp(-time / random.uniform(*ringing, (count, 1)))
    wave = random.standard_normal((count, LENGTH)) / 3
    wave += np.sin(2 * np.pi * random.uniform(45, 200, (count, 1)) * time)
    return (decay * wave)[:, :, None].astype(np.float32)


def ring(waves):
    return np.asarray(ring_down_sound(waves, PLACES, SECONDS))


def test_what_rings_down_is_left_as_it_is():
    np.testing.assert_array_equal(ring(hits()), hits())


def test_what_hardly_rings_down_is_left_nearly_as_it_is():
    """Its noise is by chance a little louder at times than it was."""
    waves = hits(ringing=(0.2, 0.5))
    difference = ring(waves) - waves
    assert np.abs(difference[:, : round(0.05 * RATE)]).max() == 0
    heard = 10 * np.log10((difference**2).sum() / (waves**2).sum())
    assert -70 < heard < -40


@pytest.mark.parametrize("dip", [0.3, 0.1, 0.01])
def test_a_sound_that_swells_after_the_hit_does_no_longer(dip):
    """It sinks from 60 ms on, and is back at 200 ms."""
    time = np.arange(LENGTH) / RATE
    depth = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip(time - 0.06, 0, 0.14) / 0.14)
    waves = hits() * np.exp(np.log(dip) * depth)[:, None].astype(np.float32)
    waves[:, round(0.2 * RATE) :] *= 3
    before, after = (rise_again(w[:, :, 0], RATE) for w in (waves, ring(waves)))
    assert (before > RISE_DB).mean() > 0.7
    assert (after < RISE_DB).all() and (after < before).all()


@pytest.mark.parametrize("scale", [1e-3, 30.0])
def test_gain_means_nothing_to_it(scale):
    waves = hits(1)
    waves[:, 9000:] *= 5
    ratio = ring(scale * waves) / scale - ring(waves)
    audible = np.abs(ring(waves)).max()
    assert np.abs(ratio).max() < 1e-3 * audible


def test_silence_stays_silent_and_has_a_slope():
    import tensorflow as tf

    wave = tf.Variable(np.zeros((1, LENGTH, 1), np.float32))
    with tf.GradientTape() as tape:
        made = ring_down_sound(wave, PLACES, SECONDS)
        loss = tf.reduce_sum(made)
    assert not made.numpy().any()
    assert np.isfinite(tape.gradient(loss, wave).numpy()).all()


def test_what_ends_within_the_hit_is_left_as_it_is():
    sound = np.random.default_rng(0).uniform(-1, 1, (2, 256, 1))
    kept = ring_down_sound(sound, 64, 256 / RATE)
    np.testing.assert_array_equal(kept, sound)


def test_a_generator_with_an_envelope_swells_less_but_in_training():
    """Untrained, its level jumps at every place."""
    model = ModelConfig(length=LENGTH, width=2, latent_dim=8, envelope=True)
    network = make_generator(model)
    random = np.random.default_rng(0)
    network.set_weights(
        [
            weight + random.normal(0, 0.3 * np.std(weight) + 1e-3, weight.shape)
            for weight in network.get_weights()
        ]
    )
    z = 3 * random.standard_normal((12, model.latent_dim)).astype(np.float32)
    label = np.arange(12) % len(model.classes)
    rises = []
    for training in (False, True):
        made = np.asarray(network(z, label, training=training))[:, :, 0]
        rises.append(rise_again(made, RATE))
    assert np.median(rises[0] / rises[1]) < 0.6
    assert (rises[0] < rises[1]).all()


@pytest.mark.parametrize("side", [0, 1, 3])
def test_a_level_is_smoothed_with_its_ends_held(side):
    x = np.random.default_rng(0).random((2, 16)).astype(np.float32)
    window = np.hanning(2 * side + 3)[1:-1]
    expected = scipy.ndimage.convolve1d(
        x.astype(float), window / window.sum(), mode="nearest"
    )
    np.testing.assert_allclose(smooth(x, side), expected, atol=1e-6)


@pytest.mark.parametrize("places", [1, 2, 3, 13, 64])
@pytest.mark.parametrize("seconds", [0.01, 0.1, 0.37, 1.5])
def test_the_hit_ends_at_the_place_next_to_60_ms(places, seconds):
    hit, apart = end_of_hit(places, seconds), seconds / places
    off = hit * apart - 0.06
    assert 0 <= hit < places and off <= apart / 2 + 1e-9
    assert off >= -apart / 2 - 1e-9 or hit == places - 1


@pytest.mark.parametrize("places", [16, 64])
def test_a_sound_has_the_lowest_level_since_the_hit(places):
    """In double precision: levels of 40 ms, the lowest since 60 ms."""
    waves = hits(2)
    waves[:, 6000:] *= 5
    power = np.square(waves.astype(float)).reshape(len(waves), places, -1)
    window = np.hanning(
        2 * max(0, round((0.04 * places / SECONDS - 1) / 2)) + 3
    )[1:-1]
    power = scipy.ndimage.convolve1d(
        power.mean(axis=2), window / window.sum(), mode="nearest"
    )
    lowest, hit = np.sqrt(power), round(0.06 * places / SECONDS)
    lowest[:, hit:] = np.minimum.accumulate(lowest[:, hit:], axis=1)
    at, hop = np.arange(LENGTH), LENGTH // places
    gains = [np.interp(at, at[::hop], row) for row in lowest / np.sqrt(power)]
    found = ring_down_sound(waves, places, SECONDS)
    np.testing.assert_allclose(
        found[:, :, 0], gains * waves[:, :, 0], atol=1e-5
    )
