"""The PyTorch baseline is the same model, so the race is fair.

Nothing of it can be tried without PyTorch.
"""

import importlib.util

import numpy as np
import pytest

from experiments.benchmark.pytorch import count_parameters
from wavegan_cond.config import ModelConfig
from wavegan_cond.model.networks import make_networks

if importlib.util.find_spec("torch") is None:
    pytest.skip("PyTorch is missing", allow_module_level=True)

import torch

from experiments.benchmark.pytorch_wavegan import Critic, Generator


def test_parameters_are_as_many_as_the_projects():
    with torch.device("meta"):
        networks = Generator(64, 16384, 100), Critic(64, 16384)
    counts = [count_parameters(each) for each in networks]
    assert counts == [19_079_111, 18_265_303]


def give_weights(network, other, rng):
    """Draws biases for the first network, and gives the second its weights."""
    parameters = list(other.parameters())
    for weights, copy in zip(network.weights, parameters, strict=True):
        if weights.name == "bias":
            weights.assign(rng.normal(size=weights.shape, scale=0.1))
        value = weights.numpy()
        if weights.name == "kernel":
            value = value.T  # channels first
        assert copy.shape == value.shape
        copy.data = torch.from_numpy(np.ascontiguousarray(value))


@pytest.mark.parametrize("length", [1024, 32768])
def test_networks_give_the_sounds_and_scores_of_the_project(length):
    ours = make_networks(ModelConfig(length=length, width=1, latent_dim=3))
    theirs = Generator(1, length, 3), Critic(1, length)
    rng = np.random.default_rng(0)
    for network, other in zip(ours, theirs, strict=True):
        give_weights(network, other, rng)
    z = rng.normal(size=(4, 3)).astype("f4")
    wave = rng.uniform(-1, 1, (4, length, 1)).astype("f4")
    label = np.array([0, 1, 2, 0])
    shifts = [(-2, 1, 0, 2, -1, 1)[i] for i in range(ours[1].num_shifts)]
    with torch.no_grad():
        tensors = [torch.from_numpy(each) for each in (z, wave, label)]
        sounds = theirs[0](tensors[0], tensors[2])
        heard = tensors[1].transpose(1, 2), tensors[2]
        scores = theirs[1](*heard, shifts)
        compiled_form = theirs[1](*heard, torch.tensor(shifts))
    expected = np.asarray(ours[0](z, label))
    np.testing.assert_allclose(sounds.transpose(1, 2), expected, atol=1e-5)
    expected = np.asarray(ours[1](wave, label, np.array(shifts)))
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(scores, compiled_form)
