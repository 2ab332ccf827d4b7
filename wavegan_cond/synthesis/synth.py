"""Synthesizer: generates sounds from z and labels with a trained model."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wavegan_cond.model.generator import Generator
from wavegan_cond.storage.untrusted import one_line
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.synthesis.signatures import make_signatures

# Fixed batch size. The last batch is padded, so that the bits of a sound do not
# depend on how many sounds are generated together.
BATCH = 16


class Synth:
    """Generates sounds with a trained model.

    Args:
      info: description of the model.
      generate: z [N, Z], label int [N] -> {"audio": [N, T]}.
      mix: z [N, Z], class weights [N, num_classes] -> {"audio": [N, T]}.
    """

    def __init__(self, info: ModelInfo, generate: Callable, mix: Callable):
        self.info = info
        self._generate, self._mix = generate, mix

    def generate(self, z: np.ndarray, label: np.ndarray) -> np.ndarray:
        """Returns one sound per label: [N, Z], int [N] -> float32 [N, T]."""
        return in_batches(self._generate, z, np.asarray(label, np.int32))

    def mix(
        self, z: np.ndarray, class_weights: np.ndarray, batch: int = BATCH
    ) -> np.ndarray:
        """Returns sounds between classes, from averaged label embeddings.

        Args:
          z: latent vectors [N, Z].
          class_weights: weight of each class [N, num_classes]; rows sum to 1.
          batch: sounds made at once. A single one is there three times as soon
            with a batch of 1, and equal up to rounding.

        Returns:
          float32 [N, T].
        """
        weights = np.asarray(class_weights, np.float32)
        return in_batches(self._mix, z, weights, batch)

    def audio(self, z: tf.Tensor, class_weights: tf.Tensor) -> tf.Tensor:
        """Returns the sounds of ``mix`` as a tensor that has gradients."""
        return self._mix(z, class_weights)["audio"]

    def label(self, name: str) -> int:
        """Returns the label of a class.

        Raises:
          ModelError: the model has no class of that name.
        """
        return self.info.label(name)


def in_batches(
    function: Callable, z: np.ndarray, other: np.ndarray, batch: int = BATCH
) -> np.ndarray:
    """Runs ``function(z, other)`` in batches of equal size; returns [N, T].

    Raises:
      ValueError: ``z`` and ``other`` differ in length, or are empty.
      ModelError: the graph rejects the inputs, or makes what is not finite.
    """
    if len(z) != len(other) or not len(z):
        raise ValueError(f"{len(z)} z and {len(other)} labels or weights")
    waves = []
    for start in range(0, len(z), batch):
        rows = [np.float32(z[start : start + batch]), other[start:][:batch]]
        count = len(rows[0])
        rows = [np.resize(part, (batch, *part.shape[1:])) for part in rows]
        try:
            wave = function(*map(tf.constant, rows))["audio"]
        except tf.errors.ResourceExhaustedError:
            raise  # which says nothing of the model
        except tf.errors.OpError as error:
            raise ModelError(
                f"the model cannot make these sounds: {_reason(error)}"
            ) from error
        wave = np.asarray(wave)[:count]
        if not np.isfinite(wave).all():  # an export that does not say so
            raise ModelError("the model makes sounds that are not finite")
        waves.append(wave)
    return np.concatenate(waves)


def _reason(error: tf.errors.OpError) -> str:
    """Returns the message of a failed assertion, without the node's name."""
    text = one_line(error, limit=100_000)
    return one_line(text[max(0, text.rfind("assertion failed:")) :])


def from_generator(generator: Generator, info: ModelInfo) -> Synth:
    """Returns a Synth of a live generator, which follows changed weights."""
    functions = make_signatures(generator, info)
    generate, mix = (
        tf.function(functions[name][0], autograph=False)
        for name in ("generate", "mix")
    )
    return Synth(info, generate, mix)
