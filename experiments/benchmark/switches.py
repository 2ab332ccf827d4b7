r"""Times an iteration of presets, compiled by XLA and without oneDNN.

TensorFlow reads the environment when it is loaded, so each version is a process
of its own; they take turns. One of them is

    python -m experiments.benchmark.switches --data_dir=- --run_dir=- \
        --flagfile=experiments/configs/best.flags --xla=on

which does one iteration on noise for every line of its input.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

from experiments import train
from experiments.benchmark.training import take_turns
from experiments.common import cli, quietly
from experiments.common.machine import resolve_precision
from experiments.common.parallel_runs import TrainingError
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir

PRESETS = "best", "cpu"
FLAGS = train.FLAGS
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
VERSIONS = {
    "as it is": ("off", "1"),
    "with XLA": ("on", "1"),
    "without oneDNN": ("off", "0"),
}
DONE = "done"


def time_switches(repeats: int) -> dict[str, dict[str, float]]:
    """Times an iteration of each preset in each version.

    Args:
      repeats: turns each version takes.
    """
    return {
        f"{preset}.flags": measure([f"--flagfile={preset}"], repeats)
        for preset in PRESETS
    }


def measure(flags: Sequence[str], repeats: int) -> dict[str, float]:
    """Returns the median seconds of an iteration, by version.

    Args:
      flags: of ``experiments.train``, without folders.
      repeats: turns each version takes.
    """
    with contextlib.ExitStack() as stack:
        return take_turns(
            {
                name: stack.enter_context(
                    _started([*flags, f"--xla={xla}"], one)
                )
                for name, (xla, one) in VERSIONS.items()
            },
            repeats,
        )


@contextlib.contextmanager
def _started(flags: Sequence[str], onednn: str) -> Iterator[Callable[[], None]]:
    """Yields what makes a process do one iteration, and waits for it.

    Raises:
      TrainingError: raised by what is yielded if the process has ended.
    """
    folders = "--data_dir=-", "--run_dir=-"  # needed, and not read
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, *folders, *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, ONEDNN: onednn},
    )

    def step() -> None:
        with contextlib.suppress(BrokenPipeError):  # it is told below
            process.stdin.write("\n")
            process.stdin.flush()
        while (line := process.stdout.readline()).strip() != DONE:
            if not line:
                raise TrainingError(
                    f"{' '.join(process.args)} has ended, see above",
                    process.wait(),
                )

    try:
        yield step
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.wait()


def main(values: cli.Values) -> None:
    """Does an iteration for each line of standard input."""
    quietly.import_tensorflow()
    import tensorflow as tf

    from wavegan_cond.model import xla
    from wavegan_cond.training import loop
    from wavegan_cond.training.strategy import make_strategy

    run_dir = RunDir(values.run_dir)
    settings = resolve_precision(run_dir, cli.read_config(TrainConfig, values))
    model = cli.read_config(ModelConfig, values)
    options = cli.read_config(RunOptions, values)
    strategy = make_strategy(options.strategy, options.require_gpu)
    compiled = xla.is_wanted(options.xla)
    gan = loop.build(model, settings, strategy, xla=compiled)
    count = settings.batch_size * settings.critic_updates
    noise = tf.random.uniform([count, model.length, 1], -1, 1)
    batch = noise, tf.zeros([count], tf.int32)
    step, _ = loop.make_step(gan, strategy)
    for _ in sys.stdin:
        step(batch, tf.constant(0.0)).numpy()
        print(DONE, flush=True)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
