"""R5: divergence stops the run.

Numbers that have gone wrong, put where they can go wrong.
"""

import random

import numpy as np
import pytest
import tensorflow as tf

from data_prep.store.batches import load_batches
from tests.fixtures import tiny
from tests.reliability.cases import each
from wavegan_cond.training import (
    checkpoint_folder,
    checkpoints,
    log,
    loop,
    saving,
    strategy,
)
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.spread_guard import SpreadGuard
from wavegan_cond.training.stop_signal import StopSignal

LAST = 30  # iterations of a run that is to be stopped
HUGE = 1e13  # times a batch, and a score is beyond 1e12


class Run:
    """A tiny run in this process, saved at every iteration."""

    def __init__(self, store, place, last, every=1):
        self.config = config = tiny.train_config(iterations=last)
        self.strategy = strategy.make_strategy()
        self.gan = loop.build(tiny.MODEL, config, self.strategy)
        self.run_dir, self.last, self._every = RunDir(place), last, every
        self.run_dir.create()
        size = config.batch_size * config.critic_updates
        self.batches = iter(load_batches(store, size, config.seed))
        self.observers = []

    def go(self):
        """Iterates to the end, or until it is stopped."""
        losses = log.Log(self.run_dir.log, 0)
        with StopSignal() as stop:
            saver = saving.CheckpointCallback(
                self.gan,
                self.run_dir,
                losses,
                stop,
                every=self._every,
                last=self.last,
                end=self.last,
            )
            guard = SpreadGuard(self.config)
            observers = [*self.observers, guard, losses, saver]
            loop.iterate(
                self.gan,
                self.strategy,
                self.batches,
                0,
                self.last,
                observers,
                stop,
            )


def inject_batch(factor):
    """Returns what multiplies the sounds of one batch."""

    def inject(run, moment, seed):
        run.batches = (
            (waves * factor if number == moment else waves, labels)
            for number, (waves, labels) in enumerate(run.batches, 1)
        )

    return inject


def inject_weight(run, moment, seed):
    draw = random.Random(seed)
    network = draw.choice([run.gan.generator, run.gan.critic])
    weight = draw.choice(network.trainable_variables)

    def spoil(iteration, logs):
        if iteration == moment:
            values = weight.numpy()
            values.flat[draw.randrange(values.size)] = np.nan
            weight.assign(values)

    run.observers.append(spoil)


def inject_gradient(run, moment, seed):
    optimizer = random.Random(seed).choice(
        [run.gan.critic_optimizer, run.gan.generator_optimizer]
    )
    iterations = run.gan.generator_optimizer.iterations
    apply = optimizer.apply

    def spoiled(gradients, variables=None):
        now = tf.equal(iterations.value, moment - 1)
        nan = tf.where(now, np.float32(np.nan), 0.0)
        first, *rest = gradients
        return apply([first + nan, *rest], variables)

    optimizer.apply = spoiled


INJECTIONS = {
    "NaN in a batch": inject_batch(np.nan),
    "NaN in a weight": inject_weight,
    "NaN in a gradient": inject_gradient,
    "a loss of 1e12": inject_batch(HUGE),
}


def describe(seed):
    return f"{list(INJECTIONS)[seed % len(INJECTIONS)]}, seed {seed}"


@each("seed", range(40), quick=4, label=describe)
def test_injected(store, tmp_path, seed):
    run = Run(store, tmp_path, LAST)
    moment = random.Random(seed).randrange(3, LAST - 2)
    inject = list(INJECTIONS.values())[seed % len(INJECTIONS)]
    inject(run, moment, seed)
    with pytest.raises(NonFiniteError):
        run.go()
    folder = run.run_dir.checkpoints
    path, iteration = checkpoint_folder.latest(folder)
    # A weight or a gradient shows in the losses of the next iteration.
    late = moment if seed % 4 in (1, 2) else moment - 1
    assert moment - 1 <= iteration <= late
    assert path == checkpoint_folder.committed(folder)[-1], "one is damaged"
    reader = tf.train.load_checkpoint(str(path / checkpoints.VARIABLES))
    for name in reader.get_variable_to_shape_map():
        if not name.startswith("_CHECKPOINTABLE"):
            assert np.isfinite(reader.get_tensor(name)).all(), name


@pytest.mark.full
def test_a_healthy_run_is_not_stopped(store, tmp_path):
    run = Run(store, tmp_path, 2000, every=100)
    run.go()
    assert checkpoint_folder.latest(run.run_dir.checkpoints)[1] == 2000
