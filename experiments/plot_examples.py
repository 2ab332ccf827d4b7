r"""Draws what a model makes beside what it learned from (paper figure 3).

    python -m experiments.plot_examples --model=runs/drums --data_dir=data \
        --output_dir=pictures

writes examples.png, a row a class: the waveform and the mel-scaled spectrogram
of a generated sound and of a real one; and generated.png and real.png, contact
sheets of --num sounds of each class. Without --data_dir: the generated half.
Real sounds are of the validation rows, which the model has not seen.
"""

import pathlib

from absl import flags

from experiments.common import cli

FLAGS = flags.FlagValues()
cli.define_model(FLAGS)
flags.DEFINE_string(
    "data_dir", None, "a store of experiments.prepare_data", flag_values=FLAGS
)
flags.DEFINE_string("output_dir", None, "of the pictures", flag_values=FLAGS)
flags.DEFINE_integer(
    "num",
    10,
    "sounds of each class on a contact sheet",
    1,
    64,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "seed",
    0,
    "of z, and of the choice of real sounds",
    0,
    2**63,
    flag_values=FLAGS,
)
flags.mark_flags_as_required(["model", "output_dir"], flag_values=FLAGS)


def run(
    model_path: str,
    output_dir: str,
    data_dir: str | None = None,
    num: int = 10,
    seed: int = 0,
    **loading,
) -> None:
    """Draws the pictures.

    Args:
      model_path: a run folder or a SavedModel.
      output_dir: made if absent.
      data_dir: a prepared store, for the real sounds.
      num: sounds of each class on a contact sheet.
      seed: of z, and of the choice of real sounds.
      **loading: of ``load.load_model``.
    """
    store = None
    if data_dir:
        from data_prep.store.store import open_store

        store = open_store(data_dir)
    cli.import_tensorflow()
    from wavegan_cond.saved_models.load import load_model

    model = load_model(model_path, **loading)
    if store:
        check_data(store, model)
    sets = {"generated": generated(model, num, seed)}
    if store:
        sets["real"] = real(store, model.info.classes, num, seed)
    draw(pathlib.Path(output_dir), sets, model.info)


def check_data(store, model) -> None:
    """Raises UsageError unless the store has the sounds of the model."""
    info = model.info
    missing = [name for name in info.classes if name not in store.classes]
    if missing or store.length != info.length:
        raise cli.UsageError(
            f"{store.path} is not of this model: it has sounds of "
            f"{store.length} samples of {', '.join(store.classes)}, the model "
            f"{info.length} samples of {', '.join(info.classes)}"
        )


def generated(model, num: int, seed: int) -> dict:
    """Returns class -> float32 [num, T], all classes from the same z."""
    import numpy as np

    from wavegan_cond.synthesis import latents

    info = model.info
    z = latents.draw(seed, num, info.latent_dim, info.prior)
    return {
        name: model.generate(z, np.full(num, label))
        for label, name in enumerate(info.classes)
    }


def real(store, classes: tuple[str, ...], num: int, seed: int) -> dict:
    """Returns class -> float32 [up to num, T] of validation rows.

    Of a class without any, training rows; a class has at least one sound.
    """
    import numpy as np

    from wavegan_cond.synthesis.wav import to_float

    chosen = {}
    for name in classes:
        label = store.classes.index(name)
        for part in ("validation", "train"):
            first = store.train if part == "validation" else 0
            rows = first + np.flatnonzero(store.split(part)[1] == label)
            if len(rows):
                break
        rows = np.random.default_rng(seed).permutation(rows)[:num]
        chosen[name] = to_float(store.read_rows(np.sort(rows)))
    return chosen


def draw(folder: pathlib.Path, sets: dict, info) -> None:
    """Draws ``examples.png`` and a contact sheet of every set."""
    import numpy as np

    from wavegan_cond.plotting import figures, panels
    from wavegan_cond.storage.atomic import writing

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    first = [
        (heading, np.stack([waves[0] for waves in by_class.values()]))
        for heading, by_class in sets.items()
    ]
    path = folder / "examples.png"
    figures.examples(path, info.classes, first, info.sample_rate)
    print(path)
    for heading, by_class in sets.items():
        path = folder / f"{heading}.png"
        columns = max(map(len, by_class.values()))
        blank = np.zeros(info.length, np.float32)
        waves, titles = [], []
        for name, row in by_class.items():
            waves += [*row, *[blank] * (columns - len(row))]
            titles += [f"{name} {i}" for i in range(len(row))]
            titles += ["(no more)"] * (columns - len(row))
        text = f"{heading}, iteration {info.iteration}"
        panels.contact_sheet(
            path,
            np.stack(waves),
            titles,
            info.sample_rate,
            columns,
            text if heading == "generated" else heading,
        )
        print(path)


def main(values: flags.FlagValues) -> None:
    """Draws."""
    run(
        values.model,
        values.output_dir,
        values.data_dir,
        values.num,
        values.seed,
        **cli.model_loading(values),
    )


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
