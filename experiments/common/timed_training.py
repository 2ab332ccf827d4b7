"""Trains for a number of minutes instead of a number of iterations."""

import dataclasses
import pathlib
import statistics
import time
from collections.abc import Sequence

from data_prep.store.store import Store
from experiments.common import run_clock, training
from experiments.common.deadline import Deadline
from experiments.common.preflight import check_run, prepare_run
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir

WARM_UP = 10  # iterations that measure the speed of this machine


def train_for(
    minutes: float,
    store: Store,
    path: pathlib.Path,
    model: ModelConfig,
    settings: TrainConfig,
) -> int:
    """Trains a new run for a time, or continues one that was interrupted.

    Iterations are what a run is measured in, so a few of them are timed first.
    Behind them it compiles anew. When the time is over before the iterations,
    as on a machine that has become busy, the run ends with those it has.

    Args:
      minutes: everything in here included.
      store: an open store of ``data_prep``.
      path: the run folder; a run in it keeps the iterations it was given, and
        gets the minutes anew.
      model: the shape of the networks.
      settings: the objective; its iterations do not count.

    Returns:
      The signal that stopped it, 0 when it is done.
    """
    started = time.monotonic()
    run_dir = RunDir(path)
    planned = dataclasses.replace(settings, iterations=WARM_UP)
    if run_dir.config.exists():
        begun = run_dir.read_config()[1].iterations
        planned = dataclasses.replace(settings, iterations=begun)
    check_run(run_dir, model, planned, store.fingerprint)
    run_dir.create()
    with run_dir.lock(), Deadline() as stop:
        if planned.iterations <= WARM_UP:
            print(f"      {WARM_UP} iterations show the speed of this machine")
            stopped_by = train_run(store, run_dir, model, planned, stop)
            if stopped_by:
                return stopped_by
            left = 60 * minutes - (time.monotonic() - started)
            each = [seconds for _, seconds in run_clock.read(path)]
            count = iterations_in(left, each)
            planned = dataclasses.replace(planned, iterations=WARM_UP + count)
        stop.at = started + 60 * minutes  # not before the speed is known
        return train_run(store, run_dir, model, planned, stop)


def train_run(
    store: Store,
    run_dir: RunDir,
    model: ModelConfig,
    planned: TrainConfig,
    stop: Deadline,
) -> int:
    """Trains, or continues; a run that the deadline ended is called done.

    Returns:
      The signal that stopped it, or 0.
    """
    prepare_run(run_dir, model, planned, store.fingerprint)
    stopped_by = training.run(
        store, run_dir, model, planned, options(planned), stop
    )
    if not stop.passed:
        return stopped_by
    done = len(run_clock.read(run_dir.path))
    print(f"      the time is over after {done} iterations")
    planned = dataclasses.replace(planned, iterations=done)
    prepare_run(run_dir, model, planned, store.fingerprint)
    return 0


def options(planned: TrainConfig) -> RunOptions:
    """Returns what a run of so many iterations does beside its updates."""
    often = max(planned.iterations // 6, WARM_UP)
    return RunOptions(
        checkpoint_every=often,
        preview_every=often,
        tensorboard=False,
        strategy="one",  # whose batch need not divide over devices
    )


def iterations_in(left: float, seconds: Sequence[float]) -> int:
    """Returns the iterations, 1 or more, that fit into a time with compiling.

    Args:
      left: seconds there are.
      seconds: of the iterations so far; the first, which compiles, will be
        spent again.
    """
    each = statistics.median(seconds[len(seconds) // 2 :])
    return max(1, round((left - seconds[0]) / each))
