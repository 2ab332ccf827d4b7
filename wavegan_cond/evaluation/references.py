"""Real sounds of a store as a reference, and classifiers of sounds."""

import numpy as np

from wavegan_cond.evaluation.classifier import (
    Classifier,
    accuracy_report,
    train_classifier,
)
from wavegan_cond.evaluation.embedding import hear
from wavegan_cond.evaluation.real_sounds import RealSounds
from wavegan_cond.evaluation.report import Reference
from wavegan_cond.model.subsample import subsample_evenly

MAX_HELD_OUT = 300  # sounds per class
MAX_TRAINING = 3000  # sounds per class, evenly chosen; the paper's number
EPOCHS = 12  # of the classifier, at most
FEWEST = 3  # epochs, however many sounds there are
# Sounds that classifiers of a report see, over all epochs. Of 4711 real
# sounds 4 epochs are right on .96 to .97 of those held out, 12 on .97. How many
# generated sounds are right differs by some .02 from seed to seed in both.
SEEN = 18_000
SEEN_GENERATED = 6_000


class Watcher:
    """Hears how far a measurement is; this one does nothing with it."""

    def begin(self, step: str) -> None:
        """Hears that a step begins."""

    def note(self, text: str) -> None:
        """Hears how far the step is."""

    def keep(self, report: dict) -> None:
        """Receives the report as far as it goes, after each part of it."""


def make_reference(
    store: RealSounds,
    side: str = "validation",
    seen: int | None = None,
    watcher: Watcher | None = None,
) -> Reference:
    """Returns the ``Reference`` of a store's real sounds.

    Args:
      store: an open store.
      side: side of the store whose sounds are held out.
      seen: sounds that the classifier sees, over all epochs; None for
        ``EPOCHS`` epochs.
      watcher: hears of the progress.
    """
    watcher = watcher or Watcher()
    groups = store.groups()
    rows = sample_rows(store, "train", MAX_TRAINING)
    train, labels = store.waveforms[rows], store.labels[rows]
    watcher.begin(f"reading the spectra of {len(train)} real sounds")
    heard = hear(train)
    watcher.begin("training a classifier on them")
    epochs = epochs_for(len(train), seen)
    classifier = train_classifier(
        heard,
        labels,
        store.classes,
        epochs=epochs,
        report=lambda epoch, loss: watcher.note(
            f"epoch {epoch} of {epochs}, loss {loss:.3f}"
        ),
    )
    watcher.begin("finding the axes and clusters of the real sounds")
    held_out = sample_rows(store, side, MAX_HELD_OUT)
    return Reference(
        train,
        labels,
        store.waveforms[held_out],
        store.labels[held_out],
        store.classes,
        classifier,
        heard,
        groups[rows],
        groups[held_out],
    )


def epochs_for(count: int, seen: int | None) -> int:
    """Returns in how many epochs a classifier sees so many sounds."""
    if seen is None:
        return EPOCHS
    return int(np.clip(round(seen / count), min(FEWEST, EPOCHS), EPOCHS))


def sample_rows(store: RealSounds, side: str, max_per_class: int) -> np.ndarray:
    """Returns rows of a store, evenly chosen of each class of a side.

    Args:
      store: an open store.
      side: "train", "validation" or "test".
      max_per_class: largest number of sounds per class.
    """
    of_side = np.arange(len(store.labels))[store.rows(side)]
    labels = store.labels[of_side]
    rows = [
        subsample_evenly(of_side[labels == label], max_per_class)
        for label in range(len(store.classes))
    ]
    return np.sort(np.concatenate(rows))


def train_on(
    store: RealSounds, seed: int, epochs: int, max_per_class: int
) -> Classifier:
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
            hear(store.waveforms[rows]),
            labels[rows],
            store.classes,
            seed,
            epochs,
            lambda epoch, loss: (bar.update(), bar.set_postfix(loss=loss)),
        )


def measure_accuracy(
    classifier: Classifier, waveforms: np.ndarray, labels: np.ndarray
) -> dict:
    """Returns the accuracy of a classifier, see ``accuracy_report``."""
    predicted = classifier.predict(hear(waveforms)).argmax(axis=1)
    return accuracy_report(labels, predicted, len(classifier.classes))


def train_synthetic_test_real(
    reference: Reference, waves: np.ndarray, labels: np.ndarray
) -> dict:
    """Trains a classifier on generated sounds and tests it on real ones.

    These are the held-out sounds of ``reference``, as in its ``accuracy``.
    """
    epochs = epochs_for(len(waves), SEEN_GENERATED)
    classifier = train_classifier(
        hear(waves), labels, reference.classes, 0, epochs
    )
    return measure_accuracy(classifier, *reference.held_out)
