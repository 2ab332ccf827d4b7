r"""Draws what a model makes beside what it learned from (paper figure 3).

    python -m experiments.plot_examples --model=runs/drums --data_dir=data \
        --output_dir=pictures

writes examples.png, a row a class: the waveform and the mel-scaled spectrogram
of a generated sound and of a real one; and generated.png and real.png, contact
sheets of --num sounds of each class. A model without labels has one row, beside
which all classes stand. Without --data_dir: the generated half. Pictures that
are there are kept, unless --overwrite says otherwise.
Real sounds are of the validation side. Of a class without any they are
training sounds, which a model of this store has heard, and the picture says so.
"""

import dataclasses
import os
import pathlib
from typing import TYPE_CHECKING

import numpy as np

from data_prep.store.store import Store, open_store
from experiments.common import (
    cli,
    loading,
    outputs,
    preflight,
    real_sounds,
    shipped,
)
from wavegan_cond.plotting import figures, panels
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import make_folder
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.model_info import ModelInfo

if TYPE_CHECKING:
    from wavegan_cond.synthesis.synth import Synth


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    data_dir: str | None = setting(
        None, "store made by experiments.prepare_data"
    )
    output_dir: str = setting(REQUIRED, "folder of the pictures")
    num: int = setting(
        10, "sounds of each class on a contact sheet", low=1, high=64
    )
    seed: int = setting(
        0, "seed of z, and of the choice of real sounds", low=0, high=2**63
    )
    overwrite: bool = setting(False, "replace pictures that are there")


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> None:
    """Draws the pictures."""
    store = open_store(settings.data_dir) if settings.data_dir else None
    settings = shipped.fill(settings)
    find_model.peek(settings.model)  # names what is no model at once
    outputs.check_output(settings.output_dir)
    check_pictures(settings, ["generated", *(["real"] if store else [])])
    model = loading.load_model(settings)
    if store:
        check_data(store, model, settings.model)
    sets = {"generated": generated(model, settings.num, settings.seed)}
    said = {"generated": f"generated, iteration {model.info.iteration}"}
    if store:
        rows = rows_of(model.info)
        sets["real"] = real_sounds.choose(
            store, rows, settings.num, settings.seed
        )
        said["real"] = heading(real_sounds.sides(store, rows))
    draw(pathlib.Path(settings.output_dir), sets, said, model.info)


def check_pictures(settings: Settings, sets: list[str]) -> None:
    """Raises UsageError if a picture is there and is not to be replaced."""
    for name in ("examples", *sets):
        path = pathlib.Path(settings.output_dir, f"{name}.png")
        if os.path.lexists(path) and not settings.overwrite:
            raise cli.UsageError(
                f"{path} is there: pass --overwrite or another --output_dir"
            )


def check_data(store: Store, model: "Synth", path: str) -> None:
    """Raises UsageError unless the store has the sounds of the model."""
    info = model.info
    preflight.check_rate(store, info, path)
    missing = [name for name in info.classes if name not in store.classes]
    if missing or store.length != info.length:
        raise cli.UsageError(
            f"{store.path} is not of this model: it has sounds of "
            f"{store.length} samples of {', '.join(store.classes)}, the model "
            f"{info.length} samples of {', '.join(info.classes)}"
        )


def generated(model: "Synth", num: int, seed: int) -> dict:
    """Returns class -> float32 [num, T], all classes from the same z."""
    info = model.info
    z = latents.draw(info, seed, num)
    return {
        name: model.generate(z, np.full(num, label))
        for label, name in enumerate(info.kinds)
    }


def rows_of(info: ModelInfo) -> dict[str, tuple[str, ...]]:
    """Returns the classes that stand in each row of a model, by its name.

    All stand in the one row of a model without labels.
    """
    if not info.conditional:
        return dict.fromkeys(info.kinds, info.classes)
    return {name: (name,) for name in info.classes}


def heading(sides_of: dict[str, str]) -> str:
    """Returns what stands above real sounds of these sides, by row."""
    heard = [name for name, side in sides_of.items() if side == "train"]
    if not heard:
        return "real"
    which = "" if len(heard) == len(sides_of) else f" {', '.join(heard)}:"
    return f"real;{which} training sounds"


def draw(
    folder: pathlib.Path, sets: dict, said: dict[str, str], info: ModelInfo
) -> None:
    """Draws ``examples.png`` and a contact sheet of every set.

    Args:
      folder: of the pictures.
      sets: name of the sheet -> name of the row -> float32 [n, T].
      said: what stands above each set.
      info: of the model.
    """
    make_folder(folder)
    first = [
        (said[name], np.stack([waves[0] for waves in by_class.values()]))
        for name, by_class in sets.items()
    ]
    path = folder / "examples.png"
    figures.examples(path, info.kinds, first, info.sample_rate)
    print(path)
    for sheet, by_class in sets.items():
        path = folder / f"{sheet}.png"
        columns = max(map(len, by_class.values()))
        blank = np.zeros(info.length, np.float32)
        waves, titles = [], []
        for name, row in by_class.items():
            waves += [*row, *[blank] * (columns - len(row))]
            titles += [f"{name} {i}" for i in range(len(row))]
            titles += ["(no more)"] * (columns - len(row))
        panels.contact_sheet(
            path,
            np.stack(waves),
            titles,
            info.sample_rate,
            columns,
            said[sheet],
        )
        print(path)


def main(values: cli.Values) -> None:
    """Draws."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
