"""The noise of a generator: its own planes by z, or what it is given."""

import numpy as np
import pytest

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.networks import make_generator
from wavegan_cond.schedule import Stage

TINY = {"length": 256, "width": 2, "latent_dim": 4, "embedding_dim": 6}


def noisy_generator(**settings):
    generator = make_generator(ModelConfig(**{**TINY, **settings}, noise=True))
    for number, mix in enumerate(generator.noise_mixes):
        mix.assign(np.full(mix.shape, 0.5 + number))
    return generator


def own_noise(generator, z):
    """Planes weighted by (z, 1) over its length, in double precision."""
    planes = [plane.numpy() for plane in generator.noise_planes]
    weights = np.append(z, np.ones((len(z), 1)), axis=1)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    return np.einsum("bk,kts->bts", weights, np.concatenate(planes, axis=1))


def test_noise_is_the_models_own_by_z_unless_it_is_given():
    generator = noisy_generator()
    random = np.random.default_rng(0)
    z = random.normal(size=(2, TINY["latent_dim"])).astype(np.float32)
    label = np.array([0, 1])
    own = np.float32(own_noise(generator, z))
    assert own.shape[1:] == generator.noise_shape
    sounds = np.asarray(generator(z, label))
    np.testing.assert_array_equal(sounds, generator(z, label))
    np.testing.assert_allclose(generator(z, label, own), sounds, atol=1e-6)
    own[1] = random.normal(size=own[1].shape)
    other = np.asarray(generator(z, label, own))
    np.testing.assert_allclose(other[0], sounds[0], atol=1e-6)
    assert np.abs(other[1] - sounds[1]).max() > 1e-3


@pytest.mark.parametrize("scale", [0, 0.01, 1, 100])
def test_own_noise_has_one_deviation_whatever_z_is(scale):
    generator = noisy_generator(length=4096, latent_dim=16)
    z = scale * np.random.default_rng(1).normal(size=(20, 16))
    noise = own_noise(generator, z)
    assert noise.std() == pytest.approx(1, abs=0.03)
    given = generator(np.float32(z), np.zeros(20, int), np.float32(noise))
    own = generator(np.float32(z), np.zeros(20, int))
    np.testing.assert_allclose(own, given, atol=1e-5)


def test_a_generator_of_one_block_has_no_place_for_noise():
    """It is the first stage of one that grows."""
    model = ModelConfig(**TINY | {"length": 256}, noise=True)
    stage = Stage(0, 64, 0, 9, 0, 4, 1e-4)
    generator = make_generator(model, stage=stage)
    assert not generator.noise_planes
    z, label = np.ones((1, TINY["latent_dim"]), np.float32), np.zeros(1, int)
    assert generator(z, label).shape == (1, 64, 1)


def test_sounds_of_other_z_have_other_noise():
    generator = noisy_generator(length=4096, latent_dim=16)
    z = np.random.default_rng(2).normal(size=(40, 16))
    flat = own_noise(generator, z).reshape(40, -1)
    alike = np.corrcoef(flat)[np.triu_indices(40, 1)]
    assert np.abs(alike).mean() < 0.3
    near = np.corrcoef(
        own_noise(generator, z[0] + [[0.0], [0.01]]).reshape(2, -1)
    )
    assert near[0, 1] > 0.999
