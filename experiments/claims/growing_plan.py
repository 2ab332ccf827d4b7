"""The plan of direct and grown training: timed on this machine, once, and kept.

Both shall train for the same time, so their iterations differ.
"""

import dataclasses
from pathlib import Path
from typing import Any

from experiments.common import (
    cli,
    kept_plan,
    parallel_runs,
    quietly,
    stage_times,
)
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.storage import processors
from wavegan_cond.training import precision


def plan(
    folder: Path, minutes: float, model: ModelConfig, train: TrainConfig
) -> dict[str, Any]:
    """Returns the iterations of both kinds, measured once and kept.

    Args:
      folder: of plan.json.
      minutes: of each training.
      model: of both kinds.
      train: of both kinds; its iterations and stages do not count.

    Returns:
      "seconds" of an iteration of each stage, by length; "grown": settings of
      a TrainConfig; "direct": its iterations, which say how often it saves and
      not when it ends; and the "flags" that the plan is for.

    Raises:
      UsageError: what is there is no plan, or one of other flags.
    """
    path = folder / "plan.json"
    flags = {
        "minutes": minutes,
        "width": model.width,
        "latent_dim": model.latent_dim,
        "batch_size": train.batch_size,
    }

    def make() -> dict[str, Any]:
        return {**time_plan(minutes, model, train), "flags": flags}

    def read(planned: dict[str, Any]) -> dict[str, Any]:
        check_plan(planned)
        before = planned["flags"]
        for name, value in flags.items():
            if before[name] != value:
                raise cli.UsageError(
                    f"{path} was made with --{name}={before[name]}, and "
                    f"now it is {value}: choose another --output_dir"
                )
        return planned

    return kept_plan.keep(path, make, read)


def check_plan(planned: dict[str, Any]) -> None:
    """Checks that a plan has what a comparison needs of one.

    Raises:
      KeyError, TypeError, ValueError: it has not; a ConfigError too.
    """
    TrainConfig(**planned["grown"])
    if type(planned["direct"]["iterations"]) is not int:
        raise ValueError("its iterations are no number")


def time_plan(
    minutes: float, model: ModelConfig, train: TrainConfig
) -> dict[str, Any]:
    """Times all stages on half of the cores; returns ``plan`` without flags."""
    cores = processors.usable()
    processors.keep_to(parallel_runs.shares(2)[0])
    quietly.import_tensorflow()
    chosen = precision.resolve(train.precision)
    train = dataclasses.replace(train, precision=chosen)
    print("timing the four stages, some minutes on a slow machine", flush=True)
    seconds, _ = stage_times.measure(model, train)
    processors.keep_to(cores)
    each, direct = (
        60 * minutes / of_one
        for of_one in (sum(seconds.values()), seconds[model.length])
    )
    return {
        "seconds": seconds,
        "grown": stage_times.grown(max(2, round(each))),
        "direct": {"iterations": max(4, round(direct))},
    }
