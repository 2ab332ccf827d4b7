r"""Shows what lives in a large collection of sounds (paper section 4.1).

    python -m experiments.preview --data_dir=DIR --output_dir=DIR --minutes=20

Trains the fast progressive model and makes a page: of every class, generated
sounds spread over what the model can do, and below each its nearest real sounds
in the collection, by name. The minutes are those of everything, planning and
page included: when they are over the training stops, and the page is of what is
there. Interrupted, the same command resumes.
"""

import dataclasses
import json
import time
from collections.abc import Mapping
from pathlib import Path

from absl import flags

from experiments.claims import stage_times
from experiments.common import cli
from experiments.common.deadline import Deadline
from experiments.common.steps import Steps
from wavegan_cond.config import REQUIRED, ModelConfig, TrainConfig, setting
from wavegan_cond.storage.atomic import write_text, writing
from wavegan_cond.storage.untrusted import one_line, read_json
from wavegan_cond.training import precision


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output_dir: str = setting(REQUIRED, "folder of the run and the page")
    minutes: float = setting(20.0, "minutes of everything", low=0.1)
    num: int = setting(12, "sounds of each class on the page", low=1, high=64)
    nearest: int = setting(2, "number of real sounds below each", low=1, high=8)
    compare: int = setting(
        20000,
        "real sounds of each class that are looked at, evenly spaced",
        low=1,
    )
    seed: int = setting(0, "seed of the training", low=0)


FLAGS = cli.make_flags(Settings)

CANDIDATES = 200  # sounds of each class of which the page shows a few
MAX_BYTES = 1 << 20  # of plan.json
AXES = 1000  # real sounds that the axes of comparison are fitted to
LEAST_COMPARED = 100  # real sounds of each class, however short the time
LITTLE = 300  # iterations, after which a model makes hardly more than noise
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


def plan(folder: Path, model: ModelConfig, end: float, seed: int):
    """Returns the TrainConfig of a run, planned once, and what compiling takes.

    Args:
      folder: with the plan.
      model: the shape of the networks.
      end: when the training shall end, as ``time.monotonic`` has it.
      seed: of the training.

    Raises:
      UsageError: the plan that is there is damaged.
    """
    path = folder / "plan.json"
    settings = {"batch_size": 32, "seed": seed}
    if not path.exists():
        settings["precision"] = precision.resolve(precision.AUTO)
        seconds, compiling = stage_times.estimate(
            model, TrainConfig(**settings)
        )
        left = end - time.monotonic()
        each = iterations_of_stage(left, seconds, compiling)
        planned = {
            "precision": settings["precision"],
            "seconds": seconds,
            "compiling": compiling,
            "grown": stage_times.grown(each),
        }
        write_text(path, json.dumps(planned, indent=2) + "\n")
    try:
        planned = read_json(path, MAX_BYTES)
        settings["precision"] = planned.get("precision", "mixed_bfloat16")
        compiling = planned.get("compiling", {})
        return TrainConfig(**settings, **planned["grown"]), {
            int(length): float(value) for length, value in compiling.items()
        }
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as e:
        raise cli.UsageError(
            f"{path} is no plan of this program ({one_line(e)}): remove it "
            "to plan anew, or choose another --output_dir"
        ) from e


def train_model(
    store, folder: Path, model: ModelConfig, train: TrainConfig, stop: Deadline
) -> int:
    """Trains, or resumes, until it is done or the time is over.

    Returns:
      The signal that stopped it, or 0.
    """
    from experiments.common.preflight import check_data
    from experiments.train import run_in
    from wavegan_cond.schedule import make_schedule
    from wavegan_cond.training.run_callbacks import Options

    check_data(store, model, make_schedule(model, train))
    often = max(FEWEST_BETWEEN, train.iterations // 8)
    options = Options(
        checkpoint_every=often,
        preview_every=often,
        tensorboard=False,
        best_by="none",  # it takes time, and the last stage is the best
    )
    stopped_by = run_in(folder / "run", store, model, train, options, stop)
    return 0 if stop.passed else stopped_by


def make_page(
    store,
    folder: Path,
    settings: Settings,
    steps: Steps,
    end: float = float("inf"),
) -> None:
    """Writes ``index.html`` from the run that is in the folder.

    Args:
      store: the collection.
      folder: with the run.
      settings: what is shown.
      steps: told how far it is.
      end: when the page shall be there, as ``time.monotonic`` has it; fewer
        real sounds are looked at if it is near.
    """
    import numpy as np

    from experiments.common import page
    from experiments.common.store_files import file_names
    from wavegan_cond.evaluation.embedding import Embedding
    from wavegan_cond.evaluation.measure_model import generate_all
    from wavegan_cond.model.critic_input import evenly
    from wavegan_cond.saved_models.load import load_model

    model = load_model(folder / "run", full_rate=True)
    steps.note(f"generating {CANDIDATES} sounds of each class")
    waves, labels = generate_all(model, CANDIDATES, 0)
    steps.note("comparing with real sounds")
    started, rows = time.monotonic(), evenly(np.arange(store.train), AXES)
    embed = Embedding(store.read_rows(rows))
    now = time.monotonic()
    rate = len(rows) / (now - started)  # sounds a second
    each = affordable(settings.compare, rate * (end - now), len(store.classes))
    groups, paths = [], file_names(store)
    for label, name in enumerate(store.classes):
        steps.note(f"{name}: up to {each} real sounds")
        made = waves[labels == label]
        groups += class_groups(store, embed, label, made, each, settings, paths)
    little = too_little(folder, model.info.iteration)
    if little:
        steps.note(little)
    page.build(
        folder / "index.html",
        groups,
        "What lives in this collection",
        f"{little} Generated after {model.info.iteration} iterations, spread "
        "over what the model makes; below each the real sounds nearest to it.",
    )


def affordable(wanted: int, sounds: float, classes: int) -> int:
    """Returns the real sounds of each class to look at.

    Args:
      wanted: at most.
      sounds: that there is time for; half of it is left to the page.
      classes: that share them.
    """
    return int(min(wanted, max(LEAST_COMPARED, sounds / 2 / classes)))


def too_little(folder: Path, iteration: int) -> str:
    """Returns a warning if a run was trained too little to be shown, or ""."""
    from wavegan_cond.config import from_json
    from wavegan_cond.schedule import make_schedule, stage_of
    from wavegan_cond.training.run_dir import RunDir

    model, train = from_json(RunDir(folder / "run").read_config())[:2]
    schedule = make_schedule(model, train)
    early = stage_of(schedule, iteration) != schedule[-1]
    if not early and iteration >= LITTLE:
        return ""
    end = ", before the last stage of growing" if early else ""
    return (
        f"Trained for {iteration} iterations only{end}: these sounds are "
        "closer to noise than to the collection. More --minutes and a new "
        "--output_dir make better ones."
    )


def class_groups(
    store,
    embed,
    label: int,
    made,
    compare: int,
    settings: Settings,
    paths: Mapping[int, str],
) -> list:
    """Returns the rows of a class: generated sounds, and the real ones.

    Args:
      store: the collection.
      embed: waves [N, T] -> points [N, D].
      label: of the class.
      made: generated waves [N, T] to choose from.
      compare: number of real sounds to look at.
      settings: how many are shown.
      paths: of ``store_files.file_names``.
    """
    from experiments.common import page
    from wavegan_cond.evaluation import neighbours
    from wavegan_cond.synthesis.wav import to_float

    name = store.classes[label]
    points, rows = embed(made), real_rows(store, label, compare)
    chosen = neighbours.farthest_points(points, settings.num)
    close = neighbours.nearest(
        points[chosen],
        embed_rows(store, embed, rows),
        min(settings.nearest, len(rows)),
    )
    sounds = [
        (f"made {number}", made[index])
        for number, index in enumerate(chosen, 1)
    ]
    groups = [group(page, name, sounds, store.sample_rate, True)]
    for place in range(close.shape[1]):
        real = rows[close[:, place]]
        sounds = [
            (paths.get(int(row), f"row {row}"), to_float(wave))
            for row, wave in zip(real, store.read_rows(real), strict=True)
        ]
        title = f"{name}: {'nearest' if not place else 'next'} real sound"
        groups.append(group(page, title, sounds, store.sample_rate, False))
    return groups


def group(page, title: str, sounds: list, rate: int, beat: bool):
    """Returns a row of the page: (name, wave) of each sound."""
    from wavegan_cond.synthesis.wav import safe_name, wav_bytes

    tiles = [
        page.Sound(name, wav_bytes(wave, rate), file=f"{safe_name(name)}.wav")
        for name, wave in sounds
    ]
    return page.Group(title, tiles, beat)


def real_rows(store, label: int, most: int):
    """Returns up to ``most`` training rows of a class, evenly spaced."""
    import numpy as np

    from wavegan_cond.model.critic_input import evenly

    rows = np.flatnonzero(store.labels[: store.train] == label)
    return evenly(rows, most)


def embed_rows(store, embed, rows):
    """Returns where rows lie, [N, D], read piece by piece."""
    import numpy as np

    pieces = [
        embed(store.read_rows(rows[start : start + 512]))
        for start in range(0, len(rows), 512)
    ]
    return np.concatenate(pieces)


def make_model(store) -> ModelConfig:
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


def main(values: flags.FlagValues) -> int:
    """Plans, trains, and makes the page."""
    from data_prep.store.store import open_store
    from experiments.common.preflight import check_classes

    settings, steps = cli.read_config(Settings, values), Steps(STEPS)
    end = time.monotonic() + 60 * settings.minutes
    until = end - page_seconds(settings.minutes)
    steps.begin("opening the data, loading TensorFlow")
    store = open_store(settings.data_dir)
    model = make_model(store)
    check_classes(store)
    cli.import_tensorflow()
    folder = Path(settings.output_dir)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
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
    make_page(store, folder, settings, steps, end)
    print(f"open {folder.resolve() / 'index.html'}")
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
