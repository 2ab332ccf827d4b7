"""Drum classifier, trained on the user's own sounds.

It measures conditional accuracy: the fraction of generated sounds that are
classified as the requested class. No weights are downloaded. Its input is the
audible log-mel (``features``) relative to the loudest cell, so that it is
independent of gain.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix
from sklearn.utils.class_weight import compute_class_weight

from wavegan_cond.evaluation.augmentation import augment
from wavegan_cond.evaluation.embedding import Heard

PREDICTED = 128  # sounds at once
BATCH = 64  # batch size; less where an epoch would have under 20 steps
LEARNING_RATE = 3e-3


class ClassifierError(ValueError):
    """Sounds on which no classifier can be trained."""

    exit_code = 2


@dataclasses.dataclass(frozen=True)
class Classifier:
    """Trained network and the names of its classes."""

    network: Any
    classes: tuple[str, ...]

    def predict(self, heard: Heard) -> np.ndarray:
        """Returns probabilities, float32 [N, classes].

        Args:
          heard: the sounds, as long as those of the training.
        """
        predicted = [
            np.asarray(self.network(np.float32(inputs), training=False))
            for start in range(0, len(heard.relative), PREDICTED)
            for inputs in [heard.relative[start : start + PREDICTED]]
        ]
        return np.concatenate(predicted or [np.zeros((0, len(self.classes)))])


def train_classifier(
    heard: Heard,
    labels: np.ndarray,
    classes: Sequence[str],
    seed: int = 0,
    epochs: int = 12,
    report: Callable[[int, float], None] | None = None,
) -> Classifier:
    """Trains a classifier, deterministically for given arguments.

    Args:
      heard: the sounds, of 2048 samples or more.
      labels: int [N], indices into ``classes``; every class must occur.
      classes: names of the classes, which are weighted equally.
      seed: seed of the initial weights, the data order and the augmentation.
      epochs: number of passes over the sounds.
      report: function called after every epoch with its number and mean loss;
        None disables it.

    Raises:
      ClassifierError: a class without sounds.
    """
    labels = np.asarray(labels, np.int32)
    inputs = heard.relative
    weights = class_weights(labels, classes)
    batch_size = int(np.clip(len(labels) // 20, 8, BATCH))
    steps = epochs * -(-len(labels) // batch_size)
    network = build_network(inputs.shape[1:], len(classes), seed, steps)
    rng = np.random.default_rng(seed)
    for epoch in range(epochs):
        order, total = rng.permutation(len(labels)), 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            batch = augment(inputs[rows].astype(np.float32), rng)
            loss = network.train_on_batch(
                batch, labels[rows], sample_weight=weights[labels[rows]]
            )
            total += float(loss) * len(rows)
            network.reset_metrics()
        if report:
            report(epoch + 1, total / len(order))
    return Classifier(network, tuple(classes))


def class_weights(labels: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """Returns weights, float32 [classes], that balance the classes."""
    names = np.arange(len(classes))
    missing = np.setdiff1d(names, labels)
    if len(missing):
        raise ClassifierError(
            f"class {classes[missing[0]]!r} has no sound to train on"
        )
    weights = compute_class_weight("balanced", classes=names, y=labels)
    return weights.astype(np.float32)


def build_network(
    shape: tuple[int, int], classes: int, seed: int, steps: int
) -> Any:
    """Returns a compiled Keras network, [N, *shape] -> probabilities.

    Four strided convolutions, then the mean over time, so that the output
    depends on frequency and not on time.

    Args:
      shape: shape of the input, (frames, mels).
      classes: number of classes.
      seed: seed of the initial weights and the dropout.
      steps: number of training steps, for the learning rate schedule.
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
    """Returns the 95 % confidence interval of a proportion (Wilson 1927).

    Unlike p ± 2 standard deviations it stays inside [0, 1] and has a width even
    for no hits or all hits.

    Args:
      hits: number of successes.
      trials: number of trials, at least one.
    """
    interval = binomtest(hits, trials).proportion_ci(0.95, "wilson")
    return float(interval.low), float(interval.high)


def accuracy_report(
    labels: np.ndarray, predicted: np.ndarray, classes: int
) -> dict[str, Any]:
    """Returns the accuracy of predictions.

    Args:
      labels: true or requested classes, int [N].
      predicted: predicted classes, int [N].
      classes: number of classes.

    Returns:
      hits, trials, accuracy, its 95 % Wilson interval, the accuracy of each
      class (None of one without sounds), and the confusion matrix, rows by
      label, columns by prediction.
    """
    table = confusion_matrix(labels, predicted, labels=range(classes))
    hits, trials = int(table.trace()), int(table.sum())
    counts = table.sum(axis=1)
    return {
        "hits": hits,
        "trials": trials,
        "accuracy": hits / trials,
        "interval": list(wilson_interval(hits, trials)),
        "per_class": [
            float(right / count) if count else None
            for right, count in zip(table.diagonal(), counts, strict=True)
        ],
        "confusion": table.tolist(),
    }
