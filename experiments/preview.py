r"""Shows what lives in a large collection of sounds (paper section 4.1).

    python -m experiments.preview --data_dir=DIR --output_dir=DIR --minutes=20

Trains the fast progressive model and makes a page: of every class, generated
sounds spread over what the model can do, and below each its nearest real sounds
in the collection, by name. The minutes are those of everything, planning and
page included: when they are over the training stops, and the page is of what is
there. Interrupted, the same command resumes.
"""

import dataclasses
import time
from pathlib import Path

from data_prep.store.store import Store, open_store
from experiments.common import (
    cli,
    kept_plan,
    preview_page,
    quietly,
    stage_times,
)
from experiments.common.deadline import Deadline
from experiments.common.outputs import check_names, check_ours, is_page
from experiments.common.preflight import check_classes
from experiments.common.shown_path import shown
from experiments.common.steps import Steps
from experiments.common.training import run_in
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import make_folder
from wavegan_cond.training import precision
from wavegan_cond.training.options import RunOptions


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output_dir: str = setting(REQUIRED, "folder of the run and the page")
    minutes: float = setting(
        20.0, "minutes of everything", low=0.1, high=10_000
    )
    num: int = setting(12, "sounds of each class on the page", low=1, high=64)
    nearest: int = setting(2, "number of real sounds below each", low=1, high=8)
    compare: int = setting(
        20000,
        "real sounds of each class that are looked at, evenly spaced",
        low=1,
    )
    seed: int = setting(0, "seed of the training", low=0, high=2**31 - 1)


FLAGS = cli.make_flags(Settings)

BATCH_SIZE = 32
WORTHWHILE = 20  # iterations of a stage that are worth compiling it
FEWEST_BETWEEN = 50  # iterations between checkpoints: one takes seconds
STEPS = 4


def page_seconds(minutes: float) -> float:
    """Returns what is kept of the time for the last checkpoint and the page."""
    return min(0.4 * 60 * minutes, 60.0)


def iterations_of_stage(
    left: float, seconds: dict[int, float], compiling: dict[int, float]
) -> int:
    """Returns the iterations of each stage that fit into a time.

    Where not all stages fit, they are as many as those that do can have.

    Args:
      left: seconds for compiling and iterating.
      seconds: of an iteration of each stage.
      compiling: seconds before the first one.
    """
    lengths = list(seconds)
    for count in range(len(lengths), 0, -1):
        shown = lengths[:count]
        usable = left - sum(compiling[length] for length in shown)
        each = usable / sum(seconds[length] for length in shown)
        if each >= WORTHWHILE:
            break
    return max(2, round(each))


def plan(
    folder: Path, model: ModelConfig, end: float, seed: int
) -> tuple[TrainConfig, dict[int, float]]:
    """Returns the TrainConfig of a run, planned once, and what compiling takes.

    Args:
      folder: with the plan.
      model: the shape of the networks.
      end: when the training shall end, as ``time.monotonic`` has it.
      seed: of the training.

    Raises:
      UsageError: the plan that is there is damaged.
    """
    settings = {"batch_size": BATCH_SIZE, "seed": seed}

    def make() -> dict:
        chosen = precision.resolve(precision.AUTO)
        seconds, compiling = stage_times.estimate(
            model, TrainConfig(precision=chosen, **settings)
        )
        left = end - time.monotonic()
        each = iterations_of_stage(left, seconds, compiling)
        return {
            "precision": chosen,
            "compiling": compiling,
            "grown": stage_times.grown(each),
        }

    def read(planned: dict) -> tuple[TrainConfig, dict[int, float]]:
        train = TrainConfig(
            precision=planned["precision"], **settings, **planned["grown"]
        )
        compiling = planned["compiling"].items()
        return train, {int(length): float(value) for length, value in compiling}

    return kept_plan.keep(folder / "plan.json", make, read)


def train_model(
    store: Store,
    folder: Path,
    model: ModelConfig,
    train: TrainConfig,
    stop: Deadline,
) -> int:
    """Trains, or resumes, until it is done or the time is over.

    Returns:
      The signal that stopped it, or 0.
    """
    often = max(FEWEST_BETWEEN, train.iterations // 8)
    options = RunOptions(
        checkpoint_every=often,
        preview_every=often,
        tensorboard=False,
        best_by="none",  # it takes time, and the last stage is the best
        strategy="one",  # whose batch need not divide over devices
    )
    stopped_by = run_in(folder / "run", store, model, train, options, stop)
    return 0 if stop.passed else stopped_by


def make_model(store: Store) -> ModelConfig:
    """Returns the model of a preview of a collection.

    Raises:
      UsageError: its sounds have another length.
    """
    if store.length != stage_times.LENGTHS[-1]:
        raise cli.UsageError(
            f"{store.path} holds sounds of {store.length} samples: a preview "
            f"grows to {stage_times.LENGTHS[-1]}; prepare the data with that "
            "--length"
        )
    return ModelConfig(
        length=store.length,
        width=16,
        latent_dim=3,
        match_eq=True,
        classes=tuple(store.classes),
        sample_rate=store.sample_rate,
    )


def main(values: cli.Values) -> int:
    """Plans, trains, and makes the page."""
    settings, steps = cli.read_config(Settings, values), Steps(STEPS)
    check_names(settings.output_dir)
    check_ours(Path(settings.output_dir, "index.html"), is_page)
    end = time.monotonic() + 60 * settings.minutes
    until = end - page_seconds(settings.minutes)
    steps.begin("opening the data, loading TensorFlow")
    store = open_store(settings.data_dir)
    model = make_model(store)
    check_classes(store)
    if store.train < BATCH_SIZE:
        raise cli.UsageError(
            f"{store.path} has {store.train} training sounds, and a preview "
            f"needs {BATCH_SIZE}: add sounds"
        )
    quietly.import_tensorflow()
    folder = Path(settings.output_dir)
    make_folder(folder)
    steps.begin("planning: some iterations of the first stage are timed")
    train, compiling = plan(folder, model, until, settings.seed)
    steps.note(
        f"{train.iterations // len(stage_times.LENGTHS)} iterations of each of "
        f"{len(stage_times.LENGTHS)} stages"
    )
    steps.begin("training, until all are done or the time is over")
    stop = Deadline(until, compiling)
    stopped_by = train_model(store, folder, model, train, stop)
    if stopped_by:
        print("stopped and saved: the same command resumes from here")
        return 128 + stopped_by
    if stop.passed:
        steps.note("the time is over: stopped and saved")
    steps.begin("making the page")
    preview_page.write(store, folder, settings, steps, end)
    print(f"open {shown(folder / 'index.html')}")
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
