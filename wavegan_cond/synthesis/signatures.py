"""Signatures of a generator, with input validation inside the graph.

The live model and the exported one run the same functions, so that both reject
the same inputs and give the same sounds. Validation uses TensorFlow operations
and so works in any program that runs the graph. Without it a z of NaN would
give NaN audio, which most programs play as silence, and an invalid label on a
GPU the sound of an all-zero embedding. What comes out is checked as well:
weights may be such that numbers overflow on the way.

What follows from a check is up to a guard: ``insist`` raises an error; formats
in which a graph cannot do so have another one (``saved_models.portable``).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wavegan_cond.model.generator import Generator
from wavegan_cond.model.resample import upsample
from wavegan_cond.synthesis.ends import clean_ends
from wavegan_cond.synthesis.latents import MAX_Z
from wavegan_cond.synthesis.model_info import ModelInfo

# Largest deviation of the sum of a sound's class weights from 1.
TOLERANCE = 1e-3
MAX_WEIGHT = 1e3  # of a class: sums of larger ones are not precise


class Check(NamedTuple):
    """What must hold of the inputs.

    Attributes:
      holds: of each sound, bool [N], or of all, bool [].
      message: what is said where it does not.
      values: tensors that the message ends with.
    """

    holds: tf.Tensor
    message: str
    values: tuple = ()

    def of_all(self) -> tf.Tensor:
        """Returns whether it holds of all sounds, bool []."""
        holds = self.holds
        return tf.reduce_all(holds) if holds.shape.rank else holds


def insist(
    checks: Sequence[Check], inputs: Sequence[tf.Tensor], make: Callable
) -> dict[str, tf.Tensor]:
    """Returns {"audio": float32 [N, T]} of inputs of which all checks hold.

    Args:
      checks: of the inputs.
      inputs: tensors [N, ...].
      make: inputs -> waves float32 [N, T, 1].

    Raises:
      tf.errors.InvalidArgumentError: a check does not hold, or a sample is not
        finite.
    """
    asserts = [
        _assert(check.of_all(), check.message, *check.values)
        for check in checks
    ]
    with tf.control_dependencies(asserts):
        inputs = [tf.identity(each) for each in inputs]
    return {"audio": to_audio(make(*inputs))}


def make_signatures(
    generator: Generator, info: ModelInfo, guard: Callable = insist
) -> dict[str, tuple[Callable, list[tf.TensorSpec]]]:
    """Returns generate, mix and steer of a model with what they take.

      generate  z [N, Z], label int32 [N]
      mix       z [N, Z], class_weights [N, classes]
      steer     z [N, Z], label int32 [N], steer [N, D]: the sounds have the
                amounts ``steer`` along the directions, and what else is in z

    They return {"audio": float32 [N, T]}, resampled to the length of ``info``.

    Args:
      generator: a float32 generator.
      info: its description.
      guard: see ``insist``.

    Raises:
      tf.errors.InvalidArgumentError: raised by the returned functions if z,
        steer or a weight is not finite, z is beyond ``MAX_Z`` or a weight
        beyond ``MAX_WEIGHT``, a label is out of range, the weights of a sound
        do not sum to 1, the inputs differ in N, or the audio is not finite.
    """
    classes, rows = len(info.classes), np.float32(info.directions)

    def generate(z, label):
        known = (label >= 0) & (label < classes)
        message = f"label must be from 0 to {classes - 1}: received"
        checks = [*_check_z(z, label), Check(known, message, (label,))]
        return guard(checks, (z, label), _at_length(generator, info.length))

    def mix(z, class_weights):
        checks = [*_check_z(z, class_weights), *_check_weights(class_weights)]
        make = _at_length(generator.mix, info.length)
        return guard(checks, (z, class_weights), make)

    def steer(z, label, steer):
        change = steer - tf.matmul(z, rows, transpose_b=True)
        return generate(z + tf.matmul(change, rows), label)

    z = tf.TensorSpec([None, info.latent_dim], tf.float32, "z")
    label = tf.TensorSpec([None], tf.int32, "label")
    weights = tf.TensorSpec([None, classes], tf.float32, "class_weights")
    amounts = tf.TensorSpec([None, len(rows)], tf.float32, "steer")
    return {
        "generate": (generate, [z, label]),
        "mix": (mix, [z, weights]),
        "steer": (steer, [z, label, amounts]),
    }


def to_audio(wave: tf.Tensor) -> tf.Tensor:
    """Returns waves [N, T, 1] as ``finish`` does, if they are finite.

    Raises:
      tf.errors.InvalidArgumentError: a sample is not finite.
    """
    message = "the audio is not finite: a weight is not, or is far too large"
    finite = tf.reduce_all(is_finite(wave))
    with tf.control_dependencies([_assert(finite, message)]):
        return finish(tf.identity(wave))


def finish(wave: tf.Tensor) -> tf.Tensor:
    """Returns waves [N, T, 1] as audio [N, T] in [-1, 1].

    They begin and end at zero, see ``ends``. The equalizer follows the tanh, so
    its output may exceed [-1, 1]; it is clipped as a WAV file would clip it.
    """
    return tf.clip_by_value(clean_ends(wave[:, :, 0]), -1.0, 1.0)


def is_finite(values: tf.Tensor) -> tf.Tensor:
    """Returns where float32 are finite; LiteRT has no operation for it."""
    return tf.abs(values) <= tf.float32.max


def _at_length(make: Callable, length: int) -> Callable:
    """Returns a function whose waves are resampled to ``length``."""
    return lambda *inputs: upsample(make(*inputs), length)


def _check_z(z: tf.Tensor, other: tf.Tensor) -> list[Check]:
    counts = tf.shape(z)[0], tf.shape(other)[0]
    message = "z and what stands beside it differ in number: received"
    return [
        Check(tf.reduce_all(is_finite(z), axis=1), "z must be finite"),
        Check(
            tf.reduce_all(tf.abs(z) <= MAX_Z, axis=1),
            f"z must be from -{MAX_Z:g} to {MAX_Z:g}",
        ),
        Check(tf.equal(*counts), message, counts),
    ]


def _check_weights(class_weights: tf.Tensor) -> list[Check]:
    sums = tf.reduce_sum(class_weights, axis=1)
    # False of NaN and infinity as well.
    whole = tf.abs(sums - 1.0) <= TOLERANCE
    small = tf.reduce_all(tf.abs(class_weights) <= MAX_WEIGHT, axis=1)
    message = "class_weights of each sound must sum to 1: received"
    return [
        Check(whole, message, (sums,)),
        Check(small, f"a class weight is beyond {MAX_WEIGHT:g}"),
    ]


def _assert(condition: tf.Tensor, message: str, *values) -> tf.Operation:
    return tf.debugging.Assert(condition, [message, *values])
