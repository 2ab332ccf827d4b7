r"""Makes the sounds between two points of the latent space, or two classes.

    python -m experiments.interpolate --model=runs/drums --label=snare \
        --from_seed=1 --to_seed=2 --steps=30 --method=both --output_dir=path

writes every step as a WAV, all of them one after another as a joined WAV, a
picture of the same name (snare_seed0001-0002_lerp-slerp30.png) and sounds.json.
lerp is a straight line between the two z,
slerp the great circle, which keeps to the norms the model was trained on.

From one class to another, by mixing their label embeddings:

    python -m experiments.interpolate --model=runs/drums --label=kick \
        --to_label=snare --from_seed=1 --to_seed=1 --output_dir=morph
"""

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.common import cli, loading, outputs, shipped
from wavegan_cond.plotting import figures
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import Recipe
from wavegan_cond.synthesis.wav import safe_name

if TYPE_CHECKING:
    from wavegan_cond.synthesis.synth import Synth


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    truncation: float = loading.truncation_setting()
    label: str | None = setting(
        None, "class at the start (default: the first of the model)"
    )
    to_label: str | None = setting(None, "class at the end (default: the same)")
    from_seed: int = setting(1, "seed of z at the start", low=0, high=2**63)
    to_seed: int = setting(2, "seed of z at the end", low=0, high=2**63)
    steps: int = setting(30, "sounds, both ends included", low=2, high=1000)
    method: str = setting(
        "both", "path of z", choices=("lerp", "slerp", "both")
    )
    output_dir: str = setting(REQUIRED, "folder to add the sounds to")
    picture: bool = setting(True, "draw the path (takes 2 s)")
    overwrite: bool = setting(
        False, "replace files of the same name that are other sounds"
    )


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> dict:
    """Makes the sounds of a path into a folder.

    Returns:
      The content of ``sounds.json``.
    """
    settings = shipped.fill(settings)
    outputs.check_output(settings.output_dir)
    if info := find_model.peek(settings.model):
        choose_kinds(info, settings)  # before TensorFlow is loaded
    model = loading.load_model(settings)
    from wavegan_cond.synthesis import write_sounds

    settings = choose_kinds(model.info, settings)
    steps, methods = settings.steps, (settings.method,)
    if settings.method == "both":
        methods = ("lerp", "slerp")
    name = safe_name(settings.label)
    if settings.to_label:
        name += f"-{safe_name(settings.to_label)}"
    name += f"_seed{settings.from_seed:04d}-{settings.to_seed:04d}"
    if settings.truncation != 1:
        name += f"_truncated{settings.truncation:g}"
    ways, joined = {}, {}
    for method in methods:
        stem = f"{name}_{method}{steps}"
        ways[method] = make_recipes(model, method, settings, stem)
        joined[f"{stem}.wav"] = [recipe.file for recipe in ways[method]]
    recipes = [recipe for way in ways.values() for recipe in way]
    picture = f"{name}_{'-'.join(methods)}{steps}.png"
    if settings.picture and not settings.overwrite:
        outputs.check_picture(Path(settings.output_dir, picture))
    content = write_sounds.write_sounds(
        settings.output_dir,
        model,
        shipped.recorded_path(settings.model, model.info.fingerprint),
        recipes,
        joined,
        settings.overwrite,
    )
    print(f"{settings.output_dir}: {steps} steps by {' and '.join(methods)}")
    if settings.picture:
        draw(picture, model.info.sample_rate, ways, settings)
    return content


def check_way(settings: Settings) -> None:
    """Raises UsageError if both ends are the same sound."""
    same_class = settings.to_label in (None, settings.label)
    if same_class and settings.from_seed == settings.to_seed:
        raise cli.UsageError(
            "--from_seed and --to_seed are the same and --to_label names no "
            "other class: there is nothing between them"
        )


def choose_kinds(info: ModelInfo, settings: Settings) -> Settings:
    """Returns the settings with kinds of sounds as the model names them.

    Raises:
      ModelError: the model makes none of a name.
      UsageError: both ends are the same sound.
    """
    to = settings.to_label
    settings = dataclasses.replace(
        settings,
        label=info.kind(settings.label or info.kinds[0]),
        to_label=info.kind(to) if to else None,
    )
    check_way(settings)
    return settings


def make_recipes(
    model: "Synth", method: str, settings: Settings, stem: str
) -> list:
    """Returns what each step is to be made of; files are named STEM_001.wav."""
    info, steps = model.info, settings.steps
    label = info.class_of(settings.label)
    to_label = info.class_of(settings.to_label or settings.label)
    start, end = (
        latents.draw(info, seed, 1, settings.truncation)[0]
        for seed in (settings.from_seed, settings.to_seed)
    )
    path = {"lerp": latents.lerp, "slerp": latents.slerp}[method]
    recipes = []
    for step, z in enumerate(path(start, end, steps)):
        made_of = {"label": label}
        if to_label != label:
            place = step / (steps - 1)
            weights = {label: 1.0 - place, to_label: place}
            made_of = {"class_weights": weights}
        file = f"{stem}_{step + 1:03d}.wav"
        recipes.append(Recipe(file, tuple(z.tolist()), **made_of))
    return recipes


def draw(file: str, rate: int, ways: dict, settings: Settings) -> None:
    """Draws the paths of one or two methods, from the sounds in the folder."""
    from wavegan_cond.synthesis import write_sounds

    shown = []
    for method, recipes in ways.items():
        z = np.array([recipe.z for recipe in recipes])
        waves = write_sounds.read_waves(settings.output_dir, recipes)
        shown.append(figures.Path(method, z, waves))
    start = f"{settings.label} seed {settings.from_seed}"
    end = f"{settings.to_label or settings.label} seed {settings.to_seed}"
    path = os.path.join(settings.output_dir, file)
    figures.paths(path, shown, rate, start, end)


def main(values: cli.Values) -> None:
    """Checks that there is a way to go, then makes it."""
    settings = cli.read_config(Settings, values)
    check_way(settings)
    if settings.from_seed == settings.to_seed and settings.method == "both":
        # By any method z stays where it is.
        settings = dataclasses.replace(settings, method="lerp")
    run(settings)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
