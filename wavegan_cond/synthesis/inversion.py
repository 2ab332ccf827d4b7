"""Inversion: the z and class whose sound is nearest to a given one.

Random sounds are compared with it first; from the nearest of them gradients of
the spectral distance lead on through the generator, from several starts at
once, since each finds the bottom of its own valley alone.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.spectral_distance import distance, spectra
from wavegan_cond.synthesis.synth import Synth

CANDIDATES = 256  # random sounds that are compared first
STARTS = 6
STEPS = 200
RATE = 0.2  # of Adam at the first step; falls to 0 by a cosine
BETAS = (0.9, 0.99)  # of Adam's two means
# Beyond it a generator has learned nothing.
LARGEST = {"normal": 3.5, "uniform": 1.0}


class InversionError(ValueError):
    """A sound that cannot be looked for."""

    exit_code = 2


@dataclasses.dataclass(frozen=True)
class Found:
    """The nearest sound so far.

    Attributes:
      z: latent vector, float32 [Z].
      label: index of its class.
      distance: mean difference of levels, in dB.
      progress: of the search, from 0 to 1.
    """

    z: np.ndarray
    label: int
    distance: float
    progress: float


def search(
    model: Synth,
    target: np.ndarray,
    *,
    candidates: int = CANDIDATES,
    starts: int = STARTS,
    steps: int = STEPS,
    seed: int = 0,
) -> Iterator[Found]:
    """Yields the nearest sound found so far, at last the answer.

    Args:
      model: the model.
      target: the sound to look for, float [T] at the model's rate, beginning
        as the training sounds do; a shorter one is padded.
      candidates: random sounds that are compared first.
      starts: how many of the nearest are followed.
      steps: steps of gradient descent.
      seed: of the random sounds.

    Raises:
      InversionError: the target is silent, not finite or not [T].
    """
    info = model.info
    wanted = spectra(fit(target, info.length)[None], info.sample_rate)
    z = latents.draw(info, seed, candidates)
    labels = np.arange(candidates) % len(info.kinds)
    away = distances(model.generate(z, labels), wanted, info.sample_rate)[:, 0]
    nearest = np.argsort(away, kind="stable")[:starts]
    best_z, labels, away = z[nearest], labels[nearest], away[nearest]
    yield _found(best_z, labels, away, 0.0)
    state = AdamState.at(best_z)
    weights = tf.one_hot(labels, len(info.classes))
    descend = step_function(model)
    for step in range(steps + 1):
        rate = RATE * (1 + np.cos(np.pi * step / steps)) / 2
        now, further = descend(
            state, weights, wanted, tf.constant(rate, tf.float32)
        )
        better = now.numpy() < away
        away = np.where(better, now, away)
        best_z = np.where(better[:, None], state.z, best_z)
        yield _found(best_z, labels, away, step / steps)
        state = further


class AdamState(NamedTuple):
    """Latent vectors on their way down, with all that Adam remembers.

    Attributes:
      z: latent vectors, float32 [N, Z].
      mean: of the gradients, [N, Z].
      square: mean of their squares, [N, Z].
      step: how many steps led here, float32.
    """

    z: tf.Tensor
    mean: tf.Tensor
    square: tf.Tensor
    step: tf.Tensor

    @classmethod
    def at(cls, z: np.ndarray) -> "AdamState":
        """Returns the beginning of a descent."""
        z = tf.constant(z, tf.float32)
        return cls(z, tf.zeros_like(z), tf.zeros_like(z), tf.constant(0.0))


@functools.lru_cache(maxsize=1)  # a second search needs no new graph
def step_function(model: Synth) -> Callable:
    """Returns a step of the descent: one call, compiled.

    (state, weights [N, classes], wanted [1, F], rate) -> the distances [N] of
    the sounds of ``state.z``, and the next state.
    """
    most = LARGEST[model.info.prior]

    def descend(state, weights, wanted, rate):
        away, slope = slopes(model, state.z, weights, wanted)
        further = adam(state, slope, rate)
        within = tf.clip_by_value(further.z, -most, most)
        return away, further._replace(z=within)

    return tf.function(descend, autograph=False, reduce_retracing=True)


def slopes(
    model: Synth, z: tf.Tensor, weights: tf.Tensor, wanted: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the distances of sounds, [N], and their gradients, [N, Z]."""
    with tf.GradientTape() as tape:
        tape.watch(z)
        sounds = model.audio(z, weights)
        away = distance(spectra(sounds, model.info.sample_rate), wanted)
    return away, tape.gradient(away, z)


def adam(state: AdamState, slope: tf.Tensor, rate: float) -> AdamState:
    """Returns the state after a step of Adam (Kingma and Ba, ICLR 2015).

    Keras's own keeps its means in variables: each search would need a graph of
    its own, and two at a time would mix theirs.
    """
    first, second = BETAS
    mean = first * state.mean + (1 - first) * slope
    square = second * state.square + (1 - second) * tf.square(slope)
    step = state.step + 1
    size = rate * tf.sqrt(1 - second**step) / (1 - first**step)
    z = state.z - size * mean / (tf.sqrt(square) + 1e-7)
    return AdamState(z, mean, square, step)


def _found(z, labels, away, progress: float) -> Found:
    best = int(np.argmin(away))
    return Found(z[best], int(labels[best]), float(away[best]), progress)


def fit(target: np.ndarray, length: int) -> np.ndarray:
    """Returns a sound as float32 [length], cut or padded with zeros.

    Raises:
      InversionError: it is silent, not finite or not [T].
    """
    target = np.asarray(target, np.float32)
    if target.ndim != 1 or not np.isfinite(target).all():
        raise InversionError("the sound to look for is not finite")
    target = target[:length]
    if not np.any(np.abs(target) > 1e-6):
        raise InversionError("the sound to look for is silent")
    return np.pad(target, (0, length - len(target)))


def distances(
    waveforms: np.ndarray, wanted: tf.Tensor, sample_rate: int
) -> np.ndarray:
    """Returns the distance of each sound to each target, float32 [N, M].

    Args:
      waveforms: float32 [N, T].
      wanted: of ``spectra``, [M, F].
      sample_rate: in Hz.
    """
    rows = [
        distance(spectra(waveforms[at : at + 32], sample_rate)[:, None], wanted)
        for at in range(0, len(waveforms), 32)
    ]
    return np.concatenate(rows)
