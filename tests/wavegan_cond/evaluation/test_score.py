"""The score of a checkpoint is lower for what is nearer to held-out sounds."""

import functools

import numpy as np
import pytest

from data_prep.audio.waveform import fit_length
from data_prep.kit import demo_kit
from wavegan_cond.evaluation.score import SOUNDS, Score

CLASSES = ("kick", "snare")
LENGTH = 4096


@functools.cache
def drums(seed):
    """[2 classes][SOUNDS, LENGTH] of the demo kit."""
    return [
        np.stack(
            [
                fit_length(demo_kit.sound(name, seed, index), LENGTH)
                for index in range(1, SOUNDS + 1)
            ]
        ).astype(np.float32)
        for name in CLASSES
    ]


@pytest.fixture(scope="module")
def score():
    return Score(np.concatenate(drums(0)), drums(1), 3, "normal")


def test_controls_are_ordered(score):
    real, noise = drums(2), np.random.default_rng(0)

    def right(z, label):
        return real[label[0]]

    def muffled(z, label):
        waves = real[label[0]]
        return (waves + np.roll(waves, 1, 1) + np.roll(waves, 2, 1)) / 3

    def wrong(z, label):
        return real[1 - label[0]]

    def hiss(z, label):
        waves = noise.uniform(-1, 1, (len(z), LENGTH))
        return waves.astype(np.float32)

    found = [score(make) for make in (right, muffled, wrong, hiss)]
    assert abs(found[0]) < 1 and np.all(np.diff(found) > 0)


def test_it_asks_for_every_class_from_the_same_z(score):
    asked = []

    def make(z, label):
        asked.append((z.copy(), set(label)))
        return drums(2)[label[0]]

    score(make)
    assert [labels for _, labels in asked] == [{0}, {1}]
    np.testing.assert_array_equal(asked[0][0], asked[1][0])
    assert asked[0][0].shape == (SOUNDS, 3)
