"""A small network that names a sound's class, trained on the user's own sounds.

It measures conditional accuracy: of the sounds a generator was asked for, how
many does an independent listener recognise? No weights are downloaded. It
hears the audible log-mel (``features``) relative to its loudest cell, so gain
means nothing to it.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wavegan_cond.evaluation import features

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
        shares = [
            np.asarray(self.network(loudness(piece), training=False))
            for piece in features.pieces(waveforms)
        ]
        return np.concatenate(shares or [np.zeros((0, len(self.classes)))])


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
    counts = np.bincount(labels, minlength=len(classes))
    if not counts.all():
        missing = classes[int(np.argmin(counts))]
        raise ClassifierError(f"class {missing!r} has no sound to train on")
    return (count / (len(classes) * counts)).astype(np.float32)


def loudness(waveforms: np.ndarray) -> np.ndarray:
    """Returns how loud each cell is, float32 [N, frames, 96] in [0, 1].

    0 is the audible floor, 60 dB under the sound's loudest cell, which is 1.
    Silence is 0 throughout.
    """
    heard = features.log_mel(waveforms, "audible")
    loudest = heard.max(axis=(1, 2), keepdims=True)
    silent = loudest == heard.min(axis=(1, 2), keepdims=True)
    return np.where(silent, 0, 1 - (heard - loudest) / FLOOR)


def augment(heard: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns sounds that keep their class and change what is incidental.

    Each is shifted in time, coloured by a random smooth equaliser, cut off in
    the treble, raised above a noise floor and masked in a band and a span. So
    the classifier does not lean on recording chains or on silence.

    Args:
      heard: float32 [N, frames, 96], see ``loudness``.
      rng: draws everything.
    """
    count, frames, mels = heard.shape
    shifts = rng.integers(-(frames // 40), frames // 12 + 1, (count, 1))
    source = np.arange(frames) - shifts  # [N, frames]
    inside = (source >= 0) & (source < frames)
    source = np.clip(source, 0, frames - 1)[:, :, None]
    heard = np.take_along_axis(heard, source, axis=1) * inside[:, :, None]
    heard = heard + equaliser(count, mels, rng)[:, None]
    heard -= heard.max(axis=(1, 2), keepdims=True) - 1
    heard = np.maximum(heard, rng.uniform(-0.2, 0.2, (count, 1, 1)))
    masked = (
        span(count, frames, rng)[:, :, None] | span(count, mels, rng)[:, None]
    )
    return np.clip(np.where(masked, 0, heard), 0, 1).astype(np.float32)


def equaliser(count: int, mels: int, rng: np.random.Generator) -> np.ndarray:
    """Returns random colourings, float [count, mels]; 1 / 60 is a decibel."""
    knots = rng.normal(0, 0.06, (count, 6))  # 3.6 dB each
    position = np.linspace(0, 5, mels)
    left = np.minimum(position.astype(int), 4)
    part = position - left
    curve = knots[:, left] * (1 - part) + knots[:, left + 1] * part
    cutoff = rng.uniform(0.6, 2.0, (count, 1)) * mels
    return curve - 0.06 * np.maximum(0, np.arange(mels) - cutoff)


def span(count: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Returns bool [count, size], a run of up to a tenth True in each row."""
    start = rng.integers(0, size, (count, 1))
    end = start + rng.integers(0, size // 10 + 1, (count, 1))
    index = np.arange(size)
    return (index >= start) & (index < end)


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


def wilson_interval(
    hits: int, trials: int, deviations: float = 1.959964
) -> tuple[float, float]:
    """Returns the interval a proportion lies in, 95 % by default.

    Wilson (1927): unlike p ± 2 sd it stays inside [0, 1] and has a width for
    0 and for all hits.

    Raises:
      ClassifierError: hits outside 0..trials, or no trials.
    """
    if not 0 <= hits <= trials or trials < 1:
        raise ClassifierError(f"{hits} hits of {trials} trials: impossible")
    share, extra = hits / trials, deviations**2 / trials
    middle = (share + extra / 2) / (1 + extra)
    half = math.sqrt(share * (1 - share) * extra + extra**2 / 4) / (1 + extra)
    return max(0.0, middle - half), min(1.0, middle + half)


def confusion(asked: np.ndarray, heard: np.ndarray, classes: int) -> np.ndarray:
    """Returns int64 [classes, classes]: row asked for, column heard."""
    return np.bincount(
        np.asarray(asked) * classes + np.asarray(heard), minlength=classes**2
    ).reshape(classes, classes)
