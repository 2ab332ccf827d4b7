r"""Trains a model on a prepared store.

    python -m experiments.train --data_dir=DIR --run_dir=DIR \
        --flagfile=experiments/configs/paper.flags

The same command again continues where the run stopped, after Ctrl-C, SIGTERM
or a crash. In the run folder: log.csv and loss.png, previews/ (sounds and a
contact sheet), tensorboard/, checkpoints/, and flags.txt, which repeats the
run as a --flagfile.
"""

import dataclasses
import os
import shlex
import time

from data_prep.store.store import open_store
from experiments.common import cli
from experiments.common.outputs import check_names
from experiments.common.preflight import check_cluster, check_data
from experiments.common.training import run_in
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    run_dir: str = setting(REQUIRED, "folder of the run")


FLAGS = cli.make_flags(Settings, ModelConfig, TrainConfig, RunOptions)


def next_command(run_dir: str) -> str:
    """Returns the command that makes sounds of a run, for a shell."""
    return (
        f"python -m experiments.generate --model={shlex.quote(run_dir)} "
        "--output_dir=sounds"
    )


def main(values: cli.Values) -> int:
    """Checks everything that can be wrong, then trains."""
    check_names(values.data_dir, values.run_dir)
    if os.path.realpath(values.data_dir) == os.path.realpath(values.run_dir):
        raise cli.UsageError(
            f"--run_dir={values.run_dir} is the folder of --data_dir: name "
            "another one"
        )
    chief = check_cluster(os.environ.get("TF_CONFIG", ""), values.strategy)
    train = cli.read_config(TrainConfig, values)
    store = open_store(values.data_dir)
    model = cli.read_config(
        ModelConfig,
        values,
        classes=tuple(store.classes),
        sample_rate=store.sample_rate,
    )
    check_data(store, model, make_schedule(model, train))
    run_dir = RunDir(values.run_dir)
    if (done := run_dir.last_saved()) > train.iterations:
        raise cli.UsageError(
            f"{run_dir.path} has done {done} iterations already: "
            f"--iterations={train.iterations} are fewer"
        )
    started = time.monotonic()
    stopped_by = run_in(
        run_dir.path,
        store,
        model,
        train,
        cli.read_config(RunOptions, values),
        flags=values,
        chief=chief,
    )
    minutes = (time.monotonic() - started) / 60
    # A signal may have come when there was nothing left to stop.
    if stopped_by and run_dir.last_saved() < train.iterations:
        print(
            f"stopped after {minutes:.1f} min and saved; the same command "
            "continues"
        )
        return 128 + stopped_by
    print(
        f"done in {minutes:.1f} min: {os.path.abspath(values.run_dir)}\n"
        f"next: {next_command(values.run_dir)}"
    )
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
