"""What the critic is given of a sound: filtered, in bands, compressed.

What the critic weighs is amplitude, and what is heard is nearer to its
logarithm. Whitening evens out the spectrum of a class; of the sounds of one
class some are dull, some bright, some dry, and what is quiet in one of them is
still lost beside what is loud. So a sound can be split into bands, and each
band compressed, sample by sample, before the critic and its penalty: real
sounds and generated ones alike. Pure Keras 3.
"""

from collections.abc import Callable

import numpy as np
from keras import ops

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model import whitening

EDGES = (150.0, 500.0, 1500.0, 4000.0, 9000.0)  # Hz, where bands meet
KEPT = 0.25  # the amplitude that compression leaves as it is
QUIETEST = 3e-4  # amplitude under which nothing is brought up any further


class Hearing:
    """Sounds as the critic hears them: [B, L, 1], int [B] -> [B, L, bands].

    Args:
      filters: float32 [num_classes, bands, T / 2 + 1], gains of the bins of a
        whole sound, T >= L: a bin is the same frequency at every rate.
      compression: c; an amplitude a becomes a (0.25 / (a + 0.0003))^c.
    """

    def __init__(self, filters: np.ndarray, compression: float = 0.0):
        self.filters, self.compression = filters, compression

    def __call__(self, wave, label):
        samples = wave.shape[1]
        filters = self.filters[:, :, : samples // 2 + 1]
        gain = ops.take(filters, label, axis=0)
        real, imaginary = ops.rfft(ops.swapaxes(wave, 1, 2))  # [B, 1, bins]
        heard = ops.irfft((real * gain, imaginary * gain), samples)
        if self.compression:
            level = (ops.abs(heard) + QUIETEST) / KEPT
            heard = heard * ops.power(level, -self.compression)
        return ops.swapaxes(heard, 1, 2)


def fit(
    read: Callable[[np.ndarray], np.ndarray],
    labels: np.ndarray,
    model: ModelConfig,
    train: TrainConfig,
) -> Hearing | None:
    """Returns the hearing that ``train`` asks for, None for sounds as they are.

    Args:
      read: gives real sounds, see ``whitening.fit``.
      labels: int [N], of all rows.
      model: its length, rate and classes.
      train: its whitening and compression.
    """
    if is_plain(train):
        return None
    gains = whitening.fit(read, labels, model, train.whitening)
    if gains is None:
        gains = np.ones((len(model.classes), 1), np.float32)
    masks = np.ones((1, 1), np.float32)
    if train.compression:
        masks = band_masks(model.length, model.sample_rate)
    return Hearing(gains[:, None] * masks, train.compression)


def is_plain(train: TrainConfig) -> bool:
    """Says whether the critic hears sounds as they are."""
    return not (train.whitening or train.compression)


def num_bands(train: TrainConfig) -> int:
    """Returns how many bands the critic hears, 1 for a whole sound."""
    return len(EDGES) + 1 if train.compression else 1


def band_masks(length: int, sample_rate: int) -> np.ndarray:
    """Returns the gains of six bands, float32 [6, T / 2 + 1].

    Their sum is 1 everywhere: the bands add up to the sound. Neighbours cross
    over in one octave, along a cosine, at ``EDGES``.

    Args:
      length: T.
      sample_rate: in Hz.
    """
    hertz = np.fft.rfftfreq(length, 1 / sample_rate)
    hertz[0] = hertz[1]
    octaves = np.log2(hertz / np.array(EDGES)[:, None])  # above each edge
    above = 0.5 - 0.5 * np.cos(np.pi * np.clip(octaves + 0.5, 0, 1))
    whole = np.ones((1, len(hertz)))
    shares = np.concatenate([whole, above, 0 * whole])
    return (shares[:-1] - shares[1:]).astype(np.float32)
