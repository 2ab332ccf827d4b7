r"""Makes sounds with the model that comes with the project, or one of your own.

    python -m experiments.generate --label=kick --output_dir=kicks

makes 16 kicks. With a run folder or a SavedModel as --model,

    python -m experiments.generate --model=runs/drums --label=snare --num=16 \
        --seed=7 --output_dir=snares

writes snare_seed0007.wav to snare_seed0022.wav, 16 bits at the model's rate, a
contact sheet, and sounds.json, which holds what each sound was made of. Sound
i is made from seed + i alone: it is the same, byte for byte, whatever is made
beside it. --label=all (or kick,snare) makes --num sounds of each class, from
the same seeds.

A latent vector of one's own, as many numbers as the model has latent
dimensions, as often as wanted:

    python -m experiments.generate --model=runs/drums --label=kick \
        --z=0.1,-2,0.3 --z=0,0,0 --output_dir=kicks

Three knobs, whatever the number of latent dimensions:

    python -m experiments.generate --model=runs/drums --label=kick --num=4 \
        --seed=7 --steer=0.5,-1,0 --output_dir=kicks

Every sound of a list again, compared byte for byte (exit code 1 if one
differs):

    python -m experiments.generate --again=snares/sounds.json
"""

import dataclasses
import os
import time
from pathlib import Path

import numpy as np

from experiments.common import again, cli, loading, outputs, seeds, shipped
from wavegan_cond.plotting import panels
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import setting
from wavegan_cond.synthesis import latents, steering
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import Recipe, z_name
from wavegan_cond.synthesis.wav import safe_name

ALL = "all"  # what --label calls every class


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    truncation: float = loading.truncation_setting()
    label: str = setting(ALL, "class, several with commas between, or all")
    num: int = setting(16, "sounds of each class", low=1, high=100_000)
    seed: int | None = setting(
        None,
        "seed of the first sound; by default a new one, which is printed",
        low=0,
        high=2**63,
    )
    z: tuple[str, ...] | None = setting(
        None,
        "latent vector, numbers with commas between, instead of a seed",
        repeated=True,
    )
    steer: str | None = setting(
        None,
        "amounts along the three directions that change the sound most, such "
        "as 0.5,-1,0; the seeds choose the rest",
    )
    output_dir: str | None = setting(None, "folder to add the sounds to")
    picture: bool = setting(True, "draw a contact sheet (takes 1 s)")
    overwrite: bool = setting(
        False, "replace files of the same name that are other sounds"
    )
    again: str | None = setting(
        None, "sounds.json whose sounds to make again and compare"
    )


FLAGS = cli.make_flags(Settings)

SHEET = "sheet.png"
COLUMNS = 8  # sounds of each class on the contact sheet


def run(settings: Settings) -> dict:
    """Makes sounds into a folder.

    Returns:
      The content of ``sounds.json``.
    """
    settings = shipped.fill(settings)
    check_request(settings)
    if settings.seed is None:
        settings = dataclasses.replace(settings, seed=seeds.draw())
    model = loading.load_model(settings)
    from wavegan_cond.synthesis import write_sounds

    recipes = make_recipes(model.info, settings)
    output_dir = settings.output_dir
    started = time.perf_counter()
    content = write_sounds.write_sounds(
        output_dir,
        model,
        shipped.recorded_path(settings.model, model.info.fingerprint),
        recipes,
        overwrite=settings.overwrite,
    )
    drawn = "" if settings.z else f", seeds from {settings.seed} on"
    print(
        f"{output_dir}: {len(recipes)} sounds of iteration "
        f"{model.info.iteration}{drawn}, "
        f"in {time.perf_counter() - started:.1f} s"
    )
    if settings.picture:
        draw_sheet(output_dir, model.info, recipes)
    return content


def check_request(settings: Settings) -> None:
    """Checks labels, z and the output folder before TensorFlow is loaded.

    Raises:
      ModelError, LatentError, UsageError: one of them is wrong.
    """
    outputs.check_output(settings.output_dir)
    if settings.picture and not settings.overwrite:
        outputs.check_picture(Path(settings.output_dir, SHEET))
    info = find_model.peek(settings.model)
    if info:
        choose_kinds(info, settings.label)
        for z in settings.z or ():
            latents.parse(z, info.latent_dim)
        if settings.steer and info.directions:
            latents.parse(settings.steer, len(info.directions), "steer")


def make_recipes(info: ModelInfo, settings: Settings) -> list:
    """Returns what each sound is to be made of, class by class."""
    seed, truncation = settings.seed, settings.truncation
    recipes = []
    if settings.z:
        vectors = [latents.parse(z, info.latent_dim)[0] for z in settings.z]
        named = [(z_name(vector), vector, None) for vector in vectors]
    else:
        vectors = latents.draw(info, seed, settings.num, truncation)
        end = "" if truncation == 1 else f"_truncated{truncation:g}"
        if settings.steer:
            vectors, amounts = steered(vectors, info, settings.steer)
            end += f"_steer{amounts}"
            if len(info.directions) == info.latent_dim and len(vectors) > 1:
                print("--steer says all of this model's z: one sound a class")
                vectors = vectors[:1]
        whole = not end  # else it is not what the seed alone gives
        named = [
            (f"seed{number:04d}{end}", vector, number if whole else None)
            for number, vector in enumerate(vectors, seed)
        ]
    for kind in choose_kinds(info, settings.label):
        for end, vector, number in named:
            file = f"{safe_name(kind)}_{end}.wav"
            values, label = tuple(vector.tolist()), info.class_of(kind)
            recipes.append(Recipe(file, values, label, seed=number))
    return recipes


def steered(z: np.ndarray, info: ModelInfo, text: str) -> tuple:
    """Returns latent vectors with the amounts of --steer, and their text.

    Raises:
      LatentError: these are no amounts for the directions of the model.
    """
    amounts = latents.parse(text, len(info.directions), "steer")[0]
    name = ",".join(f"{amount:g}" for amount in amounts)
    return steering.steer(z, info.directions, amounts), name


def choose_kinds(info: ModelInfo, text: str) -> list[str]:
    """Returns the kinds of sounds meant by ``--label``.

    Raises:
      ModelError: the model makes none of a name.
    """
    if text == ALL:
        return list(info.kinds)
    names = [text] if text in info.kinds else text.split(",")
    return list(dict.fromkeys(map(info.kind, names)))


def draw_sheet(folder: str, info: ModelInfo, recipes: list) -> None:
    """Draws the first few sounds of each class in a folder, a row a class."""
    from wavegan_cond.synthesis import write_sounds

    rows = {}
    for recipe in recipes:
        rows.setdefault(recipe.label, []).append(recipe)
    columns = min(COLUMNS, max(map(len, rows.values())))
    shown = [recipe for row in rows.values() for recipe in row[:columns]]
    panels.contact_sheet(
        os.path.join(folder, SHEET),
        write_sounds.read_waves(folder, shown),
        [recipe.file.removesuffix(".wav") for recipe in shown],
        info.sample_rate,
        columns,
        f"iteration {info.iteration}",
    )


def main(values: cli.Values) -> int:
    """Checks the flags against each other, then generates or replays."""
    if values.again:
        given = [
            f"--{name}"
            for name in ("label", "num", "seed", "steer", "truncation", "z")
            if values[name].present
        ]
        if given:
            raise cli.UsageError(
                f"{given[0]} does not go with --again: the list says what to "
                "make"
            )
        if values.overwrite and not values.output_dir:
            raise cli.UsageError("--overwrite goes with --output_dir")
        if values.trust_model and not values.model:
            raise cli.UsageError(
                "--trust_model does not go with --again alone: name the model "
                "to trust with --model"
            )
        return again.replay(
            values.again,
            values.model,
            values.output_dir,
            values.overwrite,
            **loading.model_loading(values),
        )
    if not values.output_dir:
        raise cli.UsageError("--output_dir is needed")
    drawn = ("seed", "num", "truncation", "steer")
    if values.z and any(values[name].present for name in drawn):
        raise cli.UsageError(
            "--z goes without --seed, --num, --truncation and --steer"
        )
    run(cli.read_config(Settings, values))
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
