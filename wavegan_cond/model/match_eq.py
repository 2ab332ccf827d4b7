"""An equalizer behind the generator, matched to real sounds.

On the mean, generated sounds have another tone than real ones of their class: a
few dB too much here, too little there, and lines at the fractions of the sample
rate at which the blocks upsample. A linear filter a class takes the tone away,
and lines that stand out further than chance: in a studio, a match EQ. It is
fitted at every checkpoint, to the weights as they are then (``match_eq_fit``),
and the training never hears it. Pure Keras 3.

Letters: B batch, L samples of a sound, n taps.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from wavegan_cond.model.tensor import Tensor


def num_taps(length: int) -> int:
    """Returns the taps of a filter for sounds of L samples, a quarter."""
    return length // 4


def flat(num_classes: int, length: int) -> np.ndarray:
    """Returns filters that change nothing, float32 [num_classes, n]."""
    taps = np.zeros((num_classes, num_taps(length)), np.float32)
    taps[:, 0] = 1
    return taps


class MatchEq(keras.layers.Layer):
    """A filter for each class: [B, L, 1], [B, num_classes] -> [B, L, 1].

    Its taps are a weight that no gradient moves.

    Args:
      num_classes: filters.
      length: samples of a sound (L). Of another length it is another filter.
    """

    def __init__(self, num_classes: int, length: int, **kwargs: Any):
        kwargs = {"name": "match_eq", "dtype": "float32", **kwargs}
        super().__init__(trainable=False, **kwargs)
        taps = flat(num_classes, length)
        self.taps = self.add_weight(
            shape=taps.shape,
            initializer=lambda shape, dtype: ops.convert_to_tensor(taps),
            trainable=False,
            name=f"match_eq_{length}",
        )
        self.built = True

    def call(self, wave: Tensor, class_weights: Tensor) -> Tensor:
        return equalize(wave, self.taps, class_weights)


class EqualizedGenerator(keras.Model):
    """A generator as it sounds: with the filters behind it.

    It takes a generator's place wherever sounds are made, and never trains.

    Args:
      generator: built.
      match_eq: of its classes and length.
    """

    def __init__(self, generator: keras.Model, match_eq: MatchEq):
        super().__init__(name="equalized", dtype="float32")
        self.generator, self.match_eq = generator, match_eq
        self.length, self.latent_dim = generator.length, generator.latent_dim
        self.num_classes = generator.num_classes
        self.built = True

    def call(self, z: Tensor, label: Tensor) -> Tensor:
        """Returns sounds: [B, Z], [B] -> [B, T, 1]."""
        one_hot = ops.one_hot(label, self.num_classes, dtype="float32")
        return self.match_eq(self.generator(z, label), one_hot)

    def mix(self, z: Tensor, class_weights: Tensor) -> Tensor:
        """Sounds between classes: [B, Z], [B, num_classes] -> [B, T, 1]."""
        return self.match_eq(
            self.generator.mix(z, class_weights), class_weights
        )


def equalize(wave: Tensor, taps: Tensor, class_weights: Tensor) -> Tensor:
    """Filters sounds, and brings down those that pass full scale by it.

    Args:
      wave: [B, L, 1].
      taps: of the filter of each class, [num_classes, n].
      class_weights: of each sound, [B, num_classes]: how its filter is mixed.

    Returns:
      [B, L, 1]. What a filter gives after the end is lost.
    """
    length = wave.shape[1]
    size = length + taps.shape[1]  # the ends do not meet
    real, imaginary = ops.rfft(wave[:, :, 0], size)
    gain, turn = (ops.matmul(class_weights, p) for p in ops.rfft(taps, size))
    product = real * gain - imaginary * turn, real * turn + imaginary * gain
    return bring_down(ops.irfft(product, size)[:, :length])


def bring_down(filtered: Tensor) -> Tensor:
    """Brings down what passes full scale: [B, L] -> [B, L, 1]."""
    peak = ops.max(ops.abs(filtered), axis=1, keepdims=True)
    return ops.expand_dims(filtered / ops.maximum(peak, 1.0), -1)
