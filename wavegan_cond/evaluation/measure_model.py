"""Evaluation of a model against the real sounds of a store."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from wavegan_cond.evaluation import latent_space
from wavegan_cond.evaluation.real_sounds import RealSounds
from wavegan_cond.evaluation.references import (
    MAX_TRAINING,
    SEEN,
    Watcher,
    make_reference,
    train_synthetic_test_real,
)
from wavegan_cond.evaluation.report import Reference, noise_like
from wavegan_cond.evaluation.selection import split_by_class
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.synth import Synth

SAYS = {
    "generated": "measuring the generated sounds",
    "perfect": "measuring real sounds that were set aside",
    "noise": "measuring noise with the envelopes of drums",
    "transfer": "training a classifier on generated sounds",
    "paths": "measuring paths between sounds",
    "latent": "measuring directions of the latent space",
    "musicnn": "measuring on the features of a music tagger",
}


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
