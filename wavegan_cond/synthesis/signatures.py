"""Signatures of a generator, with input validation inside the graph.

The live model and the exported one run the same functions, so that both reject
the same inputs and give the same sounds. Validation uses TensorFlow operations
and so works in any program that runs the graph. Without it a z of NaN would
give NaN audio, and an invalid label on a GPU the sound of an all-zero
embedding.
"""

from collections.abc import Callable

import tensorflow as tf

from wavegan_cond.model.networks import Generator
from wavegan_cond.model.resample import upsample

# Largest deviation of the sum of a sound's class weights from 1.
TOLERANCE = 1e-3


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
        not finite, a label is out of range, or z and label differ in N.
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
        weight is not finite, the weights of a sound do not sum to 1, or z and
        class_weights differ in N.
    """

    def mix(z, class_weights):
        sums = tf.reduce_sum(class_weights, axis=1)
        # False of NaN and infinity as well.
        whole = tf.reduce_all(tf.abs(sums - 1.0) <= TOLERANCE)
        message = "class_weights of each sound must sum to 1: received"
        checks = [*_check_z(z, class_weights), _check(whole, message, sums)]
        with tf.control_dependencies(checks):
            z, weights = tf.identity(z), tf.identity(class_weights)
        return {"audio": to_audio(generator.mix(z, weights), length)}

    return mix


def to_audio(wave: tf.Tensor, length: int | None = None) -> tf.Tensor:
    """Returns waves [N, T, 1] as audio [N, T] or [N, length] in [-1, 1].

    The post-filter follows the tanh, so its output may exceed [-1, 1]; it is
    clipped here as a WAV file would clip it.
    """
    wave = upsample(wave, length or wave.shape[1])
    return tf.clip_by_value(wave[:, :, 0], -1.0, 1.0)


def _check_z(z: tf.Tensor, other: tf.Tensor) -> list:
    counts = tf.shape(z)[0], tf.shape(other)[0]
    message = "z and what stands beside it differ in number: received"
    return [
        _check(tf.reduce_all(tf.math.is_finite(z)), "z must be finite"),
        _check(tf.equal(*counts), message, *counts),
    ]


def _check(condition: tf.Tensor, message: str, *values) -> tf.Operation:
    return tf.debugging.Assert(condition, [message, *values])
