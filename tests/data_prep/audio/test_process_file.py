"""Rows of a store: ramps at both ends."""

import numpy as np

from data_prep.audio.process_file import Shape, shape_sound


def test_a_row_has_one_ramp_in_front_and_the_other_at_its_end():
    shape = Shape(1000, "16", "25%", False)
    for length, fall in ((1200, 250), (400, 100)):
        row = shape_sound(np.full(length, 0.5, np.float32), shape)
        expected = np.zeros(1000)
        end = min(length, 1000)
        expected[:end] = 1
        expected[:16] = np.arange(16) / 16
        expected[end - fall : end] = np.arange(fall)[::-1] / fall
        np.testing.assert_allclose(row, expected, atol=1e-6)
