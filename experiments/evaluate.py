r"""Measures a model against real sounds: one page to hear and read, and a JSON.

    python -m experiments.evaluate --model=runs/drums --data_dir=data \
        --output_dir=evaluation

The page shows every measure beside what a perfect generator would reach (real
sounds set aside) and what noise with the envelopes of drums gets; generated
sounds, each above the real one it is nearest to; paths between two sounds by
lerp and slerp; sweeps of single latent dimensions; and a beat. The same model,
data and seed give the same page.
"""

from pathlib import Path

from absl import flags

from experiments.common import cli, model_flags, quiet

FLAGS = flags.FlagValues()
model_flags.define(FLAGS)
flags.DEFINE_string(
    "data_dir", None, "a store of experiments.prepare_data", flag_values=FLAGS
)
flags.DEFINE_string(
    "output_dir", None, "where the page and report.json go", flag_values=FLAGS
)
flags.DEFINE_integer(
    "num", 300, "sounds of each class", 300, 100_000, flag_values=FLAGS
)
flags.DEFINE_integer(
    "shown", 12, "sounds of each class on the page", 1, 60, flag_values=FLAGS
)
flags.DEFINE_integer(
    "seed", 0, "of the first sound of each class", 0, 2**31, flag_values=FLAGS
)
model_flags.define_truncation(FLAGS)
flags.mark_flags_as_required(
    ["model", "data_dir", "output_dir"], flag_values=FLAGS
)

FEWEST = 20  # held-out sounds of a class that measures need
MOST_HELD_OUT = 300  # of a class that measures use
MOST_TRAINING = 3000  # of a class; the paper's number
EPOCHS = 12  # of the classifier


def measure(
    model, store, num: int, seed: int, truncation: float = 1.0
) -> tuple[dict, object]:
    """Returns the report of a model, and the reference it was made with.

    Args:
      model: a ``Synth``.
      store: of the same classes and length.
      num: sounds of each class.
      seed: of the first one.
      truncation: of its latent vectors; not of those of paths and the latent
        space.

    Returns:
      "generated", "perfect" and "noise": figures of ``report.Reference``;
      "real": the classifier on held-out sounds; "transfer": one that learned
      from generated sounds alone, on held-out ones; "paths" and "latent", see
      ``traversal``; and what was measured.
    """
    from experiments.accuracy import ask
    from wavegan_cond.evaluation import latent_space
    from wavegan_cond.evaluation.report import noise_like

    reference = make_reference(store)
    waves, labels = ask(model, num, seed, truncation)
    real, real_labels = reference.perfect
    info = model.info
    return {
        "model": {
            "fingerprint": info.fingerprint,
            "iteration": info.iteration,
            "latent_dim": info.latent_dim,
            "length": info.length,
        },
        "data": store.fingerprint,
        "classes": list(store.classes),
        "num": num,
        "seed": seed,
        "truncation": truncation,
        "generated": reference.measure(waves, labels),
        "perfect": reference.measure(real, real_labels),
        "noise": reference.measure(noise_like(real), real_labels),
        "real": reference.accuracy,
        "transfer": transfer(store, waves, labels),
        "paths": latent_space.measure_paths(model, reference),
        "latent": latent_space.measure_latent(model, reference),
    }, reference


def make_reference(store):
    """Returns the real sounds of a store, ready to measure against."""
    from experiments.accuracy import train
    from wavegan_cond.evaluation.report import Reference

    return Reference(
        *sample(store, "train", MOST_TRAINING),
        *sample(store, "validation", MOST_HELD_OUT),
        store.classes,
        train(store, 0, EPOCHS, MOST_TRAINING),
    )


def sample(store, split: str, most: int):
    """Returns sounds and labels of a split, ``most`` of each class, evenly."""
    import numpy as np

    from wavegan_cond.model.critic_input import evenly

    waves, labels = store.split(split)
    rows = []
    for label in range(len(store.classes)):
        rows.append(evenly(np.flatnonzero(labels == label), most))
    rows = np.sort(np.concatenate(rows))
    return waves[rows], labels[rows]


def transfer(store, waves, labels) -> dict:
    """Returns how well who has heard generated sounds alone knows real ones."""
    from experiments.accuracy import judge
    from wavegan_cond.evaluation.classifier import train_classifier

    classifier = train_classifier(waves, labels, store.classes, 0, EPOCHS)
    return judge(classifier, *store.split("validation"))


def check_store(store, model, path: str) -> None:
    """Raises UsageError unless a model can be measured against a store."""
    import numpy as np

    from experiments.accuracy import check_same

    check_same(store, model.info.classes, model.info.length, path)
    held_out = np.bincount(
        store.labels[store.train :], minlength=len(store.classes)
    )
    if held_out.min() < FEWEST:
        name = store.classes[int(held_out.argmin())]
        raise cli.UsageError(
            f"{store.path} holds out {held_out.min()} sounds of {name}, and "
            f"{FEWEST} are needed: prepare more sounds, or a larger "
            "--validation"
        )
    if store.length < 4096:
        raise cli.UsageError(
            f"{store.path} holds sounds of {store.length} samples: the "
            "measures need 4096"
        )


def main(values: flags.FlagValues) -> None:
    """Measures, then writes the report and the page."""
    from data_prep.store.store import open_store
    from wavegan_cond.storage.atomic import write_text, writing

    store = open_store(values.data_dir, verify=True)
    quiet.import_tensorflow()
    from experiments.common import evaluation_page, evaluation_tables
    from experiments.common.json_text import to_text
    from wavegan_cond.saved_models.load import load_model

    model = load_model(values.model, **model_flags.loading(values))
    check_store(store, model, values.model)
    folder = Path(values.output_dir)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    report, reference = measure(
        model, store, values.num, values.seed, values.truncation
    )
    write_text(folder / "report.json", to_text(report))
    evaluation_page.write(
        folder / "index.html",
        report,
        model,
        store,
        reference,
        values.shown,
    )
    print(evaluation_tables.summary(report))
    print(evaluation_tables.listener(report))
    print(f"open {(folder / 'index.html').resolve()}")


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
