r"""Makes the sounds between two points of the latent space, or two classes.

    python -m experiments.interpolate --model=runs/drums --label=snare \
        --from_seed=1 --to_seed=2 --steps=30 --method=both --output_dir=path

writes every step as a WAV, all of them one after another as a joined WAV, a
picture (path.png) and sounds.json. lerp is a straight line between the two z,
slerp the great circle, which keeps to the norms the model was trained on.

From one class to another, by mixing their label embeddings:

    python -m experiments.interpolate --model=runs/drums --label=kick \
        --to_label=snare --from_seed=1 --to_seed=1 --output_dir=morph
"""

import os

from absl import flags

from experiments.common import cli

FLAGS = flags.FlagValues()
cli.define_model(FLAGS)
flags.DEFINE_string("label", None, "class at the start", flag_values=FLAGS)
flags.DEFINE_string(
    "to_label", None, "class at the end (default: the same)", flag_values=FLAGS
)
flags.DEFINE_integer(
    "from_seed", 1, "of z at the start", 0, 2**63, flag_values=FLAGS
)
flags.DEFINE_integer(
    "to_seed", 2, "of z at the end", 0, 2**63, flag_values=FLAGS
)
flags.DEFINE_integer(
    "steps", 30, "sounds, both ends included", 2, 1000, flag_values=FLAGS
)
flags.DEFINE_enum(
    "method", "both", ["lerp", "slerp", "both"], "path of z", flag_values=FLAGS
)
flags.DEFINE_string(
    "output_dir", None, "folder the sounds are added to", flag_values=FLAGS
)
flags.DEFINE_bool(
    "picture", True, "draw the path (takes 2 s)", flag_values=FLAGS
)
flags.DEFINE_bool(
    "overwrite",
    False,
    "replace files of the same name that are other sounds",
    flag_values=FLAGS,
)
flags.mark_flags_as_required(
    ["model", "label", "output_dir"], flag_values=FLAGS
)


def run(
    model_path: str,
    output_dir: str,
    label: str,
    to_label: str | None = None,
    from_seed: int = 1,
    to_seed: int = 2,
    steps: int = 30,
    methods: tuple[str, ...] = ("lerp", "slerp"),
    picture: bool = True,
    overwrite: bool = False,
    **loading,
) -> dict:
    """Makes the sounds of a path into a folder.

    Args:
      model_path: a run folder or a SavedModel.
      output_dir: made if absent, added to if not.
      label: class at the start.
      to_label: class at the end; None for the same.
      from_seed: of z at the start.
      to_seed: of z at the end.
      steps: sounds, both ends included.
      methods: any of "lerp", "slerp".
      picture: whether to draw the path.
      overwrite: whether to replace other sounds of the same names.
      **loading: of ``load.load_model``.

    Returns:
      The content of ``sounds.json``.
    """
    cli.import_tensorflow()
    from wavegan_cond.saved_models.load import load_model
    from wavegan_cond.synthesis import write_sounds
    from wavegan_cond.synthesis.wav import safe_name

    model = load_model(model_path, **loading)
    name = safe_name(label)
    if to_label:
        name += f"-{safe_name(to_label)}"
    name += f"_seed{from_seed:04d}-{to_seed:04d}"
    ways, joined = {}, {}
    for method in methods:
        stem = f"{name}_{method}{steps}"
        ways[method] = make_recipes(
            model, method, label, to_label, from_seed, to_seed, steps, stem
        )
        joined[f"{stem}.wav"] = [recipe.file for recipe in ways[method]]
    recipes = [recipe for way in ways.values() for recipe in way]
    content = write_sounds.write_sounds(
        output_dir, model, model_path, recipes, joined, overwrite
    )
    print(f"{output_dir}: {steps} steps by {' and '.join(methods)}")
    if picture:
        start = f"{label} seed {from_seed}"
        end = f"{to_label or label} seed {to_seed}"
        file = f"{name}_{'-'.join(methods)}{steps}.png"
        draw(os.path.join(output_dir, file), model, ways, start, end)
    return content


def make_recipes(
    model,
    method: str,
    label: str,
    to_label: str | None,
    from_seed: int,
    to_seed: int,
    steps: int,
    stem: str,
) -> list:
    """Returns what each step is to be made of; files are named STEM_001.wav."""
    from wavegan_cond.synthesis import latents
    from wavegan_cond.synthesis.generation_log import Recipe

    for name in filter(None, (label, to_label)):
        model.label(name)
    info = model.info
    start, end = (
        latents.draw(seed, 1, info.latent_dim, info.prior)[0]
        for seed in (from_seed, to_seed)
    )
    path = {"lerp": latents.lerp, "slerp": latents.slerp}[method]
    recipes = []
    for step, z in enumerate(path(start, end, steps)):
        made_of = {"label": label}
        if to_label and to_label != label:
            place = step / (steps - 1)
            weights = {label: 1.0 - place, to_label: place}
            made_of = {"class_weights": weights}
        file = f"{stem}_{step + 1:03d}.wav"
        recipes.append(Recipe(file, tuple(z.tolist()), **made_of))
    return recipes


def draw(path: str, model, ways: dict, start: str, end: str) -> None:
    """Draws the paths of one or two methods."""
    import numpy as np

    from wavegan_cond.plotting import figures
    from wavegan_cond.synthesis import write_sounds

    shown = []
    for method, recipes in ways.items():
        z = np.array([recipe.z for recipe in recipes])
        waves = write_sounds.make_waves(model, recipes)
        shown.append(figures.Path(method, z, waves))
    figures.paths(path, shown, model.info.sample_rate, start, end)


def main(values: flags.FlagValues) -> None:
    """Checks that there is a way to go, then makes it."""
    same_class = values.to_label in (None, values.label)
    if same_class and values.from_seed == values.to_seed:
        raise cli.UsageError(
            "--from_seed and --to_seed are the same and --to_label names no "
            "other class: there is nothing between them"
        )
    methods = ("lerp", "slerp") if values.method == "both" else (values.method,)
    if values.from_seed == values.to_seed:
        methods = methods[:1]  # z stays where it is, by any method
    run(
        values.model,
        values.output_dir,
        values.label,
        values.to_label,
        values.from_seed,
        values.to_seed,
        values.steps,
        methods,
        values.picture,
        values.overwrite,
        **cli.model_loading(values),
    )


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
