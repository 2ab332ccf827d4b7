"""Sine tones inside the generator: the partials of a drum.

Convolutions that upsample by 4 repeat themselves from one place to the next: a
tone that rings for thousands of samples is hard to make of them, and noise is
easy. A bank of steady tones, whose levels and phases follow from z and the
label, brings what rings; the blocks around decide when. Pure Keras 3.
"""

import keras
import numpy as np
from keras import ops

TURN = 1 << 16  # steps of a phase; frequencies are whole steps a sample
LOWEST = 8  # turns of the lowest tone within a sound
HIGHEST = 0.47  # turns a sample of the highest one


def tone_steps(samples: int, count: int) -> np.ndarray:
    """Returns frequencies in equal ratios, in steps a sample, int32 [P].

    Args:
      samples: length of a sound at the rate of the block.
      count: number of tones (P).
    """
    turns = np.geomspace(LOWEST / samples, HIGHEST, count)
    return np.int32(np.round(turns * TURN))


@keras.saving.register_keras_serializable(package="wavegan_cond")
class Tones(keras.layers.Layer):
    """A bank of tones, set by z and the label: [B, Z + W] -> [B, T, C].

    Args:
      samples: length of a sound at the rate of the block (T), at most 32768.
      count: number of tones (P).
      channels: number of channels of the block (C); tones begin at zero there.
      seed: seed of the initial weights.
    """

    def __init__(self, samples, count, channels, seed, **kwargs):
        super().__init__(**kwargs)
        self.samples, self.count = samples, count
        self.channels, self.seed = channels, seed
        self.levels = keras.layers.Dense(
            2 * count,  # of cosines and of sines: a level and a phase
            kernel_initializer=keras.initializers.GlorotUniform(seed),
            name="levels",
            dtype=self.dtype_policy,
        )

    def build(self, shape):
        self.levels.build(shape)
        self.mix = self.add_weight(
            shape=(2 * self.count, self.channels),
            initializer="zeros",
            name="mix",
        )
        # A weight: what follows from constants alone is refused in an export.
        steps = np.float32(tone_steps(self.samples, self.count))
        self.steps = self.add_weight(
            shape=(self.count,),
            initializer=lambda shape, dtype: ops.convert_to_tensor(steps),
            trainable=False,
            autocast=False,
            dtype="float32",
            name="steps",
        )

    def get_config(self) -> dict:
        names = "samples", "count", "channels", "seed"
        settings = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **settings}

    def call(self, given):
        levels = ops.expand_dims(self.levels(given), -1)  # [B, 2 P, 1]
        return ops.matmul(self._waves(), levels * self.mix)

    def _waves(self):
        """Returns the cosines and sines, [T, 2 P]."""
        # Whole numbers again where they were stored in 16 bits.
        steps = ops.cast(self.steps + 0.5, "int32")
        steps = ops.concatenate([steps, steps])
        start = np.repeat(np.int32([TURN // 4, 0]), self.count)
        time = ops.expand_dims(ops.arange(self.samples, dtype="int32"), -1)
        # Whole numbers, so that phases are exact however long a tone rings.
        phase = ops.cast(ops.mod(time * steps + start, TURN), "float32")
        waves = np.sqrt(2) * ops.sin(phase * (2 * np.pi / TURN))
        return ops.cast(waves, self.compute_dtype)
