"""Measures how well an independent listener tells the classes apart.

  python -m experiments.accuracy --data_dir=DATA

trains a small classifier on the training sounds of a prepared set and prints
its accuracy on the validation sounds, with the 95 % Wilson interval and what
was taken for what. Two to three minutes for 5000 sounds on 2 cores.

  python -m experiments.accuracy --data_dir=DATA --model=runs/drums --num=100

also asks the model for 100 sounds of each class (those of experiments.generate
with seeds 0 to 99) and counts how many are heard as what was asked for.

  python -m experiments.accuracy --data_dir=KIT --test_data_dir=DATA

also judges every sound of another set: do real drums sound like the kit's?

--output=result.json keeps the figures.
"""

import json
import os
import sys

from absl import flags

from experiments.common import cli
from experiments.common.preflight import check_same

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "data_dir", None, "prepared set to train on", flag_values=FLAGS
)
flags.DEFINE_string(
    "test_data_dir", None, "prepared set to judge, all of it", flag_values=FLAGS
)
flags.DEFINE_string(
    "model", None, "run folder or SavedModel to judge", flag_values=FLAGS
)
flags.DEFINE_integer(
    "num",
    100,
    "sounds of each class asked of the model",
    lower_bound=1,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "seed",
    0,
    "of the classifier and of the first sound of each class",
    lower_bound=0,
    upper_bound=2**31 - 1,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "epochs",
    12,
    "times the classifier sees every sound",
    lower_bound=1,
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "max_per_class",
    3000,
    "training sounds of each class, drawn if there are more",
    lower_bound=1,
    flag_values=FLAGS,
)
flags.DEFINE_string("output", None, "JSON file to write", flag_values=FLAGS)


def run(
    data_dir: str,
    test_data_dir: str | None = None,
    model_path: str | None = None,
    num: int = 100,
    seed: int = 0,
    epochs: int = 12,
    max_per_class: int = 3000,
) -> dict:
    """Trains a classifier and judges sounds with it.

    Args:
      data_dir: a store; its training rows train, its validation rows judge.
      test_data_dir: another store of the same classes and length.
      model_path: a run folder or a SavedModel of the same classes and length.
      num: sounds of each class the model makes.
      seed: of the classifier, and of the model's first sound of each class.
      epochs: of the classifier's training.
      max_per_class: training sounds of each class at most.

    Returns:
      Figures of each set under "validation", "test" and "generated", see
      ``judge``, beside the settings.

    Raises:
      UsageError: the sets and the model do not go together.
    """
    from data_prep.store.store import open_store

    store = open_store(data_dir, verify=True)
    test = test_data_dir and open_store(test_data_dir, verify=True)
    if test:
        check_same(store, test.classes, test.length, test_data_dir)
    cli.import_tensorflow()
    from wavegan_cond.evaluation.measure_model import ask, judge, train_on
    from wavegan_cond.evaluation.report import RELIABLE
    from wavegan_cond.saved_models.load import load_model

    model = model_path and load_model(model_path)
    if model:
        check_same(store, model.info.classes, model.info.length, model_path)
    classifier = train_on(store, seed, epochs, max_per_class)
    sets = {}
    if store.validation:
        sets["validation"] = store.split("validation")
    if test:
        sets["test"] = test.waveforms, test.labels
    if model:
        sets["generated"] = ask(model, num, seed)
    figures = {
        "data_dir": str(data_dir),
        "data": store.fingerprint,
        "classes": list(store.classes),
        "seed": seed,
        "epochs": epochs,
        "max_per_class": max_per_class,
    }
    for name, (waveforms, labels) in sets.items():
        figures[name] = judge(classifier, waveforms, labels)
        print(describe(name, figures[name], store.classes))
    if figures.get("validation", {}).get("accuracy", 1) < RELIABLE:
        message = f"warning: under {RELIABLE}: a doubtful judge of other sounds"
        print(message, file=sys.stderr)
    return figures


def describe(name: str, figures: dict, classes) -> str:
    """Returns the figures of one set as text."""
    low, high = figures["interval"]
    width = max(10, *(len(text) + 2 for text in classes))
    lines = [
        f"{name}: {figures['hits']} of {figures['trials']} sounds, accuracy "
        f"{figures['accuracy']:.3f} (95 %: {low:.3f} to {high:.3f})",
        "heard as".rjust(width) + "".join(c.rjust(width) for c in classes),
    ]
    for text, row in zip(classes, figures["confusion"], strict=True):
        lines.append(text.rjust(width) + "".join(f"{n:{width}}" for n in row))
    return "\n".join(lines)


def main(values: flags.FlagValues) -> None:
    """Checks the flags, measures, and keeps the figures."""
    if not values.data_dir:
        raise cli.UsageError("--data_dir is needed")
    folder = os.path.dirname(os.path.abspath(values.output or "."))
    if not os.path.isdir(folder) or os.path.isdir(values.output or ""):
        raise cli.UsageError(
            f"--output={values.output}: expected a file in a folder that exists"
        )
    figures = run(
        values.data_dir,
        values.test_data_dir,
        values.model,
        values.num,
        values.seed,
        values.epochs,
        values.max_per_class,
    )
    if values.output:
        from wavegan_cond.storage.atomic import write_bytes

        text = json.dumps(figures, indent=2) + "\n"
        write_bytes(values.output, text.encode())


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
