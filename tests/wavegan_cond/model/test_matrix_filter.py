"""The filter as matrix products, beside SciPy's convolution."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from wavegan_cond.model.match_eq import equalize, num_taps
from wavegan_cond.model.matrix_filter import MatrixFilter


def drawn(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype("f4")


@pytest.mark.parametrize("length", [64, 128, 1024, 4096, 16384, 32768])
def test_it_is_the_convolution(length):
    taps, wave = drawn(0, 3, num_taps(length)), drawn(1, 4, length)
    weights = np.float32([[1, 0, 0], [0, 0, 1], [0.5, 0.2, 0.3], [-1, 2, 0]])
    found = MatrixFilter(taps, length)(wave, weights)
    mixed = weights.astype("f8") @ taps
    expected = fftconvolve(wave.astype("f8"), mixed, axes=1)[:, :length]
    error = np.abs(found - expected).max() / np.abs(expected).max()
    assert error < 2e-6


def test_nothing_comes_round_from_the_end():
    taps = np.zeros((1, 256), "f4")
    taps[0, 255] = 1
    wave = drawn(0, 1, 1024)
    found = np.asarray(MatrixFilter(taps, 1024)(wave, np.ones((1, 1), "f4")))
    np.testing.assert_allclose(found[:, 255:], wave[:, :-255], atol=1e-5)
    np.testing.assert_allclose(found[:, :255], 0, atol=1e-5)


def test_it_takes_the_place_of_the_transform():
    taps, wave = drawn(0, 2, 1024) / 32, drawn(1, 2, 4096) / 8
    weights = np.float32([[1, 0], [0.3, 0.7]])
    found = np.asarray(MatrixFilter(taps, 4096)(wave, weights))
    expected = np.asarray(equalize(wave[:, :, None], taps, weights))[:, :, 0]
    scale = np.maximum(np.abs(found).max(axis=1, keepdims=True), 1)
    np.testing.assert_allclose(found / scale, expected, atol=1e-6)
