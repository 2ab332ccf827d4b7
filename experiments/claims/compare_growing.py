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

import contextlib
import dataclasses
import json
import statistics
import time
from pathlib import Path

from data_prep.store.store import open_store
from experiments.claims import stage_times
from experiments.claims.growing_figure import draw
from experiments.common import cli, parallel_runs, quietly, run_clock
from experiments.common.preflight import check_data, check_measurable
from experiments.common.seeds import check_seeds
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.schedule import make_schedule
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage import processors
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.storage.untrusted import one_line, read_json
from wavegan_cond.training import precision
from wavegan_cond.training.rows import read_numbers
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal


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

KINDS = ("direct", "grown")
UNTIL_STOPPED = 10**6  # iterations
SOUNDS = 100  # a class, that the classifier hears of a checkpoint
COHERENT = 0.9  # fraction of sounds classified as requested


MAX_BYTES = 1 << 20  # of plan.json
PLANNED = ("minutes", "width", "latent_dim", "batch_size")  # flags of a plan


def configs(values: cli.Values) -> tuple[ModelConfig, TrainConfig]:
    """Returns what the flags say of the model and of its training."""
    model = ModelConfig(width=values.width, latent_dim=values.latent_dim)
    return model, TrainConfig(
        batch_size=values.batch_size, precision=precision.AUTO
    )


def check_plan(planned: dict) -> dict:
    """Returns a plan that has what a comparison needs of one.

    Raises:
      KeyError, TypeError, ValueError: it does not; a ConfigError too.
    """
    TrainConfig(**planned["grown"])
    if type(planned["direct"]["iterations"]) is not int:
        raise ValueError("its iterations are no number")
    return planned


def plan(values: cli.Values, folder: Path) -> dict:
    """Returns the iterations of both kinds, measured once and kept.

    Those of the direct one say how often it saves, not when it ends.

    Raises:
      UsageError: what is there is no plan, or one of other flags.
    """
    path = folder / "plan.json"
    flags = {name: getattr(values, name) for name in PLANNED}
    if path.exists():
        try:
            planned = check_plan(read_json(path, MAX_BYTES))
            before = planned.get("flags", flags)
            for name, value in flags.items():
                if before[name] != value:
                    raise cli.UsageError(
                        f"{path} was made with --{name}={before[name]}, and "
                        f"now it is {value}: choose another --output_dir"
                    )
            return planned
        except (OSError, LookupError, ValueError, TypeError) as error:
            raise cli.UsageError(
                f"{path} is no plan of this program ({one_line(error)}): "
                "remove it to plan anew"
            ) from error
    model, train = configs(values)
    cores = processors.usable()
    processors.keep_to(parallel_runs.shares(2)[0])
    quietly.import_tensorflow()
    chosen = precision.resolve(train.precision)
    train = dataclasses.replace(train, precision=chosen)
    print("timing the four stages, some minutes on a slow machine", flush=True)
    seconds, _ = stage_times.measure(model, train)
    processors.keep_to(cores)
    each, direct = (
        60 * values.minutes / of_one
        for of_one in (sum(seconds.values()), seconds[model.length])
    )
    planned = {
        "seconds": seconds,
        "grown": stage_times.grown(max(2, round(each))),
        "direct": {"iterations": max(4, round(direct))},
        "flags": flags,
    }
    write_text(path, json.dumps(planned, indent=2) + "\n")
    return planned


def command(values, folder: Path, kind: str, seed: str, planned: dict) -> list:
    """Returns the training command of one kind and seed."""
    iterations = planned[kind]["iterations"]
    last = iterations if kind == "grown" else UNTIL_STOPPED
    return [
        "experiments.train",
        f"--data_dir={values.data_dir}",
        f"--run_dir={folder / f'{kind}_{seed}'}",
        f"--width={values.width}",
        f"--latent_dim={values.latent_dim}",
        f"--batch_size={values.batch_size}",
        f"--precision={precision.AUTO}",
        f"--iterations={last}",
        f"--stages={planned[kind].get('stages', '')}",
        f"--seed={seed}",
        f"--checkpoint_every={max(1, iterations // values.points)}",
        f"--preview_every={max(1, iterations // 4)}",
        "--keep=1000",
        "--notensorboard",
    ]


def train_both(values, folder: Path, seed: str, planned: dict) -> None:
    """Runs both trainings of a seed at once, each on half of the cores.

    The grown one has its schedule; the direct one goes on until it has been
    trained for as many seconds.

    Raises:
      UsageError: one of them failed.
    """
    last = planned["grown"]["iterations"]
    direct, grown = (folder / f"{kind}_{seed}" for kind in KINDS)

    def done() -> bool:
        aim = run_clock.seconds(grown)
        passed = max(run_clock.seconds(direct).values())
        return RunDir(grown).last_saved() == last and passed >= aim[last]

    if done():
        return
    with contextlib.ExitStack() as stack:
        processes = [
            stack.enter_context(
                parallel_runs.process(
                    command(values, folder, kind, seed, planned),
                    folder / f"{kind}_{seed}.log",
                    cores,
                )
            )
            for kind, cores in zip(KINDS, parallel_runs.shares(2), strict=True)
        ]
        while True:
            ended = [process.poll() for process in processes]
            if ended[1] is not None and done():
                return
            if any(ended) or None not in ended:
                raise cli.UsageError(
                    f"a training of seed {seed} failed; see the .log files in "
                    f"{folder}"
                )
            time.sleep(1)


def curve(run: Path) -> list[dict[str, float]]:
    """Returns iteration, seconds since the start and KAD of each checkpoint."""
    seconds = run_clock.seconds(run)
    scores = read_numbers(run / "scores.csv", "iteration", "kad")
    return [
        {
            "iteration": int(iteration),
            "seconds": round(seconds[int(iteration)], 1),
            "kad": kad,
        }
        for iteration, kad in scores
    ]


def listen(run: Path, points: list[dict], classifier) -> dict:
    """Adds to each point the accuracy of its sounds.

    Returns:
      The comb index of the last checkpoint's sounds.
    """
    from wavegan_cond.evaluation.artifacts import comb_index
    from wavegan_cond.evaluation.measure_model import (
        generate_all,
        measure_accuracy,
    )
    from wavegan_cond.saved_models.load import load_model

    for point in points:
        iteration = str(point["iteration"])
        model = load_model(run, checkpoint=iteration, full_rate=True)
        waves, labels = generate_all(model, SOUNDS, 0)
        point["accuracy"] = measure_accuracy(classifier, waves, labels)[
            "accuracy"
        ]
    return {str(k): v for k, v in comb_index(waves).items()}


def stage_seconds(values, folder: Path, planned: dict) -> dict[str, float]:
    """Returns the seconds of an iteration: of each stage, and when direct.

    As they were while both trained, a mean over the seeds.
    """
    schedule = make_schedule(ModelConfig(), TrainConfig(**planned["grown"]))
    found = {}
    for stage in schedule:
        found[str(stage.length)] = [
            run_clock.iteration_seconds(
                folder / f"grown_{seed}", stage.first, stage.last
            )
            for seed in values.seeds
        ]
    found["direct"] = [
        run_clock.iteration_seconds(run, 0, max(run_clock.seconds(run)))
        for run in (folder / f"direct_{seed}" for seed in values.seeds)
    ]
    return {name: round(statistics.mean(x), 3) for name, x in found.items()}


def summarise(points: list[dict]) -> dict:
    """Returns when a run was coherent, and how it ended."""
    coherent = [p["seconds"] for p in points if p["accuracy"] >= COHERENT]
    return {
        "coherent after seconds": coherent[0] if coherent else None,
        "last kad": points[-1]["kad"],
        "best kad": min(point["kad"] for point in points),
        "last accuracy": points[-1]["accuracy"],
        "seconds": points[-1]["seconds"],
    }


def check(values: cli.Values, store) -> None:
    """Raises UsageError unless both kinds can be trained and measured."""
    check_seeds(values.seeds)
    model, train = configs(values)
    check_data(store, model, make_schedule(model, train))
    check_measurable(store)


def main(values: cli.Values) -> None:
    """Plans, trains, listens, draws."""
    from wavegan_cond.evaluation.measure_model import measure_accuracy, train_on

    store = open_store(values.data_dir, verify=True)
    check(values, store)
    folder = Path(values.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    planned = plan(values, folder)
    for seed in values.seeds:
        print(f"seed {seed}: {values.minutes:g} minutes", flush=True)
        with StopSignal():
            train_both(values, folder, seed, planned)
    quietly.import_tensorflow()
    classifier = train_on(store, 0, 12, 3000)
    waves, labels = store.split("validation")
    result = {
        "plan": planned,
        "seconds of an iteration": stage_seconds(values, folder, planned),
        "classifier on real sounds": measure_accuracy(
            classifier, waves, labels
        ),
        "runs": {},
    }
    for kind in KINDS:
        for seed in values.seeds:
            run = folder / f"{kind}_{seed}"
            points = curve(run)
            comb = listen(run, points, classifier)
            result["runs"][f"{kind}_{seed}"] = {
                **summarise(points),
                "comb dB": comb,
                "points": points,
            }
    text = json.dumps(result, indent=1) + "\n"
    write_text(folder / "growing.json", text)
    draw(result, folder / "growing.png")
    for name, run in result["runs"].items():
        print(name, {k: v for k, v in run.items() if k != "points"})


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
