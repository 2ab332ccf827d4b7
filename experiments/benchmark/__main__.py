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
from collections.abc import Mapping

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
from experiments.common import cli, outputs, quietly
from wavegan_cond.config import ModelConfig
from wavegan_cond.schedule import LENGTHS
from wavegan_cond.settings import setting
from wavegan_cond.storage.atomic import write_text


def time_generation(values: cli.Values) -> dict:
    """Times making sounds: clips per second at batch 1 and 64."""
    import tensorflow as tf

    from experiments.benchmark.textbook import make_textbook_networks
    from wavegan_cond.model.networks import make_generator

    figures = {}
    for width in map(int, values.widths):
        model = ModelConfig(width=width, latent_dim=3, length=values.length)
        makers = {
            "textbook": make_textbook_networks(model)[0],
            "polyphase": make_generator(model),
        }
        players = {}
        for name, generator in makers.items():
            play = tf.function(generator.call)
            players[name] = lambda z, y, f=play: f(z, y).numpy()
        figures |= training.time_players(
            players, values.repeats, f"d = {width}"
        )
    return figures


def time_pipeline(values: cli.Values) -> dict:
    """Times the batches of one iteration, from disk to tensor."""
    from data_prep.store.batches import load_batches

    rows, size = 9000, 5 * values.batch_size
    random = np.random.default_rng(0)
    chunk = random.integers(-9000, 9000, (1000, values.length)).astype("i2")
    with tempfile.TemporaryDirectory() as folder:
        store = write_store(
            f"{folder}/store",
            waveforms=[chunk] * (rows // 1000),
            labels=np.zeros(rows),
            train=rows,
            classes=["kick"],
            length=values.length,
            manifest=["path\n"],
            details={},
        )
        batches = iter(load_batches(store, size, seed=0))
        seconds = take_turns(
            {"batches": lambda: next(batches)[0].numpy()}, 10 * values.repeats
        )["batches"]
        form, width = training.usable_forms()[-1], int(values.widths[0])
        step = training.make_step(form, width, values)["iteration"]
        iteration = take_turns({"step": step}, values.repeats)["step"]
    return {
        f"{size} sounds": {
            "seconds": seconds,
            "share of an iteration": seconds / iteration,
        }
    }


def time_preparation(values: cli.Values) -> dict:
    """Times preparing files, beside one librosa.load after the other."""
    with tempfile.TemporaryDirectory() as folder:
        return preparation.measure(values.input_dir, folder)


PARTS = {
    "training": training.time_training,
    "memory": training.time_memory,
    "switches": switches.time_switches,
    "generation": time_generation,
    "formats": formats.time_formats,
    "pipeline": time_pipeline,
    "preparation": time_preparation,
    "devices": devices.time_devices,
    "instrument": instrument.time_drag,
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


FLAGS = cli.make_flags(Settings)


def print_table(figures: Mapping[str, Mapping[str, float]]) -> None:
    """Prints one line a version."""
    for name, row in figures.items():
        cells = ", ".join(f"{key} {value:.3g}" for key, value in row.items())
        print(f"  {name:<32} {cells}", flush=True)


def main(values: cli.Values) -> None:
    """Times each part and prints its table."""
    unknown = set(values.only) - set(PARTS)
    if unknown:
        raise cli.UsageError(
            f"--only={','.join(sorted(unknown))}: expected some of "
            f"{', '.join(PARTS)}"
        )
    widths = [w for w in values.widths if w.isdecimal() and len(w) < 6]
    if not widths or len(widths) < len(values.widths) or "0" in widths:
        raise cli.UsageError(
            f"--widths={','.join(values.widths)}: expected whole numbers "
            "above 0 with commas between"
        )
    if values.length not in LENGTHS:
        raise cli.UsageError(
            f"--length={values.length}: expected one of "
            f"{', '.join(map(str, LENGTHS))}"
        )
    if "devices" in values.only and values.batch_size % 2:
        raise cli.UsageError(
            f"--batch_size={values.batch_size}: devices are two, which share it"
        )
    if values.input_dir and not os.path.isdir(values.input_dir):
        raise cli.UsageError(f"--input_dir={values.input_dir} is not a folder")
    if values.output:
        outputs.check_file(values.output, ".json")
    quietly.import_tensorflow()
    results = {}
    for part in values.only:
        print(part, flush=True)
        if part == "formats" and training.has_gpu():
            print("  left out: all but TensorFlow play them on the processor")
            continue
        results[part] = PARTS[part](values)
        print_table(results[part])
        if values.output:  # after each part: the next one may fail
            text = json.dumps(results, indent=2) + "\n"
            write_text(pathlib.Path(values.output), text)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
