import numpy as np
import pytest

from data_prep.kit import synthesis

RATE = 44100


def centroid(samples):
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return (power * hz).sum() / power.sum()


def test_a_sum_of_partials_is_the_sum_of_decaying_sines():
    n, t = 1000, np.arange(1000) / RATE
    hz, levels = np.array([440.0, 5000.0]), np.array([1.0, 0.3])
    times, turns = np.array([0.02, 0.005]), np.array([0.0, 0.4])
    expected = sum(
        level * np.cos(2 * np.pi * (f * t + turn)) * np.exp(-t / time)
        for f, level, time, turn in zip(hz, levels, times, turns, strict=True)
    )
    made = synthesis.partials(hz, levels, times, turns, n)
    np.testing.assert_allclose(made, expected, atol=1e-9)


def test_noise_has_the_colour_and_the_decay_asked_for():
    rng = np.random.default_rng(0)
    colour = synthesis.band(4000, 0.3)
    hiss = synthesis.noise(rng, 16384, colour, 0.05, 0.0)
    assert np.abs(hiss).max() == 1
    assert centroid(hiss) == pytest.approx(4000, rel=0.15)
    energy = (hiss.reshape(-1, 2048) ** 2).mean(axis=1)[:5]
    slope = np.polyfit(np.arange(5) * 2048 / RATE, np.log(energy), 1)[0]
    assert slope == pytest.approx(-2 / 0.05, rel=0.15)


def test_treble_dies_first():
    rng = np.random.default_rng(0)
    hiss = synthesis.noise(rng, 16384, np.ones(129), 0.1, 0.7)
    assert centroid(hiss[8192:]) < 0.6 * centroid(hiss[:2048])


def test_an_equaliser_of_nothing_changes_nothing():
    rng = np.random.default_rng(0)
    wet = synthesis.equalise(rng.normal(size=5000), np.zeros(7), 1e6)
    dry = np.random.default_rng(0).normal(size=5000)
    np.testing.assert_allclose(wet, dry, atol=1e-4)


def test_an_equaliser_gives_its_gains_and_cuts_the_treble():
    click = np.zeros(4096)
    click[0] = 1
    wet = synthesis.equalise(click, np.full(7, 6.0), 5000)
    gains = 20 * np.log10(np.abs(np.fft.rfft(wet)))
    hz = np.fft.rfftfreq(4096, 1 / RATE)
    np.testing.assert_allclose(gains[(hz > 50) & (hz < 4900)], 6, atol=0.1)
    octave_up = np.abs(hz - 10000).argmin()
    assert gains[octave_up] == pytest.approx(6 - 60, abs=0.5)


def test_a_stretched_decay_is_over_after_70_db():
    for decay, shape in ((0.05, 0.7), (0.1, 1.0), (0.1, 2.0)):
        n = synthesis.samples_of(decay, shape)
        end = synthesis.envelope(np.array([n / RATE]), 1e-4, decay, shape)
        assert 20 * np.log10(end[0]) == pytest.approx(-70, abs=0.1)


def test_a_squashed_wave_keeps_its_peak_and_is_louder():
    wave = np.sin(np.arange(1000) / 10) * np.linspace(1, 0, 1000)
    soft, hard = synthesis.squash(wave, 1e-3), synthesis.squash(wave, 5)
    assert np.abs(soft).max() == np.abs(hard).max() == 1
    np.testing.assert_allclose(soft, wave / np.abs(wave).max(), atol=1e-6)
    assert (hard**2).mean() > 2 * (soft**2).mean()
