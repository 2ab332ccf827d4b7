"""The operations of a step, counted twice."""

import math

import pytest

from experiments.common.operations import multiplications
from wavegan_cond.config import ModelConfig
from wavegan_cond.model.networks import make_networks


def test_multiplications_of_one_block_and_of_the_paper():
    # d = 1, T = 64: one block, 16 -> 64 samples, from 1 + 1 channels to 1.
    generator, critic = multiplications(1, 64)
    assert generator == 16 * 7 * 4 * 2
    assert critic == 16 * 25 * 2
    # Folding saves 25 * 4 / 28 of the multiplications of the paper's G.
    generator, critic = multiplications(64, 16384)
    assert generator * 100 / 28 == pytest.approx(3.38e9, rel=0.01)
    assert critic == pytest.approx(0.85e9, rel=0.01)


def test_multiplications_are_those_of_the_layers():
    """At a length at which one block is by 2."""
    generator, critic = make_networks(ModelConfig(width=2, length=32768))
    up, down, samples = 0, 0, 16
    for block in (*generator.up, generator.to_audio):
        of_a_tap = math.prod(block.kernel.shape) // 25
        up += samples * block.factor * block.taps * of_a_tap
        samples *= block.factor
    samples = 16
    for block in reversed(critic.down):
        down += samples * math.prod(block.kernel.shape)
        samples *= block.factor
    assert multiplications(2, 32768) == (up, down)
