r"""Shows what lives in a large collection of sounds (paper section 4.1).

    python -m experiments.preview --data_dir=DIR --output_dir=DIR --minutes=20

Trains the fast progressive model for a given time and makes a page: of every
class, generated sounds spread over what the model can do, and below each its
nearest real sounds in the collection, by name. Interrupted, the same command
resumes.
"""

import dataclasses
import json
from pathlib import Path

from absl import flags

from experiments.claims import stage_times
from experiments.common import cli
from wavegan_cond.config import REQUIRED, ModelConfig, TrainConfig, setting
from wavegan_cond.storage.atomic import write_text, writing
from wavegan_cond.storage.untrusted import one_line, read_json
from wavegan_cond.training import precision


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output_dir: str = setting(REQUIRED, "folder of the run and the page")
    minutes: float = setting(20.0, "minutes of training", low=0.1)
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


def plan(folder: Path, model: ModelConfig, minutes: float, seed: int):
    """Returns the TrainConfig of a run of so many minutes, planned once.

    Raises:
      UsageError: the plan that is there is damaged.
    """
    path = folder / "plan.json"
    settings = {"batch_size": 32, "seed": seed}
    if not path.exists():
        settings["precision"] = precision.resolve(precision.AUTO)
        planned = stage_times.plan(model, TrainConfig(**settings), minutes)
        planned["precision"] = settings["precision"]
        write_text(path, json.dumps(planned, indent=2) + "\n")
    try:
        planned = read_json(path, MAX_BYTES)
        settings["precision"] = planned.get("precision", "mixed_bfloat16")
        return TrainConfig(**settings, **planned["grown"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise cli.UsageError(
            f"{path} is no plan of this program ({one_line(error)}): remove it "
            "to plan anew, or choose another --output_dir"
        ) from error


def train_model(store, folder: Path, model: ModelConfig, train: TrainConfig):
    """Trains, or resumes; returns the signal that stopped it, or 0."""
    from experiments.common.preflight import check_data
    from experiments.train import run_in
    from wavegan_cond.schedule import make_schedule
    from wavegan_cond.training.run_callbacks import Options

    check_data(store, model, make_schedule(model, train))
    often = max(1, train.iterations // 8)
    options = Options(
        checkpoint_every=often, preview_every=often, tensorboard=False
    )
    return run_in(folder / "run", store, model, train, options)


def make_page(store, folder: Path, num: int, nearest: int, compare: int):
    """Writes ``index.html`` from the run that is in the folder."""
    import numpy as np

    from experiments.common import page
    from experiments.common.store_files import file_names
    from wavegan_cond.evaluation import neighbours
    from wavegan_cond.evaluation.embedding import Embedding
    from wavegan_cond.evaluation.measure_model import generate_all
    from wavegan_cond.model.critic_input import evenly
    from wavegan_cond.saved_models.load import load_model
    from wavegan_cond.synthesis.wav import to_float

    model = load_model(folder / "run", full_rate=True)
    embed = Embedding(store.read_rows(evenly(np.arange(store.train), AXES)))
    waves, labels = generate_all(model, CANDIDATES, 0)
    paths, groups = file_names(store), []
    for label, name in enumerate(store.classes):
        made = waves[labels == label]
        points = embed(made)
        chosen = neighbours.farthest_points(points, num)
        rows = real_rows(store, label, compare)
        close = neighbours.nearest(
            points[chosen],
            embed_rows(store, embed, rows),
            min(nearest, len(rows)),
        )
        sounds = [
            (f"made {number}", made[index])
            for number, index in enumerate(chosen, 1)
        ]
        groups.append(group(page, name, sounds, store.sample_rate, True))
        for place in range(close.shape[1]):
            real = rows[close[:, place]]
            sounds = [
                (paths.get(int(row), f"row {row}"), to_float(wave))
                for row, wave in zip(real, store.read_rows(real), strict=True)
            ]
            title = f"{name}: {'nearest' if not place else 'next'} real sound"
            groups.append(group(page, title, sounds, store.sample_rate, False))
    page.build(
        folder / "index.html",
        groups,
        "What lives in this collection",
        f"Generated after {model.info.iteration} iterations, spread over what "
        "the model makes; below each the real sounds nearest to it.",
    )


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


def main(values: flags.FlagValues) -> int:
    """Plans, trains, and makes the page."""
    from data_prep.store.store import open_store

    store = open_store(values.data_dir)
    model = ModelConfig(
        length=store.length,
        width=16,
        latent_dim=3,
        match_eq=True,
        classes=tuple(store.classes),
        sample_rate=store.sample_rate,
    )
    if store.length != stage_times.LENGTHS[-1]:
        raise cli.UsageError(
            f"{store.path} holds sounds of {store.length} samples: a preview "
            f"grows to {stage_times.LENGTHS[-1]}; prepare the data with that "
            "--length"
        )
    cli.import_tensorflow()
    folder = Path(values.output_dir)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    train = plan(folder, model, values.minutes, values.seed)
    stopped_by = train_model(store, folder, model, train)
    if stopped_by:
        print("stopped and saved: the same command resumes from here")
        return 128 + stopped_by
    make_page(store, folder, values.num, values.nearest, values.compare)
    print(f"open {folder.resolve() / 'index.html'}")
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
