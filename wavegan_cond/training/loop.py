"""Training loop: builds the networks, restores a checkpoint, iterates.

Data flows one way: batches -> train_step -> checkpoint.

For progressive growing (paper section 3.2) each stage has its own generator
and critic, because Keras locks the layers of a built network. Blocks are named
by the length they produce or take, so that shared weights are copied by name.
"""

import contextlib
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.match_eq import MatchEq
from wavegan_cond.model.networks import make_generator, make_networks
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.schedule import Stage, make_schedule
from wavegan_cond.training import checkpoint_folder, checkpoints, spread_guard
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal
from wavegan_cond.training.strategy import check_batches
from wavegan_cond.training.workers import WorkerError

# Divergence limit: losses of runs that still learned stayed below 1e4.
LIMIT = 1e9


def build(
    model: ModelConfig,
    train: TrainConfig,
    strategy: tf.distribute.Strategy,
    stage: Stage | None = None,
    before: WaveGAN | None = None,
    xla: bool = False,
) -> WaveGAN:
    """Returns the compiled GAN of a stage, its variables in ``strategy``.

    Args:
      model: shape of the full networks.
      train: the objective.
      strategy: the devices.
      stage: of the schedule; by default its first.
      before: the pair of the stage before, whose weights are carried over.
      xla: whether its steps are compiled.

    Raises:
      DeviceError: the batch cannot be shared evenly.
    """
    stage = stage or make_schedule(model, train)[0]
    check_batches([stage], strategy.num_replicas_in_sync)
    match_eq = None
    if model.match_eq:  # outside the strategy: it is not trained
        match_eq = MatchEq(len(model.classes), stage.length)
    average = None
    with strategy.scope():
        networks = make_networks(
            model, train.seed, train.precision, stage, train
        )
        if train.average:
            average = make_generator(
                model, train.seed, name="average", stage=stage
            )
        gan = WaveGAN(
            *networks, train, model.prior, average, stage, match_eq, xla
        )
        gan.compile()
    if before is not None:
        carry_weights(before, gan)
    return gan


def find_checkpoint(
    run_dir: RunDir, run: str = ""
) -> tuple[pathlib.Path | None, int]:
    """Returns a run's latest valid checkpoint and its iteration, or None, 0.

    A warning on standard error names each damaged checkpoint.

    Args:
      run_dir: the run folder.
      run: digest of the run's configuration, see ``config_digest``.

    Raises:
      CheckpointError: there are checkpoints, but none is valid.
      RunError: there were checkpoints, or it cannot be known.
    """
    try:
        return checkpoint_folder.latest(run_dir.checkpoints, run)
    except FileNotFoundError:
        run_dir.check_new()
        return None, 0


def restore(gan: WaveGAN, checkpoint: pathlib.Path) -> None:
    """Loads a checkpoint into ``gan``, which must have the same stage.

    Raises:
      CheckpointError: the checkpoint does not fit ``gan``.
    """
    checkpoints.restore(checkpoint, checkpoints.gan_variables(gan))


def carry_weights(old: WaveGAN, new: WaveGAN) -> None:
    """Copies the weights of one GAN to another, by name."""
    source, target = weights(old), weights(new)
    for name in source.keys() & target.keys():
        target[name].assign(source[name])


def weights(gan: WaveGAN) -> dict[str, tf.Variable]:
    """Returns the weights of a GAN, by the names used in checkpoints."""
    networks = ("generator", "critic", "average")
    return {
        name: variable
        for name, variable in checkpoints.gan_variables(gan).items()
        if name.split("/")[0] in networks
    }


def iterate(
    gan: WaveGAN,
    strategy: tf.distribute.Strategy,
    batches: Iterator,
    first: int,
    last: int,
    callbacks: Sequence[Callable],
    stop: StopSignal,
) -> None:
    """Runs iterations ``first + 1`` to ``last``, or until a signal comes.

    Args:
      gan: the GAN, with the weights after ``first`` iterations.
      strategy: distribution strategy ``gan`` was built in.
      batches: distributed batches, from that of iteration ``first + 1`` on.
      first: number of iterations done.
      last: number of iterations to stop at.
      callbacks: called in order after each iteration.
      stop: stop signal, checked in each iteration. With several workers, a
        signal to one stops all of them after the same iteration, as does what
        ``batches`` raises on one.

    Raises:
      NonFiniteError: a loss is NaN, infinite, or larger than ``LIMIT``.
      WorkerError: another worker has ended.
      Exception: whatever ``batches`` raises, once what was learned is saved.
    """
    step, names = make_step(gan, strategy)
    stop.defer()
    batch = next(batches) if first < last else None
    # One ahead: a worker that has no next batch tells it in the last step that
    # it can take part in.
    following, lost = take(batches, first + 1 < last)
    for iteration in range(first + 1, last + 1):
        set_moment(gan, iteration - 1)
        asked = bool(stop.received) or lost is not None
        with noticing_workers(iteration):
            values = step(batch, tf.constant(np.array(asked, np.float32)))
            batch, told = following, lost
            # Read while the device computes.
            following, lost = take(batches, iteration + 1 < last and not told)
            logs = dict(zip(names, values.numpy().tolist(), strict=True))
        stop.agree(logs.pop("stop") > 0)
        stop_on_divergence(iteration, logs, gan.config)
        for callback in callbacks:
            callback(iteration, logs)
        if told:
            raise told
        if stop.agreed:
            return


def set_moment(gan: WaveGAN, done: int) -> None:
    """Sets fade and learning rate of the iteration behind ``done`` others."""
    gan.set_fade(gan.stage.fade_after(done))
    if gan.stage.half_life:
        gan.set_rate(gan.stage.learning_rate_after(done))


def make_step(
    gan: WaveGAN, strategy: tf.distribute.Strategy
) -> tuple[Callable, list[str]]:
    """Returns one iteration as a graph, and what it returns the means of.

    The graph takes a distributed batch and whether this worker asks to stop,
    float32 []. The names are there once it is traced; the last one is "stop".
    """
    names = []

    def step(batch, received):
        logs = strategy.run(gan.train_step, args=(batch,))
        logs["stop"] = strategy.run(tf.identity, args=(received,))
        names[:] = logs
        # One tensor: each one read from a device waits for it anew. Of one
        # replica it stays there: a mean would be brought to the CPU, and the
        # step would not return before it has been computed.
        if strategy.num_replicas_in_sync == 1:
            return tf.stack(list(logs.values()))
        mean = tf.distribute.ReduceOp.MEAN
        return tf.stack([strategy.reduce(mean, v, None) for v in logs.values()])

    # No tensor decides what Python does, so there is nothing to convert.
    return tf.function(step, autograph=False), names


@contextlib.contextmanager
def noticing_workers(iteration: int) -> Iterator[None]:
    """Turns TensorFlow's errors inside the context into a WorkerError.

    Raises:
      WorkerError: another worker is gone.
    """
    try:
        yield
    except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
        raise WorkerError(
            f"another worker is gone, in iteration {iteration}; the same "
            "commands on every worker go on from the last checkpoint"
        ) from error


def take(batches: Iterator, needed: bool) -> tuple[Any, Exception | None]:
    """Returns the next batch if it is needed, or what was raised instead."""
    try:
        return next(batches) if needed else None, None
    except Exception as error:  # whatever it is, what was learned is saved
        return None, error


def stop_on_divergence(
    iteration: int, logs: Mapping[str, float], train: TrainConfig
) -> None:
    """Raises NonFiniteError if a loss is not finite or larger than LIMIT."""
    bad = {name: v for name, v in logs.items() if not abs(v) <= LIMIT}
    if bad:
        raise NonFiniteError(
            f"training diverged at iteration {iteration}: "
            + ", ".join(f"{name} is {value:g}" for name, value in bad.items())
            + "; it is not saved, and checkpoints of before stay as they are. "
            + spread_guard.advice(train)
        )
