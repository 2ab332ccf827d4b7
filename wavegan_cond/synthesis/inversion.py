"""Inversion: the z and class whose sound is nearest to a given one.

Random sounds are compared with it first; from the nearest of them gradients of
the spectral distance lead on through the generator, from several starts at
once, since each finds the bottom of its own valley alone.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf

from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.spectral_distance import distance, spectra
from wavegan_cond.synthesis.synth import Synth

CANDIDATES = 256  # random sounds that are compared first
STARTS = 6
STEPS = 200
RATE = 0.2  # of Adam at the first step; falls to 0 by a cosine
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
    z = latents.draw(seed, candidates, info.latent_dim, info.prior)
    labels = np.arange(candidates) % len(info.kinds)
    away = distances(model.generate(z, labels), wanted, info.sample_rate)[:, 0]
    nearest = np.argsort(away, kind="stable")[:starts]
    best_z, labels, away = z[nearest], labels[nearest], away[nearest]
    yield _found(best_z, labels, away, 0.0)
    variable = keras.Variable(best_z)
    rate = keras.optimizers.schedules.CosineDecay(RATE, steps)
    adam = keras.optimizers.Adam(rate, beta_2=0.99)
    weights = tf.one_hot(labels, len(info.classes))
    slopes = slope_function(model)
    for step in range(steps + 1):
        now, slope = slopes(variable.value, weights, wanted)
        better = now.numpy() < away
        away = np.where(better, now, away)
        best_z = np.where(better[:, None], variable.numpy(), best_z)
        yield _found(best_z, labels, away, step / steps)
        adam.apply([slope], [variable])
        most = LARGEST[info.prior]
        variable.assign(keras.ops.clip(variable, -most, most))


@functools.lru_cache(maxsize=1)  # a second search needs no new graph
def slope_function(model: Synth) -> Callable:
    """Returns (z [N, Z], weights [N, classes], wanted [1, F]) -> [N], [N, Z].

    What is returned are the distances of the sounds, and their gradients.
    """

    @tf.function(reduce_retracing=True)
    def slopes(z, weights, wanted):
        with tf.GradientTape() as tape:
            tape.watch(z)
            sounds = model.audio(z, weights)
            away = distance(spectra(sounds, model.info.sample_rate), wanted)
        return away, tape.gradient(away, z)

    return slopes


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
