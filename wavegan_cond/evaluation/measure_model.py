"""A model measured against a store: its sounds, the real ones, the report."""

import numpy as np

from wavegan_cond.evaluation import latent_space
from wavegan_cond.evaluation.classifier import tally, train_classifier
from wavegan_cond.evaluation.report import Reference, noise_like
from wavegan_cond.model.critic_input import evenly
from wavegan_cond.synthesis import latents

MOST_HELD_OUT = 300  # of a class that measures use
MOST_TRAINING = 3000  # of a class; the paper's number
EPOCHS = 12  # of the classifier


def measure(
    model,
    store,
    num: int,
    seed: int,
    truncation: float = 1.0,
    side: str = "validation",
) -> tuple[dict, object, np.ndarray]:
    """Returns the report of a model, and what it was made with.

    Args:
      model: a ``Synth``.
      store: of the same classes and length.
      num: sounds of each class.
      seed: of the first one.
      truncation: of its latent vectors; not of those of paths and the latent
        space.
      side: of the store, whose sounds are the held-out ones.

    Returns:
      The report, the reference, and the model's sounds, float32 [classes, num,
      T]. In the report "generated", "perfect" and "noise": figures of
      ``report.Reference``; "real": the classifier on held-out sounds;
      "transfer": one that learned from generated sounds alone, on held-out
      ones; "paths" and "latent", see ``latent_space``; and what was measured.
    """
    reference = make_reference(store, side)
    waves, labels = ask(model, num, seed, truncation)
    real, real_labels = reference.perfect
    info = model.info
    report = {
        "model": {
            "fingerprint": info.fingerprint,
            "iteration": info.iteration,
            "latent_dim": info.latent_dim,
            "length": info.length,
        },
        "data": store.fingerprint,
        "side": side,
        "classes": list(store.classes),
        "num": num,
        "seed": seed,
        "truncation": truncation,
        "generated": reference.measure(waves, labels),
        "perfect": reference.measure(real, real_labels),
        "noise": reference.measure(noise_like(real), real_labels),
        "real": reference.accuracy,
        "transfer": transfer(store, waves, labels, side),
        "paths": latent_space.measure_paths(model, reference),
        "latent": latent_space.measure_latent(model, reference),
    }
    return report, reference, waves.reshape(len(store.classes), num, -1)


def ask(model, num: int, seed: int, truncation: float = 1.0):
    """Returns (float32 [N, T], int [N]): ``num`` sounds of each class."""
    info = model.info
    z = latents.draw(seed, num, info.latent_dim, info.prior, truncation)
    labels = np.repeat(np.arange(len(info.classes)), num)
    return model.generate(np.tile(z, (len(info.classes), 1)), labels), labels


def make_reference(store, side: str = "validation"):
    """Returns the real sounds of a store, ready to measure against."""
    return Reference(
        *sample(store, "train", MOST_TRAINING),
        *sample(store, side, MOST_HELD_OUT),
        store.classes,
        train_on(store, 0, EPOCHS, MOST_TRAINING),
    )


def sample(store, split: str, most: int):
    """Returns sounds and labels of a split, ``most`` of each class, evenly."""
    waves, labels = store.split(split)
    rows = []
    for label in range(len(store.classes)):
        rows.append(evenly(np.flatnonzero(labels == label), most))
    rows = np.sort(np.concatenate(rows))
    return waves[rows], labels[rows]


def train_on(store, seed: int, epochs: int, max_per_class: int):
    """Returns a classifier of the store's training rows."""
    from tqdm import tqdm

    labels = np.asarray(store.labels[: store.train])
    rng = np.random.default_rng(seed)
    drawn = [
        rng.permutation(np.flatnonzero(labels == label))[:max_per_class]
        for label in range(len(store.classes))
    ]
    rows = np.sort(np.concatenate(drawn))
    with tqdm(total=epochs, unit=" epochs", disable=None) as bar:
        return train_classifier(
            store.waveforms[rows],
            labels[rows],
            store.classes,
            seed,
            epochs,
            lambda epoch, loss: (bar.update(), bar.set_postfix(loss=loss)),
        )


def judge(classifier, waveforms, labels) -> dict:
    """Returns how many sounds are heard as what they are, see ``tally``."""
    heard = classifier.predict(waveforms).argmax(axis=1)
    return tally(labels, heard, len(classifier.classes))


def transfer(store, waves, labels, side: str) -> dict:
    """Returns how well who has heard generated sounds alone knows real ones."""
    classifier = train_classifier(waves, labels, store.classes, 0, EPOCHS)
    return judge(classifier, *store.split(side))
