"""R5: numbers that have gone wrong, put where they can go wrong."""

import functools
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from data_prep.store.batches import load_batches
from tests.reliability import tiny
from tests.reliability.row import Case
from wavegan_cond.training import callbacks, checkpoints, loop, strategy
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal

LAST = 30  # iterations of a run that is to be stopped
HEALTHY = 2000
HUGE = 1e13  # times a batch, and a score is beyond 1e12


def injected(folder: Path, quick: bool) -> Iterator[Case]:
    """R5: 40 injections, and a healthy run that must not be stopped."""
    store = tiny.make_store(folder / "store")
    for seed in range(4 if quick else 40):
        kind = list(INJECTIONS)[seed % len(INJECTIONS)]
        check = functools.partial(_injected, store, kind, seed)
        yield Case(f"{kind}, seed {seed}", check)
    iterations = 100 if quick else HEALTHY
    check = functools.partial(_healthy, store, iterations)
    yield Case(f"{iterations} healthy iterations", check)


class Run:
    """A tiny run in this process, saved at every iteration."""

    def __init__(self, store, place: Path, last: int, every: int = 1):
        config = tiny.train_config(iterations=last)
        self.strategy = strategy.make_strategy()
        self.gan = loop.build(tiny.MODEL, config, self.strategy)
        self.run_dir, self.last, self._every = RunDir(place), last, every
        self.run_dir.create()
        size = config.batch_size * config.critic_updates
        self.batches = iter(load_batches(store, size, config.seed))
        self.observers = []

    def go(self) -> None:
        """Iterates to the end, or until it is stopped."""
        log = callbacks.Log(self.run_dir.log, 0)
        with StopSignal() as stop:
            saver = callbacks.CheckpointCallback(
                self.gan,
                self.run_dir.checkpoints,
                log,
                stop,
                every=self._every,
                last=self.last,
            )
            observers = [*self.observers, log, saver]
            loop.iterate(
                self.gan,
                self.strategy,
                self.batches,
                0,
                self.last,
                observers,
                stop,
            )


def _injected(store, kind: str, seed: int, place: Path) -> None:
    run = Run(store, place, LAST)
    moment = random.Random(seed).randrange(3, LAST - 2)
    INJECTIONS[kind](run, moment, seed)
    try:
        run.go()
    except NonFiniteError as error:
        message = str(error)
    else:
        raise AssertionError("it was not noticed")
    path, iteration, damaged = checkpoints.latest(run.run_dir.checkpoints)
    # A weight or a gradient shows in the losses of the next iteration.
    assert moment - 1 <= iteration <= moment, f"{iteration}: {message}"
    assert not damaged, damaged
    reader = tf.train.load_checkpoint(str(path / checkpoints.VARIABLES))
    for name in reader.get_variable_to_shape_map():
        if not name.startswith("_CHECKPOINTABLE"):
            assert np.isfinite(reader.get_tensor(name)).all(), name


def _spoil_batch(run: Run, moment: int, factor: float) -> None:
    """Multiplies the sounds of one batch."""

    def spoiled(batches):
        for number, (waves, labels) in enumerate(batches, 1):
            yield (waves * factor if number == moment else waves), labels

    run.batches = spoiled(run.batches)


def _inject_batch(run: Run, moment: int, seed: int) -> None:
    _spoil_batch(run, moment, np.nan)


def _inject_loss(run: Run, moment: int, seed: int) -> None:
    _spoil_batch(run, moment, HUGE)


def _inject_weight(run: Run, moment: int, seed: int) -> None:
    draw = random.Random(seed)
    network = draw.choice([run.gan.generator, run.gan.critic])
    weight = draw.choice(network.trainable_variables)

    def spoil(iteration, logs):
        if iteration == moment:
            values = weight.numpy()
            values.flat[draw.randrange(values.size)] = np.nan
            weight.assign(values)

    run.observers.append(spoil)


def _inject_gradient(run: Run, moment: int, seed: int) -> None:
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


INJECTIONS: dict[str, Callable[[Run, int, int], None]] = {
    "NaN in a batch": _inject_batch,
    "NaN in a weight": _inject_weight,
    "NaN in a gradient": _inject_gradient,
    "a loss of 1e12": _inject_loss,
}


def _healthy(store, iterations: int, place: Path) -> None:
    run = Run(store, place, iterations, every=100)
    run.go()
    found = checkpoints.latest(run.run_dir.checkpoints)[1]
    assert found == iterations, f"it stopped at {found}"
