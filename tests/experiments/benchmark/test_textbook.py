"""The baseline of the benchmark is the same model, so the race is fair."""

import numpy as np
import pytest

from experiments.benchmark.textbook import make_textbook_networks
from wavegan_cond.config import ModelConfig
from wavegan_cond.model.networks import make_networks


@pytest.mark.parametrize("length", [1024, 32768])
def test_textbook_networks_give_the_same_sounds_and_scores(length):
    config = ModelConfig(length=length, width=2, latent_dim=3)
    plain = make_textbook_networks(config)
    ours = make_networks(config, seed=4)
    for a, b in zip(plain, ours, strict=True):
        a.set_weights(b.get_weights())
    random = np.random.default_rng(0)
    z = random.normal(size=(4, 3)).astype(np.float32)
    wave = random.uniform(-1, 1, (4, length, 1)).astype(np.float32)
    label = np.array([0, 1, 2, 0])
    shifts = np.resize([-2, 1], ours[1].num_shifts)
    np.testing.assert_allclose(plain[0](z, label), ours[0](z, label), atol=1e-5)
    np.testing.assert_allclose(
        plain[1](wave, label, shifts), ours[1](wave, label, shifts), rtol=1e-4
    )
