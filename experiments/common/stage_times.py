"""Times an iteration of each stage on this machine."""

import dataclasses
import statistics
import time

import numpy as np

from experiments.common.operations import critic_update_flops, multiplications
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.layout import block_factors
from wavegan_cond.schedule import Stage

LENGTHS = (256, 1024, 4096, 16384)  # the paper's four stages (figure 2)
COMPILED = 1.7  # times as long with five critic updates as first with one


def measure(
    model: ModelConfig,
    train: TrainConfig,
    repeats: int = 3,
    lengths: tuple[int, ...] = LENGTHS,
) -> tuple[dict[int, float], dict[int, float]]:
    """Returns the seconds of an iteration of stages, and those of compiling.

    Args:
      model: of the full length, 16384.
      train: whose batch and critic updates count; its stages do not.
      repeats: timed iterations, of which the median counts.
      lengths: of the stages that are timed.
    """
    import tensorflow as tf

    from wavegan_cond.model import xla
    from wavegan_cond.training import loop
    from wavegan_cond.training.strategy import make_strategy

    compiled = xla.is_wanted("auto")  # as the trainings are
    size = train.batch_size * train.critic_updates
    waves = np.random.default_rng(0).uniform(-1, 1, (size, model.length, 1))
    batch = (tf.constant(waves, tf.float32), tf.zeros([size], tf.int32))
    strategy, seconds, compiling = make_strategy("one"), {}, {}
    for length in lengths:
        started = time.perf_counter()
        fade = 0 if length == LENGTHS[0] else 1
        stage = Stage(
            0, length, 0, 9, fade, train.batch_size, train.learning_rate
        )
        gan = loop.build(model, train, strategy, stage, xla=compiled)
        step = tf.function(
            lambda b, gan=gan: strategy.run(gan.train_step, (b,))
        )
        step(batch)["penalty"].numpy()  # traces
        compiling[length] = time.perf_counter() - started
        times = []
        for _ in range(repeats):
            started = time.perf_counter()
            step(batch)["penalty"].numpy()
            times.append(time.perf_counter() - started)
        seconds[length] = statistics.median(times)
    return seconds, compiling


def estimate(
    model: ModelConfig, train: TrainConfig
) -> tuple[dict[int, float], dict[int, float]]:
    """Returns what ``measure`` does, from the first stage alone.

    One critic update is timed with that of the generator. Another stage takes
    as much longer, to iterate and to compile, as it has more multiplications:
    1, 1.7, 3.9, 3.9 and 1, 2, 3.2, 3.9 times were measured on two cores that
    other work kept busy, where these say 1, 2, 3, 4.1. Five critic updates took
    4.6 times as long (these say 3.8); they compile for ``COMPILED`` times as
    long.
    """
    shortest = LENGTHS[0]
    timed = dataclasses.replace(train, critic_updates=1)
    seconds, compiling = measure(model, timed, lengths=(shortest,))
    unit, whole = work(model, timed, shortest), work(model, train, shortest)
    iterating, compiled = {}, {}
    for length in LENGTHS:
        times = work(model, train, length)
        iterating[length] = seconds[shortest] * times / unit
        compiled[length] = compiling[shortest] * COMPILED * times / whole
    return iterating, compiled


def work(model: ModelConfig, train: TrainConfig, length: int) -> float:
    """Returns the multiplications of an iteration of a stage, for an example.

    G forward and backward (3 times its forward) and through D (2 times) beside
    the critic's updates, see ``common.operations``.
    """
    missing = len(block_factors(model.length)) - len(block_factors(length))
    width = model.width * 2**missing  # growing begins with the widest blocks
    generator, critic = multiplications(width, length)
    update = critic_update_flops(width, length, 1) / 2
    return train.critic_updates * update + 3 * generator + 2 * critic


def grown(each: int) -> dict:
    """Returns the settings of a TrainConfig of so many iterations a stage.

    The stages are the paper's; half of each later one fades.
    """
    first, *later, last = LENGTHS
    middle = [f"{length}:{each}/{each // 2}" for length in later]
    stages = [f"{first}:{each}", *middle, f"{last}/{each // 2}"]
    return {"iterations": len(LENGTHS) * each, "stages": ",".join(stages)}
