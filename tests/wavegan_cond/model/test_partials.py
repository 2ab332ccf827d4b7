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
    TUNING,
    TURN,
    Partials,
    partial_steps,
)
from wavegan_cond.model.struck import HIT

PLACES, CHANNELS = 16, 3
RATE = 44100
MIDDLE = np.zeros((2, 5), np.float32)  # a z that tunes nothing


def bank(samples, count, places=PLACES):
    partials = Partials(samples, count, RATE, seed=0)
    partials.build((None, places, CHANNELS), MIDDLE.shape)
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
    length = np.hypot(length, FAINT)
    hit = min(round(HIT * RATE * PLACES / samples), PLACES - 1)
    lowest = np.minimum.accumulate(length[:, hit:], axis=1)
    levels = roots * length
    levels[:, hit:] *= (lowest / length[:, hit:]) ** 2
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


@pytest.mark.parametrize("rate", [16000, 44100])
@pytest.mark.parametrize("samples", [4096, 16384, 65536])
def test_no_tone_grows_once_the_hit_is_over(samples, rate):
    random = np.random.default_rng(0)
    partials = Partials(samples, 1, rate, seed=0)
    partials.build((None, 64, CHANNELS), MIDDLE.shape)
    partials.roots.kernel.assign(random.standard_normal((CHANNELS, 2)))
    features = random.standard_normal((2, 64, CHANNELS)).astype(np.float32)
    features *= np.linspace(0.1, 2, 64)[:, None]  # they grow
    roots = partials.roots(features.reshape(-1, CHANNELS))
    levels = partials._levels(np.reshape(roots, (2, 64, 2)), MIDDLE)
    loud = np.linalg.norm(levels, axis=2)
    seconds = np.arange(64) * samples / 64 / rate
    # Next to no level goes for one: a tone that has died has a slope still.
    rises = np.diff(loud, axis=1) > 1.01 * FAINT**2
    struck = seconds[1:] > HIT + samples / 64 / rate
    assert not rises[:, struck].any()
    before = rises[:, seconds[1:] < HIT - samples / 64 / rate]
    assert before.shape[1] < 2 or before.any()


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
