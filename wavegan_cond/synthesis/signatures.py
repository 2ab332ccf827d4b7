"""What a generator does for others, with its inputs checked in the graph.

The live model and the exported one run these same functions, so that both
refuse the same inputs and give the same sounds. The checks are TensorFlow
operations: they hold in whatever program runs the graph. Without them a z of
NaN is answered with NaN audio, and a wrong label, on a GPU, with the sound of
an embedding of zeros.
"""

from collections.abc import Callable

import tensorflow as tf

from wavegan_cond.model.networks import Generator
from wavegan_cond.model.resample import upsample

# How far the class weights of a sound may be from a sum of 1.
TOLERANCE = 1e-3


def generate_function(
    generator: Generator, length: int | None = None
) -> Callable:
    """Returns (z [N, Z], label int32 [N]) -> {"audio": float32 [N, T]}.

    Args:
      generator: in float32.
      length: T, if the sounds are to be brought up to more than it makes.

    Raises:
      tf.errors.InvalidArgumentError: when it runs: z is not finite, a label is
        no class, or z and label have different N.
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
      generator: in float32.
      length: as above.

    Raises:
      tf.errors.InvalidArgumentError: when it runs: z or a weight is not finite,
        the weights of a sound do not sum to 1, or N differs.
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
    """Returns [N, T, 1] as [N, T] in [-1, 1], or [N, length].

    A post-filter comes after the tanh and may overshoot: what a WAV file
    would clip is clipped here, for every host alike.
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
