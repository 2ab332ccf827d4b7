"""The envelope that features make, beside lines between their sizes."""

import numpy as np

from wavegan_cond.model.envelope import FLOOR, GAIN, envelope


def test_it_is_the_size_of_features_in_lines_between_places():
    features = np.random.default_rng(0).standard_normal((3, 8, 5))
    size = GAIN * np.sqrt((features**2).mean(axis=2) + FLOOR)
    time, places = np.arange(64), np.arange(0, 64, 8)
    expected = [np.interp(time, places, row) for row in size]
    made = np.asarray(envelope(features.astype(np.float32), 64))
    np.testing.assert_allclose(made[:, :, 0], expected, rtol=1e-5)


def test_where_features_are_silent_it_is_60_db_down_at_least():
    features = np.zeros((1, 4, 6), np.float32)
    features[0, 0] = 1
    made = np.asarray(envelope(features, 16))[0, :, 0]
    assert (made[4:] <= 1e-3 * made[0] + 1e-6).all()
