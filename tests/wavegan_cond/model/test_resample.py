"""Down and up by 4: alignment, aliasing on a sweep, exact ends of a fade."""

import numpy as np
import pytest
import scipy.signal
from keras import ops

from wavegan_cond.model import resample
from wavegan_cond.model.resample import downsample, upsample

LENGTH = 16384
INSIDE = slice(256, -256)  # away from the edges, behind which is silence


def sine(frequency, length=LENGTH):
    """[1, T, 1]; frequency in cycles a sample."""
    time = np.arange(length)
    wave = np.sin(2 * np.pi * frequency * time + 0.3)
    return wave.astype(np.float32)[None, :, None]


def power(wave):
    return float(np.mean(np.square(np.asarray(wave)[0, INSIDE, 0])))


@pytest.mark.parametrize("frequency", [0.001, 0.02, 0.07, 0.095])
def test_what_fits_the_low_rate_comes_through_unmoved(frequency):
    wave = sine(frequency)
    low = np.asarray(downsample(wave, LENGTH // 4))
    error = (low - wave[:, ::4])[0, INSIDE]
    assert np.abs(error).max() < 2e-3  # -54 dB
    back = np.asarray(upsample(low, LENGTH))
    assert np.abs((back - wave)[0, INSIDE]).max() < 4e-3


def test_a_sweep_leaves_no_alias_where_a_mean_leaves_a_third():
    """Aliasing of the filter, beside that of a mean over 4 samples.

    From 1.1 times the low rate's Nyquist frequency on, nothing of a sine may
    be left. A mean over 4 leaves at worst -5 dB.
    """
    worst = {"sinc": 0.0, "mean": 0.0}
    for frequency in np.linspace(0.1375, 0.49, 60):
        wave = sine(frequency)
        low = downsample(wave, LENGTH // 4)
        mean = wave.reshape(1, -1, 4, 1).mean(axis=2)
        worst["sinc"] = max(worst["sinc"], power(low) / 0.5)
        worst["mean"] = max(worst["mean"], power(mean) / 0.5)
    assert 10 * np.log10(worst["sinc"]) < -75
    assert 10 * np.log10(worst["mean"]) > -6


def test_it_is_scipys_polyphase_resampler_with_the_same_taps():
    random = np.random.default_rng(0)
    wave = random.standard_normal((2, 4096, 1)).astype(np.float32)
    taps = resample.low_pass().astype(np.float64)
    down = scipy.signal.resample_poly(wave, 1, 4, axis=1, window=taps)
    np.testing.assert_allclose(downsample(wave, 1024), down, atol=1e-5)
    up = scipy.signal.resample_poly(wave, 4, 1, axis=1, window=taps)
    np.testing.assert_allclose(upsample(wave, 16384), up, atol=1e-5)


def test_several_steps_are_one_step_after_the_other():
    random = np.random.default_rng(1)
    wave = random.standard_normal((3, 4096, 1)).astype(np.float32)
    twice = downsample(downsample(wave, 1024), 256)
    np.testing.assert_array_equal(downsample(wave, 256), twice)
    assert downsample(wave, 4096) is wave and upsample(wave, 4096) is wave


def test_the_ends_of_a_fade_are_exact():
    random = np.random.default_rng(2)
    wave = random.standard_normal((2, 1024, 1)).astype(np.float32)
    fine = np.asarray(downsample(wave, 256))
    coarse = np.asarray(upsample(downsample(fine, 64), 256))
    for fade, expected in ((0.0, coarse), (1.0, fine)):
        blended = resample.blend_real(wave, 256, ops.convert_to_tensor(fade))
        np.testing.assert_array_equal(blended, expected)
    half = resample.blend_real(wave, 256, 0.5)
    np.testing.assert_allclose(half, (coarse + fine) / 2, atol=1e-6)
