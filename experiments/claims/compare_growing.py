r"""Trains with and without progressive growing, side by side, and compares.

    python -m experiments.claims.compare_growing --data_dir=DIR \
        --output_dir=DIR --minutes=30 --seeds=0,1

For each seed two trainings run at once for the same time, each on half of the
cores: grown over the paper's four stages with as many iterations each, and
directly at the full length for as many seconds. Every checkpoint is scored by
its distance to held-out sounds (KAD, scores.csv), and heard by a classifier
trained on the real ones. The command continues where it was interrupted. It
leaves growing.json and growing.png.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

from data_prep.store.store import open_store
from experiments.claims import growing_plan, growing_result
from experiments.claims.growing_figure import draw
from experiments.claims.growing_pair import Pair
from experiments.common import cli, outputs, quietly
from experiments.common.parallel_runs import resumable
from experiments.common.preflight import check_data, check_measurable
from experiments.common.seeds import check_seeds
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import make_folder, write_text
from wavegan_cond.training import precision


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output_dir: str = setting(
        REQUIRED, "folder of the runs, the figure and the result"
    )
    minutes: float = setting(30.0, "minutes of each training", low=0.1)
    seeds: tuple[str, ...] = setting(("0", "1"), "seeds of the trainings")
    width: int = setting(16, "base width (d)", low=1)
    latent_dim: int = setting(3, "latent size (Z)", low=1)
    batch_size: int = setting(64, "examples of one update", low=1)
    points: int = setting(24, "checkpoints of each training", low=4)


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> dict[str, Any]:
    """Plans, trains, listens, draws.

    Returns:
      The content of growing.json.

    Raises:
      UsageError: the flags, the store or what is in the folder do not go
        together.
      TrainingError: a training failed.
      StoreError: the store is none, or is damaged.
    """
    check_seeds(settings.seeds)
    store = open_store(settings.data_dir, verify=True)
    model, train = configs(settings)
    check_data(store, model, make_schedule(model, train))
    check_measurable(store)
    folder = Path(settings.output_dir)
    check_outputs(folder)
    make_folder(folder)
    planned = growing_plan.plan(folder, settings.minutes, model, train)
    pairs = make_pairs(settings, planned)
    for pair in pairs:
        print(f"seed {pair.seed}: {settings.minutes:g} minutes", flush=True)
        with resumable():
            pair.train()
    quietly.import_tensorflow()
    result = growing_result.measure(pairs, planned, store)
    text = json.dumps(result, indent=1) + "\n"
    write_text(folder / "growing.json", text)
    draw(result, folder / "growing.png")
    for name, figures in result["runs"].items():
        print(name, {k: v for k, v in figures.items() if k != "points"})
    return result


def check_outputs(folder: Path) -> None:
    """Raises UsageError if the result or its picture would replace another."""
    outputs.check_output(folder)
    result = folder / "growing.json"
    outputs.check_ours(result, is_report)
    outputs.check_ours(folder / "growing.png", lambda _: result.exists())


def is_report(path: Path) -> bool:
    """Says whether a file is the result of a comparison."""
    report = outputs.read_report(path)
    return bool(report["plan"] and report["runs"])


def configs(settings: Settings) -> tuple[ModelConfig, TrainConfig]:
    """Returns what the flags say of the model and of its training."""
    model = ModelConfig(width=settings.width, latent_dim=settings.latent_dim)
    return model, TrainConfig(
        batch_size=settings.batch_size, precision=precision.AUTO
    )


def make_pairs(settings: Settings, planned: dict[str, Any]) -> list[Pair]:
    """Returns the pair of trainings of each seed."""
    flags = (
        f"--data_dir={settings.data_dir}",
        f"--width={settings.width}",
        f"--latent_dim={settings.latent_dim}",
        f"--batch_size={settings.batch_size}",
        f"--precision={precision.AUTO}",
    )
    folder, points = Path(settings.output_dir), settings.points
    return [
        Pair(folder, seed, planned, flags, points) for seed in settings.seeds
    ]


def main(values: cli.Values) -> None:
    """Reads the flags and compares."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
