import types

import numpy as np
import pytest

from experiments.common import cli, training_advice
from experiments.common.flag_text import CONFIGS
from experiments.common.operations import multiplications
from wavegan_cond.config import ModelConfig, TrainConfig


@pytest.fixture
def store():
    """Returns a function that makes what advice asks of a store."""

    def make(train, held_out, length=64, validation=0.1):
        labels = np.repeat(np.arange(len(held_out)), held_out)
        return types.SimpleNamespace(
            classes=("kick", "snare")[: len(held_out)],
            train=train,
            length=length,
            info={"settings": {"validation": validation}},
            split=lambda side: (None, labels),
        )

    return make


def test_few_sounds_are_said(store):
    few, only = training_advice.advise(store(36, [2, 20]))
    assert "(2 kick)" in few and "20 of each class" in few
    assert "only 36 sounds" in only and "poorly" in only


def test_enough_sounds_are_not_mentioned(store):
    assert not list(training_advice.advise(store(500, [20, 20])))
    assert not list(training_advice.advise(store(500, [0, 0], validation=0)))


def test_the_time_is_said_of_sounds_that_the_preset_takes(store, monkeypatch):
    monkeypatch.setattr(training_advice, "matmul_speed", lambda: 30.0)
    for fast, hours in ((True, 8), (False, 13)):
        monkeypatch.setattr(
            training_advice.precision, "cpu_has_bfloat16", lambda _, f=fast: f
        )
        (line,) = training_advice.advise(store(500, [20], length=16384))
        assert "best.flags" in line and f"roughly {hours} hours" in line


def test_times_are_said_with_one_digit_that_counts():
    hours = training_advice.training_hours(170.0, True)
    assert training_advice.in_words(hours) == "80 minutes"
    assert training_advice.in_words(0.01) == "10 minutes"
    assert training_advice.in_words(7.4) == "7 hours"


def test_the_speed_is_measured_fast():
    assert training_advice.matmul_speed(1) > 0


def test_the_arithmetic_is_of_the_preset():
    flags = cli.make_flags(ModelConfig, TrainConfig)
    lines = (CONFIGS / "best.flags").read_text().splitlines()
    known = [line for line in lines if line[2:].split("=")[0] in flags]
    flags(["train", *known])
    model = cli.read_config(ModelConfig, flags)
    train = cli.read_config(TrainConfig, flags)
    generator, critic = multiplications(model.width, model.length)
    # Both forward, and backward through the weights, the input or both.
    update = generator + 10 * critic
    step = 3 * generator + 2 * critic
    count = 2 * train.batch_size * (train.critic_updates * update + step)
    assert model.length == training_advice.LENGTH
    assert train.iterations == training_advice.ITERATIONS
    assert count / 1e9 == pytest.approx(training_advice.GFLOP, rel=1e-2)
