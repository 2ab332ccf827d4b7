r"""Trains what the paper's claims are about, and says which of them hold.

    python -m experiments.claims --data_dir=DIR --output_dir=DIR \
        --flagfile=experiments/configs/claims_cpu.flags

Every training is a run folder in output_dir; the same command resumes where it
was interrupted. What is done is measured while others train, and leaves a small
JSON in results_dir. What has one there is not trained again: to repeat a
protocol that comes with its results, give it another --results_dir. The
verdicts are drawn from these alone:

    python -m experiments.claims --report_only \
        --flagfile=experiments/configs/claims_cpu.flags
"""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from data_prep.store.store import Store, open_store
from experiments.claims.variants import BASE, PARTS, VARIANTS
from experiments.common import cli, outputs, quietly
from experiments.common.parallel_runs import resumable
from experiments.common.preflight import check_data, check_measurable
from experiments.common.seeds import check_seeds
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import make_folder
from wavegan_cond.training import precision

if TYPE_CHECKING:
    from experiments.claims.runs import Run


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    data_dir: str | None = setting(
        None, "store made by experiments.prepare_data"
    )
    output_dir: str | None = setting(
        None, "folder of the runs, their logs and smaller stores"
    )
    results_dir: str = setting(
        REQUIRED, "folder of the results, a JSON for each run, and the figure"
    )
    variants: tuple[str, ...] = setting(tuple(VARIANTS), "variants to train")
    parts: tuple[str, ...] = setting(
        tuple(PARTS),
        "measurements to make beside the report of a run; --parts= for none",
    )
    seeds: tuple[str, ...] = setting(("0", "1"), "seeds of the trainings")
    at_once: int = setting(
        1,
        "trainings side by side, each on its share of the cores",
        low=1,
        high=64,
    )
    require_gpu: bool = setting(False, "refuse to train on the CPU")
    report_only: bool = setting(
        False, "train and measure nothing: read --results_dir"
    )


FLAGS = cli.make_flags(Settings, ModelConfig, TrainConfig, without=("seed",))


def make_results(
    settings: Settings, model: ModelConfig, train: TrainConfig
) -> None:
    """Trains and measures what has no result yet.

    Args:
      settings: of the command, with ``data_dir`` and ``output_dir``.
      model: of the base, whatever its classes and sample rate: those of the
        store count.
      train: of the base, whatever its seed.

    Raises:
      UsageError: the settings are none of a protocol, or folders hold another.
      TrainingError: a training failed.
    """
    check_protocol(settings)
    outputs.check_output(settings.results_dir)
    quietly.import_tensorflow()
    from experiments.claims import measure, runs

    store = open_store(settings.data_dir, verify=True)
    check_measurable(store)
    results_dir = Path(settings.results_dir)
    planned = plan_runs(settings, store, model, train)
    measure.check_results(store, planned, results_dir)
    todo = [
        run
        for run in planned
        if not measure.result_path(results_dir, run).exists()
    ]
    if not todo:
        return
    for run in todo:
        check_data(store, run.model, make_schedule(run.model, run.train))
    make_folder(settings.output_dir)
    runs.make_stores(store, todo)
    runs.check_runs(todo)
    with resumable():
        write = measure.result_writer(store, results_dir, settings.parts)
        runs.train_all(todo, settings.at_once, write, settings.require_gpu)


def check_protocol(settings: Settings) -> None:
    """Raises UsageError for wrong variants, parts or seeds."""
    if len(set(settings.seeds)) < 2:
        raise cli.UsageError(
            f"--seeds={','.join(settings.seeds)}: expected two or more, which "
            "say what is chance"
        )
    unknown = [name for name in settings.variants if name not in VARIANTS]
    if unknown or BASE not in settings.variants:
        raise cli.UsageError(
            f"--variants={','.join(settings.variants)}: expected {BASE} and "
            f"any of {', '.join(VARIANTS)}"
        )
    if len(set(settings.variants)) < len(settings.variants):
        raise cli.UsageError(
            f"--variants={','.join(settings.variants)}: two are the same"
        )
    check_seeds(settings.seeds)
    if not set(settings.parts) <= set(PARTS):
        raise cli.UsageError(
            f"--parts={','.join(settings.parts)}: expected any of "
            f"{', '.join(PARTS)}"
        )


def plan_runs(
    settings: Settings, store: Store, model: ModelConfig, train: TrainConfig
) -> "list[Run]":
    """Returns the runs of the protocol; see ``make_results``."""
    from experiments.claims import runs

    return runs.plan(
        [VARIANTS[name] for name in settings.variants],
        [int(seed) for seed in settings.seeds],
        dataclasses.replace(
            model, classes=store.classes, sample_rate=store.sample_rate
        ),
        dataclasses.replace(  # a result says what it was, on any machine
            train, precision=precision.resolve(train.precision)
        ),
        store.path,
        Path(settings.output_dir),
    )


def main(values: cli.Values) -> None:
    """Makes the results, then the verdicts."""
    from experiments.claims import report

    made = values.data_dir and values.output_dir
    if not (made or values.report_only):
        raise cli.UsageError(
            "--data_dir and --output_dir are needed, or --report_only"
        )
    parts = tuple(values.parts)  # which may be none
    settings = cli.read_config(Settings, values, parts=parts)
    if not settings.report_only:
        model = cli.read_config(ModelConfig, values)
        train = cli.read_config(TrainConfig, values, seed=0)
        make_results(settings, model, train)
    report.write(Path(settings.results_dir))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
