"""Signatures of a generator, with input validation inside the graph.

The live model and the exported one run the same functions, so that both reject
the same inputs and give the same sounds. Validation uses TensorFlow operations
and so works in any program that runs the graph. Without it a z of NaN would
give NaN audio, which most programs play as silence, and an invalid label on a
GPU the sound of an all-zero embedding. What comes out is checked as well:
weights may be such that numbers overflow on the way.
"""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from wavegan_cond.model.networks import Generator
from wavegan_cond.model.resample import upsample
from wavegan_cond.synthesis.ends import clean_ends

# Largest deviation of the sum of a sound's class weights from 1.
TOLERANCE = 1e-3
# Far beyond any prior, and far from what overflows in a network that learned.
MAX_Z = 1e6
MAX_WEIGHT = 1e3  # of a class: sums of larger ones are not precise


def generate_function(
    generator: Generator, length: int | None = None
) -> Callable:
    """Returns (z [N, Z], label int32 [N]) -> {"audio": float32 [N, T]}.

    Args:
      generator: a float32 generator.
      length: length to which the sounds are resampled; None keeps the
        generator's.

    Raises:
      tf.errors.InvalidArgumentError: raised by the returned function if z is
        not finite or beyond ``MAX_Z``, a label is out of range, z and label
        differ in N, or the audio is not finite.
    """
    count = generator.num_classes

    def generate(z, label):
        known = tf.reduce_all((label >= 0) & (label < count))
        message = f"label must be from 0 to {count - 1}: received"
        checks = [*_check_z(z, label), _check(known, message, label)]
        with tf.control_dependencies(checks):
            z, label = tf.identity(z), tf.identity(label)
        return {"audio": to_audio(generator(z, label), length)}

    return generate


def mix_function(generator: Generator, length: int | None = None) -> Callable:
    """Returns (z [N, Z], class_weights [N, classes]) -> {"audio": [N, T]}.

    Args:
      generator: a float32 generator.
      length: length to which the sounds are resampled; None keeps the
        generator's.

    Raises:
      tf.errors.InvalidArgumentError: raised by the returned function if z or a
        weight is not finite or beyond ``MAX_Z`` and ``MAX_WEIGHT``, the
        weights of a sound do not sum to 1, z and class_weights differ in N, or
        the audio is not finite.
    """

    def mix(z, class_weights):
        sums = tf.reduce_sum(class_weights, axis=1)
        # False of NaN and infinity as well.
        whole = tf.reduce_all(tf.abs(sums - 1.0) <= TOLERANCE)
        message = "class_weights of each sound must sum to 1: received"
        small = tf.reduce_all(tf.abs(class_weights) <= MAX_WEIGHT)
        checks = [
            *_check_z(z, class_weights),
            _check(whole, message, sums),
            _check(small, f"a class weight is beyond {MAX_WEIGHT:g}"),
        ]
        with tf.control_dependencies(checks):
            z, weights = tf.identity(z), tf.identity(class_weights)
        return {"audio": to_audio(generator.mix(z, weights), length)}

    return mix


def steer_function(
    generator: Generator,
    directions: Sequence[Sequence[float]],
    length: int | None = None,
) -> Callable:
    """Returns (z [N, Z], label [N], steer [N, D]) -> {"audio": [N, T]}.

    Args:
      generator: a float32 generator.
      directions: unit vectors of z, [D, Z]. The sounds have the amounts
        ``steer`` along them, and what else is in z.
      length: length to which the sounds are resampled; None keeps the
        generator's.

    Raises:
      tf.errors.InvalidArgumentError: raised by the returned function where
        ``generate_function`` raises it, and if steer is not finite.
    """
    generate = generate_function(generator, length)
    rows = np.asarray(directions, np.float32)

    def steer(z, label, steer):
        change = steer - tf.matmul(z, rows, transpose_b=True)
        return generate(z + tf.matmul(change, rows), label)

    return steer


def to_audio(wave: tf.Tensor, length: int | None = None) -> tf.Tensor:
    """Returns waves [N, T, 1] as audio [N, T] or [N, length] in [-1, 1].

    They begin and end at zero, see ``ends``. The equalizer follows the tanh, so
    its output may exceed [-1, 1]; it is clipped as a WAV file would clip it.

    Raises:
      tf.errors.InvalidArgumentError: a sample is not finite.
    """
    wave = upsample(wave, length or wave.shape[1])
    finite = tf.reduce_all(tf.math.is_finite(wave))
    message = "the audio is not finite: a weight is not, or is far too large"
    with tf.control_dependencies([_check(finite, message)]):
        wave = tf.identity(wave)
    return tf.clip_by_value(clean_ends(wave[:, :, 0]), -1.0, 1.0)


def _check_z(z: tf.Tensor, other: tf.Tensor) -> list:
    counts = tf.shape(z)[0], tf.shape(other)[0]
    message = "z and what stands beside it differ in number: received"
    return [
        _check(tf.reduce_all(tf.math.is_finite(z)), "z must be finite"),
        _check(
            tf.reduce_all(tf.abs(z) <= MAX_Z),
            f"z must be from -{MAX_Z:g} to {MAX_Z:g}",
        ),
        _check(tf.equal(*counts), message, *counts),
    ]


def _check(condition: tf.Tensor, message: str, *values) -> tf.Operation:
    return tf.debugging.Assert(condition, [message, *values])
