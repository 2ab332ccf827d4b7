"""Checks of this machine before a training: its precision and devices."""

import contextlib
import dataclasses
import sys

from experiments.common import quietly
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule
from wavegan_cond.settings import ConfigError
from wavegan_cond.training import precision
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir

EMULATED = (
    "--precision={}: this machine has no bfloat16 instructions and emulates "
    "them, on a processor ten to fifty times slower than float32. "
    "--precision=float32 is meant for it; a run that has been begun keeps its "
    "own, and another one needs another --run_dir"
)


def check_devices(
    model: ModelConfig, train: TrainConfig, options: RunOptions
) -> None:
    """Checks, before anything is written, what the devices say.

    Those of other workers are known later.

    Raises:
      DeviceError: a GPU is required and there is none, or the batch of a stage
        does not divide over the devices.
    """
    if not options.require_gpu and options.strategy == "multi_worker":
        return
    quietly.import_tensorflow()
    from wavegan_cond.training import strategy

    if options.require_gpu:
        strategy.check_gpu()
    if options.strategy != "multi_worker":
        devices = len(strategy.list_devices(options.strategy))
        strategy.check_batches(make_schedule(model, train), devices)


def resolve_precision(run_dir: RunDir, train: TrainConfig) -> TrainConfig:
    """Returns a config without ``precision="auto"``, and says what it became.

    A run keeps the precision it was begun with. A warning says that bfloat16,
    chosen now or when the run was begun elsewhere, is slow on this machine.
    """
    chosen = train.precision
    if chosen == precision.AUTO:
        chosen = begun_with(run_dir)
        if chosen == precision.AUTO:
            quietly.import_tensorflow()
            chosen = precision.resolve(chosen)
        print(f"precision: {chosen}")
    if chosen == "mixed_bfloat16":
        quietly.import_tensorflow()
        if not precision.has_bfloat16():
            print(f"warning: {EMULATED.format(chosen)}", file=sys.stderr)
    return dataclasses.replace(train, precision=chosen)


def begun_with(run_dir: RunDir) -> str:
    """Returns the precision of a run, "auto" if none is begun."""
    if run_dir.config.exists():
        with contextlib.suppress(ConfigError):  # told when it is checked
            return run_dir.read_config()[1].precision
    return precision.AUTO
