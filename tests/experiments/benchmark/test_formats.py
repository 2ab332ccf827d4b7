"""The formats that are timed."""

import numpy as np

from experiments.benchmark.formats import make_players
from tests.fixtures.runs import model_config


def test_all_make_the_same_sounds(tmp_path):
    names = ["saved_model", "litert"]
    players = make_players(model_config(match_eq=True), names, tmp_path)
    z, label = np.ones((2, 3), np.float32), np.int32([0, 2])
    first, second = (players[name](z, label) for name in names)
    assert first.shape == (2, 1024)
    np.testing.assert_allclose(first, second, atol=1e-5)
