r"""Measures sounds that the paper's authors published, and a model beside them.

    python -m experiments.claims.published --reference_dir=DIR --data_dir=data \
        --model=runs/drums --output=published.json

reference_dir holds sounds and an index.csv that says of each file its label,
kind (generated, or real ...), demo, step, and the file it was cut from.
Measured are: the generated sounds of the authors' 2021 successor against the
real ones they show beside them, 15 of each class; the paths and sweeps of the
2020 paper's model, those of 4096 samples where the store has that length; the
model's own sounds against held-out real ones, 15 at a time and 300. With so few
sounds a distance says little. Its interval, with other kits, files and paths
like these, stands beside it where there are five or more of them.
"""

import dataclasses
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data_prep.store.store import Store, open_store
from experiments.claims.published_sounds import (
    Published,
    read_index,
    read_sounds,
    select,
)
from experiments.common import cli, loading, quietly
from experiments.common.json_text import to_text
from experiments.common.outputs import check_file, read_report
from experiments.common.preflight import check_measurable, check_same
from wavegan_cond.evaluation.features import FLOORS
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.synthesis.wav import to_float

if TYPE_CHECKING:
    from wavegan_cond.evaluation.report import Reference
    from wavegan_cond.synthesis.synth import Synth


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = setting(
        None, "run folder or SavedModel to measure beside them"
    )
    reference_dir: str = setting(
        REQUIRED, "folder of the published sounds and their index.csv"
    )
    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output: str = setting(REQUIRED, "JSON file to write")


FLAGS = cli.make_flags(Settings)

SOURCES = 5  # of a set, which can say how far others would lie
FEW, DRAWS = 15, 200  # sounds a class of the successor's demo; draws of as many
MANY = 300  # sounds of each class of the model
PATHS = (  # of the 2020 model: title, how its demo is called, samples
    ("2020 path", "A to B: linear path", 16384),
    ("2020 sweeps", "different_dimensions", 16384),
    ("2020 lerp", "linear interpolation", 4096),
    ("2020 slerp", "spherical interpolation", 4096),
)


def run(settings: Settings) -> dict:
    """Measures, prints a table, and writes the figures.

    Returns:
      The figures that were written: of each class, and of paths if there is a
      model.

    Raises:
      UsageError: the sounds, the store or the model do not fit, or the file to
        write is there and holds something else.
      ModelError: the model cannot be used.
      StoreError: the store is none, or is damaged.
    """
    check_file(settings.output, ".json", is_ours=is_report)
    store = open_store(settings.data_dir, verify=True)
    check_measurable(store)
    sounds = read_index(Path(settings.reference_dir))
    quietly.import_tensorflow()
    from wavegan_cond.evaluation import latent_space
    from wavegan_cond.evaluation.references import make_reference

    model = None
    if settings.model:
        model = loading.load_model(settings)
        check_same(store, model.info, settings.model)
    reference = make_reference(store)
    result = {"classes": measure(reference, store, sounds, model)}
    if model:
        result["paths"] = latent_space.measure_paths(model, reference)
    print(table(result["classes"]), flush=True)
    write_text(Path(settings.output), to_text(result))
    return result


class Sounds(NamedTuple):
    """Sounds of a class, and which of them are of one source.

    Attributes:
      waves: [N, T].
      sources: kit, file or path of each; "" of a sound that is alone.
    """

    waves: np.ndarray
    sources: Sequence[str]


def compare(reference: "Reference", real: Sounds, generated: Sounds) -> dict:
    """Returns the distances of one set to another, of one class.

    Their intervals are there if both sets have sources enough.
    """
    from wavegan_cond.evaluation import distances

    found, sets = {}, (real, generated)
    fewest = min(len(set(distances.name_groups(x.sources))) for x in sets)
    for floor in FLOORS:
        points = [reference.points(some.waves, floor) for some in sets]
        found[f"kad_{floor}"] = distances.kad(*points)
        if fewest >= SOURCES:
            found[f"kad_{floor}_interval"] = distances.kad_interval(
                *points, *(some.sources for some in sets)
            )
    return found


def compare_few(
    reference: "Reference", real: np.ndarray, generated: np.ndarray
) -> dict:
    """Returns distances of draws of 15, and how far they scatter."""
    from wavegan_cond.evaluation import distances

    random, found = np.random.default_rng(0), {}
    for floor in FLOORS:
        one, other = (reference.points(x, floor) for x in (real, generated))
        values = []
        for _ in range(DRAWS):
            # A set is compared with itself in two halves without overlap.
            rows = random.permutation(len(one))
            mine = rows[:FEW]
            theirs = random.permutation(len(other))[:FEW]
            if real is generated:
                half = min(FEW, len(one) // 2)
                mine, theirs = rows[:half], rows[half : 2 * half]
            values.append(distances.kad(one[mine], other[theirs]))
        found[f"kad_{floor}"] = float(np.mean(values))
        found[f"kad_{floor}_deviation"] = float(np.std(values))
    return found


def describe(reference: "Reference", label: int, waves: np.ndarray) -> dict:
    """Returns what of a class's sounds can be said without others."""
    from wavegan_cond.evaluation import artifacts, signal_quality
    from wavegan_cond.evaluation.report import levels

    return {
        "sounds": len(waves),
        **reference.classify(waves, np.full(len(waves), label)),
        "comb_levels": levels(artifacts.comb_index(waves)),
        **signal_quality.summarise(signal_quality.measure(waves)),
    }


def describe_paths(
    reference: "Reference", label: int, paths: list[np.ndarray]
) -> dict:
    """Returns what can be said of paths of a class, means over them.

    Args:
      reference: to measure with.
      label: of the class.
      paths: float32 [steps, T] of each.
    """
    from wavegan_cond.evaluation.latent_space import PathMeasures, path_measures

    found = [path_measures(reference.points(path)) for path in paths]
    return {
        "paths": len(paths),
        **describe(reference, label, np.concatenate(paths)),
        **PathMeasures(*np.mean(found, axis=0))._asdict(),
    }


def measure(
    reference: "Reference",
    store: Store,
    sounds: list[Published],
    model: "Synth | None",
) -> dict:
    """Returns all figures, by class."""
    from wavegan_cond.evaluation.measure_model import generate_all

    result = {}
    made = generate_all(model, MANY, 0) if model else None
    held_out, labels = store.split("validation")
    kits = store.groups()[store.rows("validation")]
    for label, name in enumerate(store.classes):
        rows = labels == label
        real = Sounds(to_float(held_out[rows]), kits[rows])
        result[name] = found = {
            "held out": describe(reference, label, real.waves)
            | compare_few(reference, real.waves, real.waves),
            **successor(reference, store, sounds, label, real),
        }
        for title, demo, length in PATHS:
            steps = select(sounds, "generated", demo, name)
            if length != store.length or not steps:
                continue
            paths = [
                read_sounds(list(path), length, store.sample_rate)
                for _, path in itertools.groupby(steps, lambda x: x.source)
            ]
            found[title] = describe_paths(reference, label, paths)
            sources = [step.source for step in steps]
            found[title] |= compare(
                reference, real, Sounds(np.concatenate(paths), sources)
            )
        if made:
            ours = made[0][made[1] == label]
            found["model"] = describe(reference, label, ours) | compare(
                reference, real, Sounds(ours, [""] * len(ours))
            )
            found["model, 15 at a time"] = compare_few(
                reference, real.waves, ours
            )
    return result


def successor(
    reference: "Reference",
    store: Store,
    sounds: list[Published],
    label: int,
    real: Sounds,
) -> dict:
    """Returns the figures of the 2021 system's sounds of a class."""
    name, demo = store.classes[label], "Training Data"
    chosen = [
        select(sounds, kind, demo, name) for kind in ("generated", "real")
    ]
    if min(map(len, chosen)) < 2:
        return {}
    theirs, shown = (
        Sounds(
            read_sounds(some, store.length, store.sample_rate),
            [sound.source for sound in some],
        )
        for some in chosen
    )
    return {
        "2021 generated": describe(reference, label, theirs.waves)
        | compare(reference, shown, theirs),
        "2021 generated, held out": compare(reference, real, theirs),
        "2021 real": describe(reference, label, shown.waves)
        | compare(reference, real, shown),
    }


def is_report(path: Path) -> bool:
    """Says whether a file has figures of classes, as this command's."""
    sets = read_report(path)["classes"].values()
    return all("held out" in each for each in sets)


def table(result: dict) -> str:
    """Returns the distances as text."""
    lines = []
    for name, sets in result.items():
        lines.append(f"{name:28}{'audible':>9}{'absolute':>10}{'right':>8}")
        for title, found in sets.items():
            right = found.get("accuracy")
            lines.append(
                f"  {title:26}{found['kad_audible']:9.1f}"
                f"{found['kad_absolute']:10.1f}"
                + (f"{right:8.2f}" if right is not None else "")
            )
    return "\n".join(lines)


def main(values: cli.Values) -> None:
    """Reads the flags and measures."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
