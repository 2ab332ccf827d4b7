"""The bank of partials, beside sines in double precision."""

import numpy as np
import pytest

from wavegan_cond.model.partials import (
    CORNER,
    HIGHEST,
    LOUDNESS,
    LOWEST,
    TURN,
    Partials,
    partial_steps,
)

PLACES, CHANNELS = 16, 3


def bank(samples, count, rate=44100):
    partials = Partials(samples, count, rate, seed=0)
    partials.build((None, PLACES, CHANNELS))
    return partials


@pytest.mark.parametrize("samples", [64, 4096, 65536])
def test_each_partial_is_the_sine_of_its_levels(samples):
    """Exactly to the end: no phase is lost however long the partials ring."""
    random = np.random.default_rng(0)
    partials = bank(samples, 4)
    kernel = random.standard_normal((CHANNELS, 8)).astype(np.float32)
    partials.levels.kernel.assign(kernel)
    features = random.standard_normal((2, PLACES, CHANNELS)).astype(np.float32)
    levels = np.float64(features) @ kernel  # [B, N, 8]
    # Straight lines between places, held behind the last one.
    time = np.arange(samples)
    places = np.arange(PLACES) * samples / PLACES
    levels = np.array(
        [
            [np.interp(time, places, levels[b, :, p]) for p in range(8)]
            for b in range(2)
        ]
    )  # [B, 8, T]
    turns = partial_steps(4, 44100, 0) / TURN
    angle = 2 * np.pi * turns[:, None] * time
    waves = np.concatenate([np.cos(angle), np.sin(angle)]) * LOUDNESS / 2
    expected = (levels * waves).sum(axis=1)
    np.testing.assert_allclose(partials(features)[:, :, 0], expected, atol=2e-4)


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
    sound = np.asarray(bank(256, 16)(features))
    assert sound.shape == (2, 256, 1) and not sound.any()
