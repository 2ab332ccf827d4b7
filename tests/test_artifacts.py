"""The comb index hears the tones it is meant for, and no others."""

import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.evaluation.artifacts import comb_index
from wavegan_cond.networks import make_generator

LENGTH = 16384


def noise(count=40):
    random = np.random.default_rng(0)
    return random.standard_normal((count, LENGTH)).astype(np.float32) / 10


def test_noise_has_none():
    for value in comb_index(noise()).values():
        assert abs(value) < 1.5


def test_a_tone_is_heard_at_its_level_and_louder_the_louder():
    time = np.arange(LENGTH)
    for k in (1, 2, 3):
        tone = np.sin(2 * np.pi * time / 4**k).astype(np.float32)
        found = [
            comb_index(noise() + 10 ** (level / 20) * tone)
            for level in (-70, -50, -40, -30, -20)
        ]
        assert np.all(np.diff([index[k] for index in found]) > 0)
        others = [j for j in (1, 2, 3) if j != k]
        for j in others:
            assert found[-1][j] - found[0][j] < found[-1][k] - found[0][k]


def test_transposed_convolution_is_told_from_nearest_neighbour_untrained():
    z = np.random.default_rng(1).standard_normal((64, 8)).astype(np.float32)
    label = np.arange(64) % 3
    worst = {}
    for upsampling in ("nn", "zeros"):
        model = ModelConfig(width=8, latent_dim=8, upsampling=upsampling)
        waves = np.asarray(make_generator(model)(z, label))[:, :, 0]
        worst[upsampling] = comb_index(waves)
    assert worst["zeros"][1] > worst["nn"][1] + 10
    assert worst["zeros"][2] > worst["nn"][2] + 10
