r"""Times everything that has a baseline, side by side, on this machine.

    python -m experiments.benchmark [--only=training,generation] \
        [--widths=16,64] [--repeats=5] [--input_dir=SAMPLES]

Versions of one thing take turns in one run; medians are reported. Beside them
stand the machine's own float32 and bfloat16 matrix products, the ceiling of
everything here. Without --input_dir, preparation is timed on the demo kit.
"""

import dataclasses
import json
import os
import pathlib
import tempfile
from collections.abc import Callable, Mapping

import numpy as np

from data_prep.store.store import write_store
from experiments.benchmark import (
    devices,
    formats,
    instrument,
    preparation,
    switches,
    training,
)
from experiments.benchmark.training import take_turns
from experiments.benchmark.trial import Trial
from experiments.common import cli, outputs, quietly
from wavegan_cond.config import LENGTHS, ModelConfig
from wavegan_cond.settings import setting
from wavegan_cond.storage.atomic import write_text


def time_generation(trial: Trial) -> dict[str, dict[str, float]]:
    """Times making sounds: clips per second at batch 1 and 64."""
    import tensorflow as tf

    from experiments.benchmark.textbook import make_textbook_networks
    from wavegan_cond.model.networks import make_generator

    figures = {}
    for width in trial.widths:
        model = ModelConfig(width=width, latent_dim=3, length=trial.length)
        makers = {
            "textbook": make_textbook_networks(model)[0],
            "polyphase": make_generator(model),
        }
        players = {}
        for name, generator in makers.items():
            play = tf.function(generator.call)
            players[name] = lambda z, y, f=play: f(z, y).numpy()
        figures |= training.time_players(players, trial.repeats, f"d = {width}")
    return figures


def time_pipeline(trial: Trial) -> dict[str, dict[str, float]]:
    """Times the batches of one iteration, from disk to tensor."""
    from data_prep.store.batches import load_batches

    rows, size = 9000, 5 * trial.batch_size
    random = np.random.default_rng(0)
    chunk = random.integers(-9000, 9000, (1000, trial.length)).astype("i2")
    with tempfile.TemporaryDirectory() as folder:
        store = write_store(
            f"{folder}/store",
            waveforms=[chunk] * (rows // 1000),
            labels=np.zeros(rows),
            train=rows,
            classes=["kick"],
            length=trial.length,
            manifest=["path\n"],
            details={},
        )
        batches = iter(load_batches(store, size, seed=0))
        seconds = take_turns(
            {"batches": lambda: next(batches)[0].numpy()}, 10 * trial.repeats
        )["batches"]
        steps = training.make_step(
            training.usable_forms()[-1],
            trial.widths[0],
            trial.length,
            trial.batch_size,
        )
        step = {"step": steps["iteration"]}
        iteration = take_turns(step, trial.repeats)["step"]
    return {
        f"{size} sounds": {
            "seconds": seconds,
            "share of an iteration": seconds / iteration,
        }
    }


def time_preparation(trial: Trial) -> dict[str, dict[str, float]]:
    """Times preparing files, beside one librosa.load after the other."""
    with tempfile.TemporaryDirectory() as folder:
        return preparation.measure(trial.input_dir, folder)


PARTS: dict[str, Callable[[Trial], dict[str, dict[str, float]]]] = {
    "training": training.time_training,
    "memory": training.time_memory,
    "switches": lambda trial: switches.time_switches(trial.repeats),
    "generation": time_generation,
    "formats": formats.time_formats,
    "pipeline": time_pipeline,
    "preparation": time_preparation,
    "devices": devices.time_devices,
    "instrument": lambda trial: instrument.time_drag(),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    only: tuple[str, ...] = setting(
        tuple(PARTS), "what to time: " + ", ".join(PARTS)
    )
    widths: tuple[str, ...] = setting(
        ("16", "64"), "base widths of the networks (d)"
    )
    repeats: int = setting(5, "turns each version takes", low=1)
    batch_size: int = setting(64, "examples of one update", low=1)
    length: int = setting(16384, "samples of a sound", low=64)
    input_dir: str | None = setting(None, "sounds to time preparation on")
    output: str | None = setting(None, "a JSON file for the figures")
    require_gpu: bool = setting(False, "refuse to time the processor")


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> dict[str, dict[str, dict[str, float]]]:
    """Times each part, prints its table and writes what there is so far.

    Returns:
      The tables, by part.

    Raises:
      UsageError: a setting is none of what can be timed.
      DeviceError: a GPU is required and there is none.
    """
    check(settings)
    trial = Trial(
        widths=tuple(map(int, settings.widths)),
        repeats=settings.repeats,
        batch_size=settings.batch_size,
        length=settings.length,
        input_dir=settings.input_dir,
    )
    quietly.import_tensorflow()
    from wavegan_cond.training.strategy import check_gpu

    if settings.require_gpu:
        check_gpu()
    print(f"training is timed on {training.device_name()}", flush=True)
    results = {}
    for part in settings.only:
        print(part, flush=True)
        if part == "formats" and training.has_gpu():
            print("  left out: all but TensorFlow play them on the processor")
            continue
        results[part] = PARTS[part](trial)
        print_table(results[part])
        if settings.output:  # after each part: the next one may fail
            text = json.dumps(results, indent=2) + "\n"
            write_text(pathlib.Path(settings.output), text)
    return results


def check(settings: Settings) -> None:
    """Raises UsageError unless all that is wanted can be timed."""
    unknown = set(settings.only) - set(PARTS)
    if unknown:
        raise cli.UsageError(
            f"--only={','.join(sorted(unknown))}: expected some of "
            f"{', '.join(PARTS)}"
        )
    widths = [w for w in settings.widths if w.isdecimal() and len(w) < 6]
    if not widths or len(widths) < len(settings.widths) or "0" in widths:
        raise cli.UsageError(
            f"--widths={','.join(settings.widths)}: expected whole numbers "
            "above 0 with commas between"
        )
    if settings.length not in LENGTHS:
        raise cli.UsageError(
            f"--length={settings.length}: expected one of "
            f"{', '.join(map(str, sorted(LENGTHS)))}"
        )
    if "devices" in settings.only and settings.batch_size % 2:
        raise cli.UsageError(
            f"--batch_size={settings.batch_size}: devices are two, which share "
            "it"
        )
    if settings.input_dir and not os.path.isdir(settings.input_dir):
        raise cli.UsageError(
            f"--input_dir={settings.input_dir} is not a folder"
        )
    if settings.output:
        outputs.check_file(settings.output, ".json", is_ours=is_report)


def is_report(path: pathlib.Path) -> bool:
    """Says whether a file has figures of parts, and nothing else."""
    return set(outputs.read_report(path)) <= set(PARTS)


def print_table(figures: Mapping[str, Mapping[str, float]]) -> None:
    """Prints one line a version."""
    for name, row in figures.items():
        cells = ", ".join(f"{key} {value:.3g}" for key, value in row.items())
        print(f"  {name:<32} {cells}", flush=True)


def main(values: cli.Values) -> None:
    """Reads the flags and times each part."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
