r"""Makes sounds with a trained model, from a run folder or a SavedModel.

    python -m experiments.generate --model=runs/drums --label=snare --num=16 \
        --seed=7 --output_dir=snares

writes snare_seed0007.wav to snare_seed0022.wav, 16 bits at the model's rate, a
contact sheet, and sounds.json, which holds what each sound was made of. Sound
i is made from seed + i alone: it is the same, byte for byte, whatever is made
beside it. --label=all (or kick,snare) makes --num sounds of each class, from
the same seeds.

A latent vector of one's own, as often as wanted:

    python -m experiments.generate --model=runs/drums --label=kick \
        --z=0.1,-2,0.3 --z=0,0,0 --output_dir=kicks

Every sound of a list again, compared byte for byte (exit code 1 if one
differs):

    python -m experiments.generate --again=snares/sounds.json
"""

import os
import sys
import time

from absl import flags

from experiments.common import cli

FLAGS = flags.FlagValues()
cli.define_model(FLAGS)
flags.DEFINE_string(
    "label", "all", "class, classes with commas, or all", flag_values=FLAGS
)
flags.DEFINE_integer(
    "num", 16, "sounds of each class", 1, 100_000, flag_values=FLAGS
)
flags.DEFINE_integer(
    "seed", 0, "of the first sound", 0, 2**63, flag_values=FLAGS
)
cli.define_truncation(FLAGS)
flags.DEFINE_multi_string(
    "z", None, "numbers with commas, instead of a seed", flag_values=FLAGS
)
flags.DEFINE_string(
    "output_dir", None, "folder the sounds are added to", flag_values=FLAGS
)
flags.DEFINE_bool(
    "picture", True, "draw a contact sheet (takes 1 s)", flag_values=FLAGS
)
flags.DEFINE_bool(
    "overwrite",
    False,
    "replace files of the same name that are other sounds",
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "again", None, "a sounds.json to make again and compare", flag_values=FLAGS
)

COLUMNS = 8  # sounds of each class on the contact sheet


def run(
    model_path: str,
    output_dir: str,
    label: str = "all",
    num: int = 16,
    seed: int = 0,
    z: list[str] | None = None,
    picture: bool = True,
    overwrite: bool = False,
    truncation: float = 1.0,
    **loading,
) -> dict:
    """Makes sounds into a folder.

    Args:
      model_path: a run folder or a SavedModel.
      output_dir: made if absent, added to if not.
      label: a class, classes with commas between, or "all".
      num: sounds of each class.
      seed: of the first sound of each class.
      z: latent vectors as text, in the place of ``num`` and ``seed``.
      picture: whether to draw a contact sheet.
      overwrite: whether to replace other sounds of the same names.
      truncation: scale of the latent vectors that seeds give.
      **loading: of ``load.load_model``.

    Returns:
      The content of ``sounds.json``.
    """
    cli.import_tensorflow()
    from wavegan_cond.saved_models.load import load_model
    from wavegan_cond.synthesis import write_sounds

    model = load_model(model_path, **loading)
    recipes = make_recipes(model, label, num, seed, z, truncation)
    started = time.perf_counter()
    content = write_sounds.write_sounds(
        output_dir, model, model_path, recipes, overwrite=overwrite
    )
    print(
        f"{output_dir}: {len(recipes)} sounds of iteration "
        f"{model.info.iteration} in {time.perf_counter() - started:.1f} s"
    )
    if picture:
        path = os.path.join(output_dir, "sheet.png")
        draw_sheet(path, model, recipes)
    return content


def make_recipes(
    model,
    label: str,
    num: int,
    seed: int,
    z: list[str] | None,
    truncation: float = 1.0,
) -> list:
    """Returns what each sound is to be made of, class by class."""
    from wavegan_cond.synthesis import latents
    from wavegan_cond.synthesis.generation_log import Recipe, z_name
    from wavegan_cond.synthesis.wav import safe_name

    info = model.info
    recipes = []
    if z:
        vectors = [latents.parse(text, info.latent_dim)[0] for text in z]
        named = [(z_name(vector), vector, None) for vector in vectors]
    else:
        vectors = latents.draw(
            seed, num, info.latent_dim, info.prior, truncation
        )
        # A truncated one is not what the seed alone gives.
        whole = truncation == 1
        end = "" if whole else f"_truncated{truncation:g}"
        named = [
            (f"seed{number:04d}{end}", vector, number if whole else None)
            for number, vector in enumerate(vectors, seed)
        ]
    for name in choose_classes(model, label):
        for end, vector, number in named:
            stem = safe_name(name) if info.conditional else "sound"
            file = f"{stem}_{end}.wav"
            values = tuple(vector.tolist())
            recipes.append(Recipe(file, values, name, seed=number))
    return recipes


def choose_classes(model, text: str) -> list[str]:
    """Returns the classes meant by ``--label``.

    An unconditional model has one answer to every label: the first stands for
    them all.

    Raises:
      ModelError: the model does not know one.
    """
    classes = model.info.classes
    if not model.info.conditional:
        return [classes[0]]
    if text == "all":
        names = list(classes)
    else:
        names = [text] if text in classes else text.split(",")
    for name in names:
        model.label(name)
    return list(dict.fromkeys(names))


def draw_sheet(path: str, model, recipes: list) -> None:
    """Draws the first few sounds of each class, a row a class."""
    from wavegan_cond.plotting import panels
    from wavegan_cond.synthesis import write_sounds

    rows = {}
    for recipe in recipes:
        rows.setdefault(recipe.label, []).append(recipe)
    columns = min(COLUMNS, max(map(len, rows.values())))
    shown = [recipe for row in rows.values() for recipe in row[:columns]]
    info = model.info
    panels.contact_sheet(
        path,
        write_sounds.make_waves(model, shown),
        [recipe.file.removesuffix(".wav") for recipe in shown],
        info.sample_rate,
        columns,
        f"iteration {info.iteration}",
    )


def replay(
    list_path: str, model_path: str | None, output_dir: str | None, **loading
) -> int:
    """Makes the sounds of a list again; returns 1 if one differs, else 0."""
    cli.import_tensorflow()
    from wavegan_cond.saved_models.replay import reproduce

    count, different = reproduce(list_path, model_path, output_dir, **loading)
    print(f"{count - len(different)} of {count} files are the same")
    for name in different:
        print(f"differs: {name}", file=sys.stderr)
    return 1 if different else 0


def main(values: flags.FlagValues) -> int:
    """Checks the flags against each other, then generates or replays."""
    if values.again:
        given = [
            f"--{name}"
            for name in ("label", "num", "seed", "truncation", "z")
            if values[name].present
        ]
        if given:
            raise cli.UsageError(
                f"{given[0]} does not go with --again: the list says what to "
                "make"
            )
        if values.trust_model and not values.model:
            raise cli.UsageError(
                "--trust_model does not go with --again alone: name the model "
                "to trust with --model"
            )
        return replay(
            values.again,
            values.model,
            values.output_dir,
            **cli.model_loading(values),
        )
    if not values.model or not values.output_dir:
        raise cli.UsageError("--model and --output_dir are needed")
    drawn = ("seed", "num", "truncation")
    if values.z and any(values[name].present for name in drawn):
        raise cli.UsageError("--z goes without --seed, --num and --truncation")
    run(
        values.model,
        values.output_dir,
        values.label,
        values.num,
        values.seed,
        values.z,
        values.picture,
        values.overwrite,
        values.truncation,
        **cli.model_loading(values),
    )
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
