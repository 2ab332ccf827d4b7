"""The distance between sounds: what it hears, and what it does not."""

import numpy as np
import pytest
import tensorflow as tf

from wavegan_cond.synthesis import spectral_distance as sd

RATE, LENGTH = 44100, 4096


def tone(hz, amplitude=1.0):
    time = np.arange(LENGTH) / RATE
    wave = amplitude * np.sin(2 * np.pi * hz * time) * np.exp(-20 * time)
    return wave.astype(np.float32)


def away(one, other):
    return float(
        sd.distance(*(sd.spectra(w[None], RATE) for w in (one, other)))[0]
    )


def test_a_sound_is_where_it_is_however_loud_or_inverted():
    assert away(tone(200), tone(200)) == 0
    assert away(tone(200), tone(200, -0.1)) < 1e-3


def test_it_grows_with_the_interval():
    intervals = [away(tone(200), tone(200 * 2**i)) for i in (1 / 12, 0.5, 1, 3)]
    assert intervals == sorted(intervals) and intervals[0] > 0.1


def test_it_is_a_difference_in_decibels():
    silence = np.zeros((1, LENGTH), np.float32)
    # The floor in every cell: the weights of all cells sum to 1.
    assert float(sd.spectra(silence, RATE).numpy().sum()) == pytest.approx(-80)


def test_bands_share_out_every_bin_once():
    for window in sd.RESOLUTIONS:
        bands = sd._bands(window) * window
        assert bands.sum(axis=0) == pytest.approx(1, abs=1e-5)
        assert ((bands > 0).sum(axis=1) == 1).all()
        assert bands.shape[1] <= sd.RESOLUTIONS[window] + 1


def test_the_beginning_counts_more_than_the_end():
    noise = np.random.default_rng(0).standard_normal(4 * LENGTH)
    noise = noise.astype(np.float32)
    early, late = noise.copy(), noise.copy()
    early[:512] *= 0.1
    late[-512:] *= 0.1
    # 3.3 to 1 by the weights alone; but the end stands in two more of the long
    # windows, which reach behind it.
    assert away(noise, early) > 1.3 * away(noise, late)


def test_its_gradient_is_finite_of_silence_too():
    target = sd.spectra(tone(200)[None], RATE)
    for wave in (tone(300), np.zeros(LENGTH, np.float32)):
        audio = tf.constant(wave[None])
        with tf.GradientTape() as tape:
            tape.watch(audio)
            far = sd.distance(sd.spectra(audio, RATE), target)
        assert np.isfinite(tape.gradient(far, audio)).all()


@pytest.mark.parametrize("length", [16, 64, 1000])
def test_short_sounds_have_the_windows_that_fit(length):
    wave = np.ones((2, length), np.float32)
    assert np.isfinite(sd.spectra(wave, RATE)).all()
