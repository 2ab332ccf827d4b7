"""Evaluation of a model against the real sounds of a store."""

import numpy as np

from wavegan_cond.evaluation import latent_space
from wavegan_cond.evaluation.classifier import accuracy_report, train_classifier
from wavegan_cond.evaluation.report import Reference, noise_like
from wavegan_cond.model.critic_input import evenly
from wavegan_cond.synthesis import latents

MAX_HELD_OUT = 300  # sounds per class
MAX_TRAINING = 3000  # sounds per class; the paper's number
EPOCHS = 12  # of the classifier


def measure(
    model,
    store,
    num: int,
    seed: int,
    truncation: float = 1.0,
    side: str = "validation",
) -> tuple[dict, object, np.ndarray]:
    """Returns the report of a model, and what it was computed from.

    Args:
      model: a ``Synth``.
      store: store with the same classes and length.
      num: number of sounds per class.
      seed: seed of the first sound.
      truncation: truncation factor of the latent vectors, except for those of
        "paths" and "latent".
      side: side of the store whose sounds are held out.

    Returns:
      The report, the reference, and the generated sounds, float32 [classes,
      num, T]. In the report "generated", "perfect" and "noise": figures of
      ``report.Reference``; "real": accuracy of the classifier on held-out
      sounds; "transfer": train on synthetic, test on real; "paths" and
      "latent": see ``latent_space``; and the settings.
    """
    reference = make_reference(store, side)
    waves, labels = generate_all(model, num, seed, truncation)
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
        "transfer": train_synthetic_test_real(store, waves, labels, side),
        "paths": latent_space.measure_paths(model, reference),
        "latent": latent_space.measure_latent(model, reference),
    }
    return report, reference, waves.reshape(len(store.classes), num, -1)


def generate_all(model, num: int, seed: int, truncation: float = 1.0):
    """Generates ``num`` sounds per class: (float32 [N, T], labels [N])."""
    info = model.info
    z = latents.draw(seed, num, info.latent_dim, info.prior, truncation)
    labels = np.repeat(np.arange(len(info.classes)), num)
    return model.generate(np.tile(z, (len(info.classes), 1)), labels), labels


def make_reference(store, side: str = "validation") -> Reference:
    """Returns the ``Reference`` of a store's real sounds."""
    return Reference(
        *sample(store, "train", MAX_TRAINING),
        *sample(store, side, MAX_HELD_OUT),
        store.classes,
        train_on(store, 0, EPOCHS, MAX_TRAINING),
    )


def sample(store, split: str, max_per_class: int):
    """Returns evenly subsampled sounds and labels of a split.

    Args:
      store: an open store.
      split: "train" or "validation".
      max_per_class: largest number of sounds per class.
    """
    waves, labels = store.split(split)
    rows = []
    for label in range(len(store.classes)):
        rows.append(evenly(np.flatnonzero(labels == label), max_per_class))
    rows = np.sort(np.concatenate(rows))
    return waves[rows], labels[rows]


def train_on(store, seed: int, epochs: int, max_per_class: int):
    """Trains a classifier on the training sounds of a store.

    Args:
      store: an open store.
      seed: seed of the selection and of the training.
      epochs: number of passes over the sounds.
      max_per_class: largest number of sounds per class.
    """
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


def measure_accuracy(classifier, waveforms, labels) -> dict:
    """Returns the accuracy of a classifier, see ``accuracy_report``."""
    predicted = classifier.predict(waveforms).argmax(axis=1)
    return accuracy_report(labels, predicted, len(classifier.classes))


def train_synthetic_test_real(store, waves, labels, side: str) -> dict:
    """Trains a classifier on generated sounds and tests it on real ones."""
    classifier = train_classifier(waves, labels, store.classes, 0, EPOCHS)
    return measure_accuracy(classifier, *store.split(side))
