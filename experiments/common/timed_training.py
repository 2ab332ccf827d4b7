"""Trains for a number of minutes instead of a number of iterations."""

import csv
import dataclasses
import io
import pathlib
import statistics
import time

from experiments.common.preflight import prepare_run
from wavegan_cond.config import ModelConfig, TrainConfig, from_json
from wavegan_cond.storage.untrusted import open_regular
from wavegan_cond.training.run_callbacks import Options
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal

WARM_UP = 10  # iterations that measure the speed of this machine


def train_for(
    minutes: float,
    store,
    path: pathlib.Path,
    model: ModelConfig,
    settings: TrainConfig,
) -> int:
    """Trains a new run for a time, or continues one that was interrupted.

    Iterations are what a run is measured in, so a few of them are timed first.

    Args:
      minutes: everything in here included.
      store: an open store of ``data_prep``.
      path: the run folder; a run in it keeps the iterations it was given.
      model: the shape of the networks.
      settings: the objective; its iterations do not count.

    Returns:
      The signal that stopped it, 0 when it is done.
    """
    from experiments import train

    started = time.monotonic()
    run_dir = RunDir(path)
    planned = dataclasses.replace(settings, iterations=WARM_UP)
    if run_dir.config.exists():
        text = run_dir.read_config()
        iterations = from_json(text)[1].iterations
        planned = dataclasses.replace(settings, iterations=iterations)
    run_dir.create()
    with run_dir.lock(), StopSignal() as stop:
        if planned.iterations <= WARM_UP:
            prepare_run(run_dir, model, planned, store.fingerprint)
            stopped_by = train.run(
                store, run_dir, model, planned, options(planned), stop
            )
            if stopped_by:
                return stopped_by
            left = 60 * minutes - (time.monotonic() - started)
            count = WARM_UP + round(left / seconds_of_iteration(run_dir.log))
            planned = dataclasses.replace(
                planned, iterations=max(count, WARM_UP + 1)
            )
        prepare_run(run_dir, model, planned, store.fingerprint)
        return train.run(store, run_dir, model, planned, options(planned), stop)


def options(planned: TrainConfig) -> Options:
    """Returns what a run of so many iterations does beside its updates."""
    often = max(planned.iterations // 6, WARM_UP)
    return Options(
        checkpoint_every=often, preview_every=often, tensorboard=False
    )


def seconds_of_iteration(log: pathlib.Path) -> float:
    """Returns the median of what iterations took, without the first few."""
    with io.TextIOWrapper(open_regular(log), "utf-8", newline="") as file:
        seconds = [float(row["seconds"]) for row in csv.DictReader(file)]
    return statistics.median(seconds[len(seconds) // 2 :])
