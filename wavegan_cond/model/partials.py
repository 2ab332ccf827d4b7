"""Sine tones behind the generator: the partials of a drum.

Convolutions that upsample by 4 repeat themselves from one place to the next: a
tone that rings for thousands of samples is hard to make of them, and noise is
easy. A bank of tones brings what rings; an early block of the generator says
at 64 places of the sound how loud each of them is. A drum that was struck rings
down: once the hit is over, no tone grows again. Pure Keras 3.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from wavegan_cond.model.struck import ring_down
from wavegan_cond.model.tensor import Tensor

TURN = 1 << 16  # steps of a phase; frequencies are whole steps a sample
LOWEST, HIGHEST = 50.0, 18000.0  # Hz
TUNING = 20.0  # Hz, the furthest
MOST = np.pi / 4  # turn between two places: lines cut the corners of a circle
LOUDNESS = 4.0  # root mean square of all tones together at levels of 1
FAINT = 0.05  # a root below which a level is nearly linear in it: a slope of 0
# would let no silent tone learn
CORNER = 700.0  # Hz; tones are evenly spread in log(CORNER + f): on a mel scale


def partial_steps(count: int, sample_rate: float, seed: int) -> np.ndarray:
    """Returns frequencies by chance, one in each of P bands, int32 [P].

    Args:
      count: number of tones (P).
      sample_rate: in Hz.
      seed: of the draws.

    Returns:
      Frequencies in steps a sample.
    """
    draws = np.random.default_rng(seed).random(count)
    highest = min(HIGHEST, 0.47 * sample_rate)
    low, high = np.log(CORNER + np.array([min(LOWEST, highest / 2), highest]))
    places = low + (high - low) * (np.arange(count) + draws) / count
    turns = (np.exp(places) - CORNER) / sample_rate
    return np.int32(np.round(turns * TURN))


class Partials(keras.layers.Layer):
    """A bank of tones, set by features: [B, N, C], [B, Z] -> [B, T, 1].

    The features give roots of levels: a tone has a cosine and a sine, and their
    levels are two roots times the length of both. What rings 40 dB below a hit
    is made of roots 20 dB below, which a network that is linear in them can
    still hold. Levels are straight lines between places; after 60 ms none is
    above the larger of an earlier one and FAINT squared, which is silence.
    z tunes each tone by up to 20 Hz: with the same frequencies in every sound
    all of them would repeat themselves at the same lags.

    Args:
      samples: length of a sound (T), a multiple of N.
      count: number of tones (P).
      sample_rate: of the sound, in Hz.
      seed: of the frequencies.
    """

    def __init__(
        self,
        samples: int,
        count: int,
        sample_rate: float,
        seed: int,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.samples, self.count = samples, count
        self.sample_rate, self.seed = sample_rate, seed
        self.roots = keras.layers.Dense(
            2 * count,  # of cosines and of sines: a level and a phase
            kernel_initializer="zeros",
            name="roots",
            dtype=self.dtype_policy,
        )
        self.tuning = keras.layers.Dense(
            count,
            use_bias=False,
            kernel_initializer=keras.initializers.VarianceScaling(seed=seed),
            name="tuning",
            dtype=self.dtype_policy,
        )

    def build(
        self,
        features_shape: tuple[int | None, ...],
        z_shape: tuple[int | None, ...],
    ) -> None:
        self.roots.build(features_shape)
        self.tuning.build(z_shape)
        # A weight: what follows from constants alone is refused in an export.
        steps = partial_steps(self.count, self.sample_rate, self.seed)
        self.steps = self.add_weight(
            shape=(self.count,),
            initializer=lambda shape, dtype: ops.cast(steps, dtype),
            trainable=False,
            autocast=False,
            dtype="float32",
            name="steps",
        )

    def call(self, features: Tensor, z: Tensor) -> Tensor:
        places = features.shape[1]
        hop = self.samples // places
        rows = ops.reshape(features, (-1, features.shape[2]))
        roots = ops.reshape(self.roots(rows), (-1, places, 2 * self.count))
        here = self._levels(roots, z)  # [B, N, 2 P]
        there = ops.concatenate([here[:, 1:], here[:, -1:]], axis=1)
        # Tones from a place to the next are those of the first samples, begun
        # at another phase: the table is for one of them, not for N.
        begun = self._circle(hop * np.arange(places))  # twice [N, P]
        waves = ops.concatenate(self._circle(np.arange(hop)), axis=1)
        waves = ops.transpose(waves) * (LOUDNESS / np.sqrt(self.count))
        share = np.arange(hop, dtype=np.float32) / hop
        here, there = (
            ops.matmul(ops.reshape(x, (-1, 2 * self.count)), waves)
            for x in (turned(here, *begun), turned(there, *begun))
        )  # [B N, T / N]
        sound = here * (1 - share) + there * share
        return ops.reshape(sound, (-1, self.samples, 1))

    def _levels(self, roots, z):
        """Returns levels that turn from place to place, [B, N, 2 P]."""
        places = roots.shape[1]
        furthest = 2 * np.pi * TUNING * self.samples / places / self.sample_rate
        furthest = min(furthest, MOST)
        turn = furthest * ops.expand_dims(ops.tanh(self.tuning(z)), 1)
        angle = turn * np.arange(places, dtype=np.float32)[:, None]  # [B, N, P]
        cosine, sine = ops.cos(angle), ops.sin(angle)
        even, odd = roots[..., : self.count], roots[..., self.count :]
        length = ops.sqrt(even * even + odd * odd + FAINT**2)
        lowest = ring_down(length, self.samples / self.sample_rate)
        scale = lowest * (lowest / length)
        levels = ops.concatenate([even * scale, odd * scale], axis=2)
        return turned(levels, cosine, sine)

    def _circle(self, times):
        """Returns the cosines and sines of the tones, [K, P] each.

        Args:
          times: whole samples, [K].
        """
        # Whole numbers again where they were stored in 16 bits, so that phases
        # are exact however long a tone rings.
        steps = ops.cast(self.steps + 0.5, "int32")
        turns = ops.mod(np.int32(times)[:, None] * steps, TURN)
        phase = ops.cast(turns, "float32") * (2 * np.pi / TURN)
        return ops.cos(phase), ops.sin(phase)


def turned(levels: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Returns the levels of tones that begin at other phases, [..., 2 P].

    Args:
      levels: of cosines, then of sines, [..., 2 P].
      cosine: of the phases, [..., P].
      sine: likewise.
    """
    count = cosine.shape[-1]
    even, odd = levels[..., :count], levels[..., count:]
    return ops.concatenate(
        [even * cosine + odd * sine, odd * cosine - even * sine], axis=-1
    )
