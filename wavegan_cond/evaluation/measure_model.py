"""Evaluation of a model against the real sounds of a store."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from wavegan_cond.evaluation import latent_space
from wavegan_cond.evaluation.classifier import (
    Classifier,
    accuracy_report,
    train_classifier,
)
from wavegan_cond.evaluation.embedding import hear
from wavegan_cond.evaluation.real_sounds import RealSounds
from wavegan_cond.evaluation.report import Reference, noise_like
from wavegan_cond.evaluation.selection import split_by_class
from wavegan_cond.model.subsample import subsample_evenly
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.synth import Synth

MAX_HELD_OUT = 300  # sounds per class
MAX_TRAINING = 3000  # sounds per class, evenly chosen; the paper's number
EPOCHS = 12  # of the classifier, at most
FEWEST = 3  # epochs, however many sounds there are
# Sounds that the classifiers of ``measure`` see, over all epochs. Of 4711 real
# sounds 4 epochs are right on .96 to .97 of those held out, 12 on .97. How many
# generated sounds are right differs by some .02 from seed to seed in both.
SEEN = 18_000
SEEN_GENERATED = 6_000
SAYS = {
    "generated": "measuring the generated sounds",
    "perfect": "measuring real sounds that were set aside",
    "noise": "measuring noise with the envelopes of drums",
    "transfer": "training a classifier on generated sounds",
    "paths": "measuring paths between sounds",
    "latent": "measuring directions of the latent space",
    "musicnn": "measuring on the features of a music tagger",
}


class Watcher:
    """Hears how far a measurement is; this one does nothing with it."""

    def begin(self, step: str) -> None:
        """Hears that a step begins."""

    def note(self, text: str) -> None:
        """Hears how far the step is."""

    def keep(self, report: dict) -> None:
        """Receives the report as far as it goes, after each part of it."""


# Sounds go through all cores at once; threads within a product of matrices only
# wait for each other.
@threadpool_limits.wrap(limits=1, user_api="blas")
def measure(
    model: Synth,
    store: RealSounds,
    num: int,
    seed: int,
    truncation: float = 1.0,
    side: str = "validation",
    watcher: Watcher | None = None,
    musicnn: bool = False,
) -> tuple[dict, Reference, np.ndarray]:
    """Returns the report of a model, and what it was computed from.

    Args:
      model: the model.
      store: store with the same classes and length.
      num: number of sounds per class.
      seed: seed of the first sound.
      truncation: truncation factor of the latent vectors, except for those of
        "paths" and "latent".
      side: side of the store whose sounds are held out.
      watcher: hears of the progress; None for nobody.
      musicnn: measure on the features of ``music_tagger`` too.

    Returns:
      The report, the reference, and the generated sounds, float32 [classes,
      num, T]. In the report "generated", "perfect" and "noise": figures of
      ``report.Reference``; "real": accuracy of the classifier on held-out
      sounds; "transfer": train on synthetic, test on real; "paths" and
      "latent": see ``latent_space``; "musicnn", if wanted: see
      ``measure_tagged``; and the settings.
    """
    watcher = watcher or Watcher()
    reference = make_reference(store, side, SEEN, watcher)
    report = describe(model.info, store, side, num, seed, truncation)
    report["real"] = reference.accuracy
    watcher.keep(report)
    watcher.begin(f"making {num} sounds of each class")
    waves, labels = generate_all(model, num, seed, truncation)
    sets = sets_to_measure(reference, waves, labels)
    parts = parts_to_measure(model, reference, sets)
    if musicnn:
        rate = store.sample_rate
        parts["musicnn"] = partial(measure_tagged, reference, sets, rate)
    for name, part in parts.items():
        watcher.begin(SAYS[name])
        report[name] = part()
        watcher.keep(report)
    return report, reference, waves.reshape(len(store.classes), num, -1)


def describe(
    info: ModelInfo,
    store: RealSounds,
    side: str,
    num: int,
    seed: int,
    truncation: float,
) -> dict:
    """Returns the settings in a report.

    "training" says how many training sounds there are, and among how many of
    them copies are looked for.
    """
    names = "fingerprint", "iteration", "latent_dim", "length", "conditional"
    of_class = np.bincount(store.labels[: store.train])
    return {
        "model": {name: getattr(info, name) for name in names},
        "data": store.fingerprint,
        "side": side,
        "training": {
            "sounds": store.train,
            "compared": int(np.minimum(of_class, MAX_TRAINING).sum()),
        },
        "classes": list(store.classes),
        "num": num,
        "seed": seed,
        "truncation": truncation,
    }


def sets_to_measure(
    reference: Reference, waves: np.ndarray, labels: np.ndarray
) -> dict[str, tuple]:
    """Returns generated sounds, perfect ones and noise, with their labels."""
    real, real_labels = reference.perfect
    return {
        "generated": (waves, labels),
        "perfect": (real, real_labels),
        "noise": (noise_like(real), real_labels),
    }


def parts_to_measure(
    model: Synth,
    reference: Reference,
    sets: Mapping[str, tuple],
) -> dict[str, Callable[[], dict]]:
    """Returns what measures each part of a report; see ``measure``."""
    waves, labels = sets["generated"]
    return {
        **{
            name: partial(reference.measure, *of, aside=name == "perfect")
            for name, of in sets.items()
        },
        "transfer": partial(
            train_synthetic_test_real, reference, waves, labels
        ),
        "paths": partial(latent_space.measure_paths, model, reference),
        "latent": partial(latent_space.measure_latent, model, reference),
    }


def measure_tagged(
    reference: Reference, sets: Mapping[str, tuple], rate: int
) -> dict:
    """Returns distance and variety on the features of ``music_tagger``.

    Args:
      reference: of the real sounds.
      sets: of ``sets_to_measure``.
      rate: sample rate in Hz.

    Returns:
      For each of the sets the figures of each class.

    Raises:
      MissingWeightsError: the package with the weights is not installed.
    """
    from wavegan_cond.evaluation import music_tagger

    embed, classes = music_tagger.embedder(rate), reference.classes
    waves, labels = reference.held_out
    truth, found = split_by_class(embed(waves), labels, classes), {}
    for name, (waves, labels) in sets.items():
        made = split_by_class(embed(waves), labels, classes)
        figures = map(music_tagger.compare, truth, made, reference.counts)
        found[name] = dict(zip(classes, figures, strict=True))
    return found


def generate_all(
    model: Synth, num: int, seed: int, truncation: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Generates ``num`` sounds per class: (float32 [N, T], labels [N])."""
    info = model.info
    z = latents.draw(info, seed, num, truncation)
    labels = np.repeat(np.arange(len(info.classes)), num)
    return model.generate(np.tile(z, (len(info.classes), 1)), labels), labels


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
