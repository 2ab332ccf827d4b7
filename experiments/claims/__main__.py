r"""Trains what the paper's claims are about, and says which of them hold.

    python -m experiments.claims --data_dir=DIR --output_dir=DIR \
        --flagfile=experiments/configs/claims_cpu.flags

Every training is a run folder in output_dir; the same command resumes where it
was interrupted. Each finished run leaves a small JSON in results_dir, and what
has one there is not trained again: to repeat a protocol that comes with its
results, give it another --results_dir. The verdicts are drawn from these alone:

    python -m experiments.claims --report_only \
        --flagfile=experiments/configs/claims_cpu.flags
"""

import dataclasses
from pathlib import Path

from data_prep.store.store import open_store
from experiments.claims.variants import BASE, PARTS, VARIANTS
from experiments.common import cli, outputs, quietly
from experiments.common.preflight import check_data, check_measurable
from experiments.common.seeds import check_seeds
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.training.stop_signal import StopSignal


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
        tuple(PARTS), "measurements to make beside the report of a run"
    )
    seeds: tuple[str, ...] = setting(("0", "1"), "seeds of the trainings")
    at_once: int = setting(
        1,
        "trainings side by side, each on its share of the cores",
        low=1,
        high=64,
    )
    report_only: bool = setting(
        False, "train and measure nothing: read --results_dir"
    )


FLAGS = cli.make_flags(Settings, ModelConfig, TrainConfig, without=("seed",))


def plan_runs(values: cli.Values, store) -> list:
    """Returns the runs of the protocol.

    Raises:
      UsageError: an unknown variant or part, or a seed that is no number.
    """
    from experiments.claims import runs

    unknown = [name for name in values.variants if name not in VARIANTS]
    if unknown or BASE not in values.variants:
        raise cli.UsageError(
            f"--variants={','.join(values.variants)}: expected {BASE} and any "
            f"of {', '.join(VARIANTS)}"
        )
    check_seeds(values.seeds)
    if not set(values.parts) <= set(PARTS):
        raise cli.UsageError(
            f"--parts={','.join(values.parts)}: expected any of "
            f"{', '.join(PARTS)}"
        )
    model = cli.read_config(
        ModelConfig,
        values,
        classes=tuple(store.classes),
        sample_rate=store.sample_rate,
    )
    return runs.plan(
        [VARIANTS[name] for name in values.variants],
        [int(seed) for seed in values.seeds],
        model,
        cli.read_config(TrainConfig, values, seed=0),
        store.path,
        Path(values.output_dir),
    )


def make_results(values: cli.Values) -> None:
    """Trains and measures what has no result yet."""
    from experiments.claims import measure, runs

    if len(set(values.seeds)) < 2:
        raise cli.UsageError(
            f"--seeds={','.join(values.seeds)}: expected two or more, which "
            "say what is chance"
        )
    outputs.check_output(values.results_dir)
    store = open_store(values.data_dir, verify=True)
    check_measurable(store)
    results_dir = Path(values.results_dir)
    planned = plan_runs(values, store)
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
    Path(values.output_dir).mkdir(parents=True, exist_ok=True)
    runs.make_stores(store, todo)
    runs.check_runs(todo)
    with StopSignal():
        runs.train_all(todo, values.at_once)
    quietly.import_tensorflow()
    measure.measure_all(store, todo, results_dir, values.parts)


def main(values: cli.Values) -> None:
    """Makes the results, then the verdicts."""
    from experiments.claims import report

    made = values.data_dir and values.output_dir
    if not (made or values.report_only):
        raise cli.UsageError(
            "--data_dir and --output_dir are needed, or --report_only"
        )
    cli.read_config(Settings, values)  # what is needed and empty is told
    if not values.report_only:
        make_results(values)
    report.write(Path(values.results_dir))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
