"""The baseline of the benchmark is the same model, so the race is fair."""

import numpy as np

from experiments.benchmark.textbook import make_textbook_networks
from wavegan_cond.config import ModelConfig
from wavegan_cond.model.networks import make_networks


def test_textbook_networks_give_the_same_sounds_and_scores():
    config = ModelConfig(length=1024, width=2, latent_dim=3)
    plain = make_textbook_networks(config)
    ours = make_networks(config, seed=4)
    for a, b in zip(plain, ours, strict=True):
        a.set_weights(b.get_weights())
    random = np.random.default_rng(0)
    z = random.normal(size=(4, 3)).astype(np.float32)
    wave = random.uniform(-1, 1, (4, 1024, 1)).astype(np.float32)
    label, shifts = np.array([0, 1, 2, 0]), np.array([-2, 1])
    np.testing.assert_allclose(plain[0](z, label), ours[0](z, label), atol=1e-5)
    np.testing.assert_allclose(
        plain[1](wave, label, shifts), ours[1](wave, label, shifts), rtol=1e-4
    )
