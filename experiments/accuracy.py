"""Measures accuracy: how well a classifier tells the classes apart.

  python -m experiments.accuracy --data_dir=DATA

trains a small classifier on the training sounds of a prepared set and prints
its accuracy on the validation sounds, with the 95 % Wilson interval and the
confusion matrix. Two to three minutes for 5000 sounds on 2 cores.

  python -m experiments.accuracy --data_dir=DATA --model=runs/drums --num=100

also asks the model for 100 sounds of each class (those of experiments.generate
with seeds 0 to 99) and counts how many are classified as the class requested.

  python -m experiments.accuracy --data_dir=KIT --test_data_dir=DATA

also classifies every sound of another set: do real drums sound like the kit's?

--output=result.json keeps the figures.
"""

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from data_prep.store.store import open_store
from experiments.common import cli, loading, quietly
from experiments.common.outputs import check_file, read_report
from experiments.common.preflight import check_classes, check_same
from wavegan_cond.evaluation.measures import RELIABLE
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import write_text


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    data_dir: str = setting(REQUIRED, "prepared set to train on")
    test_data_dir: str | None = setting(
        None, "prepared set to classify, all of it"
    )
    model: str | None = setting(None, "run folder or SavedModel to test")
    num: int = setting(100, "generated sounds of each class", low=1)
    seed: int = setting(
        0,
        "seed of the classifier, and of the first sound of each class",
        low=0,
        high=2**31 - 1,
    )
    epochs: int = setting(
        12, "passes of the classifier over the training sounds", low=1
    )
    max_per_class: int = setting(
        3000, "training sounds of each class, drawn if there are more", low=1
    )
    output: str | None = setting(None, "JSON file to write")


FLAGS = cli.make_flags(Settings)

OWN = {"data_dir", "data", "classes", "seed", "epochs", "max_per_class"}


def open_all(settings: Settings) -> tuple:
    """Returns the store, the set to classify and the model, or None for each.

    Raises:
      UsageError: they do not go together.
    """
    store = open_store(settings.data_dir, verify=True)
    check_classes(store)
    if len(store.classes) < 2:
        raise cli.UsageError(
            f"{store.path} has one class, {store.classes[0]}: there is nothing "
            "to tell it from"
        )
    test, model = settings.test_data_dir, settings.model
    if not (store.validation or test or model):
        raise cli.UsageError(
            f"{store.path} holds out no sounds to classify: name "
            "--test_data_dir or --model, or prepare it with --validation"
        )
    if test:
        test = open_store(test, verify=True)
        check_same(store, test, settings.test_data_dir)
    if model:
        find_model.peek(model)  # names what is no model at once
    quietly.import_tensorflow()
    if model:
        model = loading.load_model(settings)
        check_same(store, model.info, settings.model)
        if not model.info.conditional:
            raise cli.UsageError(
                f"{settings.model} was trained without labels: no class can be "
                "asked for"
            )
    return store, test, model


def run(settings: Settings) -> dict:
    """Trains a classifier and classifies sounds with it.

    Returns:
      Figures of each set under "validation", "test" and "generated", see
      ``measure_accuracy``, beside the settings.

    Raises:
      UsageError: the sets and the model do not go together.
    """
    store, test, model = open_all(settings)
    from wavegan_cond.evaluation.measure_model import generate_all
    from wavegan_cond.evaluation.references import measure_accuracy, train_on

    classifier = train_on(
        store, settings.seed, settings.epochs, settings.max_per_class
    )
    sets = {}
    if store.validation:
        sets["validation"] = store.split("validation")
    if test:
        sets["test"] = test.waveforms, test.labels
    if model:
        sets["generated"] = generate_all(model, settings.num, settings.seed)
    figures = {
        "data_dir": str(settings.data_dir),
        "data": store.fingerprint,
        "classes": list(store.classes),
        "seed": settings.seed,
        "epochs": settings.epochs,
        "max_per_class": settings.max_per_class,
    }
    for name, (waveforms, labels) in sets.items():
        figures[name] = measure_accuracy(classifier, waveforms, labels)
        print(describe(name, figures[name], store.classes))
    if figures.get("validation", {}).get("accuracy", 1) < RELIABLE:
        message = f"warning: under {RELIABLE}: do not trust it on other sounds"
        print(message, file=sys.stderr)
    return figures


def describe(name: str, figures: dict, classes: Sequence[str]) -> str:
    """Returns the figures of one set as text."""
    low, high = figures["interval"]
    width = max(11, *(len(text) + 2 for text in classes))
    lines = [
        f"{name}: {figures['hits']} of {figures['trials']} sounds, accuracy "
        f"{figures['accuracy']:.3f} (95 %: {low:.3f} to {high:.3f})",
        "taken for".rjust(width) + "".join(c.rjust(width) for c in classes),
    ]
    for text, row in zip(classes, figures["confusion"], strict=True):
        line = text.rjust(width) + "".join(f"{n:{width}}" for n in row)
        lines.append(line if any(row) else f"{line}  (there are none)")
    return "\n".join(lines)


def is_report(path: Path) -> bool:
    """Says whether a file has the settings of figures of this command."""
    return set(read_report(path)) >= OWN


def main(values: cli.Values) -> None:
    """Checks the flags, measures, and keeps the figures."""
    settings = cli.read_config(Settings, values)
    if values.output:
        check_file(values.output, ".json", is_ours=is_report)
    figures = run(settings)
    if values.output:
        write_text(values.output, json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
