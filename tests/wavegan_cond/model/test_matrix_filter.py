"""The filter as matrix products, beside SciPy's convolution."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from wavegan_cond.model.match_eq import num_taps
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
