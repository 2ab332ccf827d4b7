r"""Trains with and without progressive growing, side by side, and compares.

    python -m experiments.compare_growing --data_dir=DIR --output_dir=DIR \\
        --minutes=30 --seeds=0,1

For each seed two trainings run at once for the same time, each on half of the
cores: directly at the full length, and grown over the paper's four stages with
as many iterations each. Every checkpoint is scored by its distance to held-out
sounds (KAD, scores.csv), and heard by a classifier trained on the real ones.
The command continues where it was interrupted. It leaves growing.json and
growing.png.
"""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

from absl import flags

from experiments import cli, quiet, stage_times
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.files import write_text

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "data_dir", None, "a store of experiments.prepare_data", flag_values=FLAGS
)
flags.DEFINE_string(
    "output_dir", None, "runs, figures and the result", flag_values=FLAGS
)
flags.DEFINE_float(
    "minutes", 30.0, "of each training", 0.1, None, flag_values=FLAGS
)
flags.DEFINE_list("seeds", ["0", "1"], "of the trainings", flag_values=FLAGS)
flags.DEFINE_integer("width", 16, "base width (d)", 1, None, flag_values=FLAGS)
flags.DEFINE_integer(
    "latent_dim", 3, "latent size (Z)", 1, None, flag_values=FLAGS
)
flags.DEFINE_integer(
    "batch_size", 64, "examples of one update", 1, None, flag_values=FLAGS
)
flags.DEFINE_integer(
    "points", 24, "checkpoints of each training", 4, None, flag_values=FLAGS
)
flags.mark_flags_as_required(["data_dir", "output_dir"], flag_values=FLAGS)

KINDS = ("direct", "grown")
SOUNDS = 100  # a class, that the classifier hears of a checkpoint
COHERENT = 0.9  # share of sounds heard as the class asked for


def plan(values: flags.FlagValues, folder: Path) -> dict:
    """Returns the iterations of both kinds, measured once and kept."""
    path = folder / "plan.json"
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    model = ModelConfig(width=values.width, latent_dim=values.latent_dim)
    train = TrainConfig(
        batch_size=values.batch_size, precision="mixed_bfloat16"
    )
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, set(cores[: max(1, len(cores) // 2)]))
    quiet.import_tensorflow()
    found = stage_times.plan(model, train, values.minutes)
    os.sched_setaffinity(0, set(cores))
    direct = 60 * values.minutes / found["seconds"][model.length]
    found["direct"] = {"iterations": max(4, round(direct))}
    write_text(path, json.dumps(found, indent=2) + "\n")
    return found


def command(values, folder: Path, kind: str, seed: str, planned: dict) -> list:
    """Returns the training command of one kind and seed."""
    iterations = planned[kind]["iterations"]
    return [
        sys.executable,
        "-m",
        "experiments.train",
        f"--data_dir={values.data_dir}",
        f"--run_dir={folder / f'{kind}_{seed}'}",
        f"--width={values.width}",
        f"--latent_dim={values.latent_dim}",
        f"--batch_size={values.batch_size}",
        "--precision=mixed_bfloat16",
        f"--iterations={iterations}",
        f"--stages={planned[kind].get('stages', '')}",
        f"--seed={seed}",
        f"--checkpoint_every={max(1, iterations // values.points)}",
        f"--preview_every={max(1, iterations // 4)}",
        "--keep=1000",
        "--notensorboard",
    ]


def train_both(values, folder: Path, seed: str, planned: dict) -> None:
    """Runs both trainings of a seed at once, each on half of the cores.

    Raises:
      UsageError: one of them failed.
    """
    cores = sorted(os.sched_getaffinity(0))
    half = max(1, len(cores) // 2)
    shares = (cores[:half], cores[half:] or cores[:half])
    processes = []
    for kind, share in zip(KINDS, shares, strict=True):
        with open(folder / f"{kind}_{seed}.log", "a") as said:
            process = subprocess.Popen(
                command(values, folder, kind, seed, planned),
                stdout=said,
                stderr=said,
            )
        os.sched_setaffinity(process.pid, set(share))
        processes.append(process)
    codes = [process.wait() for process in processes]
    if any(codes):
        raise cli.UsageError(
            f"a training ended with {codes}; see the .log files in {folder}"
        )


def curve(run: Path) -> list[dict[str, float]]:
    """Returns iteration, seconds since the start and KAD of each checkpoint."""
    with open(run / "log.csv", newline="") as file:
        seconds, total = {}, 0.0
        for row in csv.DictReader(file):
            total += float(row["seconds"])
            seconds[row["iteration"]] = total
    with open(run / "scores.csv", newline="") as file:
        return [
            {
                "iteration": int(row["iteration"]),
                "seconds": round(seconds[row["iteration"]], 1),
                "kad": float(row["kad"]),
            }
            for row in csv.DictReader(file)
        ]


def listen(run: Path, points: list[dict], classifier) -> dict:
    """Adds to each point how many sounds are heard as asked for.

    Returns:
      The comb index of the last checkpoint's sounds.
    """
    from experiments.accuracy import ask, judge
    from wavegan_cond import synth
    from wavegan_cond.evaluation.artifacts import comb_index

    for point in points:
        iteration = str(point["iteration"])
        model = synth.load_model(run, checkpoint=iteration, full_rate=True)
        waves, labels = ask(model, SOUNDS, 0)
        point["accuracy"] = judge(classifier, waves, labels)["accuracy"]
    return {str(k): v for k, v in comb_index(waves).items()}


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


def main(values: flags.FlagValues) -> None:
    """Plans, trains, listens, draws."""
    from data_prep.store import open_store
    from experiments import accuracy
    from experiments.growing_figure import draw

    store = open_store(values.data_dir, verify=True)
    folder = Path(values.output_dir)
    folder.mkdir(parents=True, exist_ok=True)
    planned = plan(values, folder)
    for seed in values.seeds:
        print(f"seed {seed}: {values.minutes:g} minutes", flush=True)
        train_both(values, folder, seed, planned)
    quiet.import_tensorflow()
    classifier = accuracy.train(store, 0, 12, 3000)
    waves, labels = store.split("validation")
    result = {
        "plan": planned,
        "classifier on real sounds": accuracy.judge(classifier, waves, labels),
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
