"""A small network that names a sound's class, trained on the user's own sounds.

It measures conditional accuracy: of the sounds a generator was asked for, how
many does an independent listener recognise? No weights are downloaded. It
hears the audible log-mel (``features``) relative to its loudest cell, so gain
means nothing to it.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix
from sklearn.utils.class_weight import compute_class_weight

from wavegan_cond.evaluation import features
from wavegan_cond.evaluation.augmentation import augment

BATCH = 64  # sounds of a step, fewer where an epoch would have under 20 steps
LEARNING_RATE = 3e-3
FLOOR = np.log(features.AUDIBLE_RANGE)  # of the loudest cell


class ClassifierError(ValueError):
    """Sounds or labels that no classifier can be trained on."""

    exit_code = 2


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A trained network and the names of what it tells apart."""

    network: Any
    classes: tuple[str, ...]

    def predict(self, waveforms: np.ndarray) -> np.ndarray:
        """Returns probabilities, float32 [N, classes].

        Args:
          waveforms: float32 [N, T] in [-1, 1], or int16 [N, T] as stored; T is
            the one it was trained with.
        """
        heard = [
            np.asarray(self.network(loudness(piece), training=False))
            for piece in features.pieces(waveforms)
        ]
        return np.concatenate(heard or [np.zeros((0, len(self.classes)))])


def train_classifier(
    waveforms: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    seed: int = 0,
    epochs: int = 12,
    report: Callable[[int, float], None] | None = None,
) -> Classifier:
    """Trains a classifier; the same arguments give the same one.

    Args:
      waveforms: float32 or int16 [N, T], T >= 2048. A memory map is read piece
        by piece; the features stay in memory (25 kB a sound at T = 16384).
      labels: int [N], an index into ``classes``; every class occurs.
      classes: their names. Each weighs the same, however many sounds it has.
      seed: of the weights, the order and the augmentation.
      epochs: times every sound is seen.
      report: called after every epoch with its number and mean loss.

    Raises:
      ClassifierError: labels that do not fit, or a class without a sound.
    """
    labels = np.asarray(labels, np.int32)
    weights = class_weights(labels, len(waveforms), classes)
    heard = np.concatenate(
        [np.float16(loudness(piece)) for piece in features.pieces(waveforms)]
    )
    batch_size = int(np.clip(len(labels) // 20, 8, BATCH))
    steps = epochs * -(-len(labels) // batch_size)
    network = build_network(heard.shape[1:], len(classes), seed, steps)
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        order, total = rng.permutation(len(labels)), 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            batch = augment(heard[rows].astype(np.float32), rng)
            loss = network.train_on_batch(
                batch, labels[rows], sample_weight=weights[labels[rows]]
            )
            total += float(loss) * len(rows)
            network.reset_metrics()
        if report:
            report(epoch + 1, total / len(order))
    return Classifier(network, tuple(classes))


def class_weights(
    labels: np.ndarray, count: int, classes: Sequence[str]
) -> np.ndarray:
    """Returns float32 [classes], so that every class weighs the same in all."""
    if labels.shape != (count,):
        raise ClassifierError(
            f"expected {count} labels, one a sound; received {labels.shape}"
        )
    if not count or labels.min() < 0 or labels.max() >= len(classes):
        raise ClassifierError(
            f"labels must be from 0 to {len(classes) - 1}, at least one"
        )
    names = np.arange(len(classes))
    missing = np.setdiff1d(names, labels)
    if len(missing):
        raise ClassifierError(
            f"class {classes[missing[0]]!r} has no sound to train on"
        )
    weights = compute_class_weight("balanced", classes=names, y=labels)
    return weights.astype(np.float32)


def loudness(waveforms: np.ndarray) -> np.ndarray:
    """Returns how loud each cell is, float32 [N, frames, 96] in [0, 1].

    0 is the audible floor, 60 dB under the sound's loudest cell, which is 1.
    Silence is 0 throughout.
    """
    heard = features.log_mel(waveforms, "audible")
    loudest = heard.max(axis=(1, 2), keepdims=True)
    silent = loudest == heard.min(axis=(1, 2), keepdims=True)
    return np.where(silent, 0, 1 - (heard - loudest) / FLOOR)


def build_network(
    shape: tuple[int, int], classes: int, seed: int, steps: int
) -> Any:
    """Returns a compiled Keras network, [N, *shape] -> probabilities.

    Four strided convolutions, then the mean over time: what sounds, and how
    high, decides; when it sounds does not.
    """
    import keras

    seeds = iter(range(seed * 16, seed * 16 + 16))

    def glorot():
        return keras.initializers.GlorotUniform(seed=next(seeds))

    inputs = keras.Input(shape)
    x = keras.layers.Reshape((*shape, 1))(inputs)
    for filters, kernel in ((16, 5), (32, 3), (64, 3), (64, 3)):
        x = keras.layers.Conv2D(
            filters,
            kernel,
            strides=2,
            padding="same",
            use_bias=False,
            kernel_initializer=glorot(),
        )(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.ReLU()(x)
    x = keras.ops.mean(x, axis=1)  # [N, 6 bands, 64]
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(0.3, seed=next(seeds))(x)
    x = keras.layers.Dense(
        classes, activation="softmax", kernel_initializer=glorot()
    )(x)
    network = keras.Model(inputs, x)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=LEARNING_RATE, warmup_steps=steps // 10
    )
    network.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
    )
    return network


def wilson_interval(hits: int, trials: int) -> tuple[float, float]:
    """Returns the 95 % interval of a proportion.

    Wilson (1927): unlike p ± 2 sd it stays inside [0, 1] and has a width for
    0 and for all hits.

    Raises:
      ClassifierError: hits outside 0..trials, or no trials.
    """
    if not 0 <= hits <= trials or trials < 1:
        raise ClassifierError(f"{hits} hits of {trials} trials: impossible")
    interval = binomtest(hits, trials).proportion_ci(0.95, "wilson")
    return float(interval.low), float(interval.high)


def tally(asked: np.ndarray, heard: np.ndarray, classes: int) -> dict[str, Any]:
    """Returns how many sounds are heard as what they are.

    Returns:
      hits, trials, accuracy, its 95 % Wilson interval, the accuracy of each
      class, and the confusion matrix: a row for each class, a column for what
      it was heard as.
    """
    table = confusion_matrix(asked, heard, labels=range(classes))
    hits, trials = int(table.trace()), int(table.sum())
    counts = np.maximum(1, table.sum(axis=1))
    return {
        "hits": hits,
        "trials": trials,
        "accuracy": hits / trials,
        "interval": list(wilson_interval(hits, trials)),
        "per_class": (table.diagonal() / counts).tolist(),
        "confusion": table.tolist(),
    }
