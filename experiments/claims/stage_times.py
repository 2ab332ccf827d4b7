"""Times an iteration of each stage on this machine."""

import statistics
import time

from wavegan_cond.config import ModelConfig, TrainConfig

LENGTHS = (256, 1024, 4096, 16384)  # the paper's four stages (figure 2)


def measure(
    model: ModelConfig, train: TrainConfig, repeats: int = 3
) -> dict[int, float]:
    """Returns the seconds of an iteration of each of the paper's stages.

    Args:
      model: of the full length, 16384.
      train: whose batch and critic updates count; its stages do not.
      repeats: timed iterations, of which the median counts.
    """
    import numpy as np
    import tensorflow as tf

    from wavegan_cond.schedule import Stage
    from wavegan_cond.training import loop
    from wavegan_cond.training.strategy import make_strategy

    size = train.batch_size * train.critic_updates
    waves = np.random.default_rng(0).uniform(-1, 1, (size, model.length, 1))
    batch = (tf.constant(waves, tf.float32), tf.zeros([size], tf.int32))
    strategy, seconds = make_strategy(), {}
    for length in LENGTHS:
        fade = 0 if length == LENGTHS[0] else 1
        stage = Stage(
            0, length, 0, 9, fade, train.batch_size, train.learning_rate
        )
        gan = loop.build(model, train, strategy, stage)
        step = tf.function(
            lambda b, gan=gan: strategy.run(gan.train_step, (b,))
        )
        step(batch)  # traces
        times = []
        for _ in range(repeats):
            started = time.perf_counter()
            step(batch)["penalty"].numpy()
            times.append(time.perf_counter() - started)
        seconds[length] = statistics.median(times)
    return seconds


def plan(model: ModelConfig, train: TrainConfig, minutes: float) -> dict:
    """Returns what a grown training of so many minutes would be.

    Returns:
      ``seconds``, of an iteration of each stage; and ``grown``, the
      ``iterations`` and ``stages`` of a TrainConfig.
    """
    seconds = measure(model, train)
    each = 60 * minutes / sum(seconds.values())
    iterations = len(seconds) * max(2, round(each))
    stages = equal_stages(iterations)
    return {
        "seconds": seconds,
        "grown": {"iterations": iterations, "stages": stages},
    }


def equal_stages(iterations: int) -> str:
    """Returns the paper's stages with as many iterations each.

    Half of each later stage fades.
    """
    each = iterations // len(LENGTHS)
    first, *later, last = LENGTHS
    middle = [f"{length}:{each}/{each // 2}" for length in later]
    return ",".join([f"{first}:{each}", *middle, f"{last}/{each // 2}"])
