"""Input layer of the critic: class-wise whitening and compression.

The distance that a critic of limited slope estimates is one of waveforms. Of a
kick it is nearly all fundamental, and what a generator leaves 50 dB below that
hardly counts in it, though it is heard. So each class goes through a filter of
its own, which brings up what is quiet in the real sounds of that class; real
and generated sounds go through the same one. The idea of equal weights for
unequal bands is that of pre-emphasis and of whitening before a comparison. The
gains multiply the spectrum of the whole sound, T samples: the filter has no
phase, and being smooth over frequency it reaches a few milliseconds.

What the critic weighs is amplitude, and what is heard is nearer to its
logarithm. Of the sounds of one class some are dull, some bright, some dry, and
what is quiet in one of them is still lost beside what is loud. So a sound can
be split into bands, and each band compressed, sample by sample, before the
critic and its penalty: real sounds and generated ones alike. Pure Keras 3.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model import spectral
from wavegan_cond.model.subsample import subsample_evenly
from wavegan_cond.model.tensor import Tensor

EDGES = (150.0, 500.0, 1500.0, 4000.0, 9000.0)  # Hz, where bands meet
KEPT = 0.25  # the amplitude that compression leaves as it is
QUIETEST = 3e-4  # amplitude under which nothing is brought up any further

MAX_SOUNDS = 1000  # of a class: more do not change its mean
WIDTH = 2**0.25  # ratio to either side of a bin: half an octave in all
NARROWEST = 8  # bins to either side that the smoothing reaches at least
HIGHEST_GAIN = 100.0  # 40 dB, over the gain of the loudest band


class CriticInput(keras.layers.Layer):
    """Filters and compresses sounds: [B, L, 1], int [B] -> [B, L, channels].

    Its filters are a weight that no gradient moves, so that a checkpoint holds
    what its critic was trained with. New ones leave the sound as it is, or
    split it into bands with compression; those that whiten are fitted to real
    sounds: ``gains.assign(fit(...))`` before the first update.

    Args:
      num_classes: labels are 0 .. num_classes - 1.
      full_length: T, of the sounds that the filters are fitted to, T >= L: a
        bin is the same frequency at every rate.
      compression: c; an amplitude a becomes a (0.25 / (a + 0.0003))^c, in each
        of six bands. 0 disables both.
      sample_rate: of sounds of T samples, in Hz: where the bands are.
      spectrogram: whether log-spectrograms of the filtered sound follow the
        bands, as four more channels, see ``spectral``.
    """

    def __init__(
        self,
        num_classes: int,
        full_length: int,
        compression: float,
        spectrogram: bool = False,
        sample_rate: int = 44100,
        **kwargs: Any,
    ):
        super().__init__(trainable=False, dtype="float32", **kwargs)
        masks = np.ones((1, full_length // 2 + 1), np.float32)
        if compression:
            masks = band_masks(full_length, sample_rate)
        bands = len(masks)
        self.compression, self.spectrogram = compression, spectrogram
        self.channels = bands + spectral.CHANNELS * spectrogram
        self.gains = self.add_weight(
            shape=(num_classes, bands, full_length // 2 + 1),
            initializer=lambda shape, dtype: ops.broadcast_to(masks, shape),
            trainable=False,
            name="input_gains",
        )
        self.built = True

    def call(self, wave: Tensor, label: Tensor) -> Tensor:
        samples = wave.shape[1]
        gain = self.gains[:, :, : samples // 2 + 1]
        gain = ops.take(gain, label, axis=0)  # [B, bands, bins]
        real, imaginary = ops.rfft(ops.swapaxes(wave, 1, 2))  # [B, 1, bins]
        filtered = ops.irfft((real * gain, imaginary * gain), samples)
        if self.spectrogram:
            levels = spectral.spectrograms(ops.sum(filtered, axis=1))
        if self.compression:
            level = (ops.abs(filtered) + QUIETEST) / KEPT
            filtered = filtered * ops.power(level, -self.compression)
        filtered = ops.swapaxes(filtered, 1, 2)
        if not self.spectrogram:
            return filtered
        return ops.concatenate([filtered, levels], axis=-1)


def fit(
    read: Callable[[np.ndarray], np.ndarray],
    labels: np.ndarray,
    model: ModelConfig,
    train: TrainConfig,
) -> np.ndarray:
    """Returns gains that whiten each class, within the bands of compression.

    Args:
      read: gives real sounds, see ``fit_whitening``.
      labels: int [N], of all rows.
      model: its length, rate and classes.
      train: its whitening, above 0, and its compression.

    Returns:
      float32 [num_classes, bands, T / 2 + 1], for ``CriticInput.gains``.
    """
    gains = fit_whitening(read, labels, model, train.whitening)[:, None]
    if train.compression:
        gains = gains * band_masks(model.length, model.sample_rate)
    return gains


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


def fit_whitening(
    read: Callable[[np.ndarray], np.ndarray],
    labels: np.ndarray,
    model: ModelConfig,
    amount: float,
) -> np.ndarray:
    """Returns the gains of every class, of real sounds.

    Args:
      read: gives the sounds of rows, int64 [n] -> int16 or float32 [n, T];
        their unit means nothing.
      labels: int [N], of all rows.
      model: its length T and its classes. Networks without labels get one
        filter for all.
      amount: above 0; 1 makes every class flat.

    Returns:
      float32 [num_classes, T / 2 + 1].
    """
    spectra = np.stack(
        [
            mean_power(read, np.flatnonzero(labels == label), model.length)
            for label in range(len(model.classes))
        ]
    )
    if model.conditioning == "none":
        spectra[:] = spectra.mean(axis=0)
    return equalizer(spectra, amount)


def mean_power(
    read: Callable[[np.ndarray], np.ndarray], rows: np.ndarray, length: int
) -> np.ndarray:
    """Returns the mean power spectrum of rows, float64 [T / 2 + 1].

    Of many rows ``MAX_SOUNDS``, evenly spaced, are taken.
    """
    rows = subsample_evenly(rows, MAX_SOUNDS)
    power = np.zeros(length // 2 + 1)
    for start in range(0, len(rows), 64):
        spectra = np.fft.rfft(read(rows[start : start + 64]))
        power += (np.abs(spectra) ** 2).sum(axis=0)
    return power / max(1, len(rows))


def equalizer(spectra: np.ndarray, amount: float) -> np.ndarray:
    """Returns gains that flatten spectra: float32 [num_classes, bins].

    The gain of a band is its power to the minus ``amount`` / 2. All classes
    come out with the energy that they had in the mean, so that none counts more
    than another.

    Args:
      spectra: mean powers, [num_classes, bins].
      amount: in [0, 1].
    """
    smooth = np.stack([over_bands(power) for power in spectra])
    loudest = smooth.max(axis=1, keepdims=True)
    share = smooth / np.where(loudest > 0, loudest, 1)
    gains = np.maximum(share, 1e-30) ** (-amount / 2)
    gains = np.minimum(gains, HIGHEST_GAIN)
    heard = energy(spectra * gains**2)[:, None]
    level = np.sqrt(energy(spectra).mean() / np.where(heard > 0, heard, 1))
    # A silent class is left as it is.
    return np.where(heard > 0, gains * level, 1).astype(np.float32)


def energy(power: np.ndarray) -> np.ndarray:
    """Returns what power spectra of an even T sum up to: [C, bins] -> [C].

    Parseval: all bins but the first and the last stand for two.
    """
    return 2 * power.sum(axis=1) - power[:, 0] - power[:, -1]


def over_bands(power: np.ndarray) -> np.ndarray:
    """Returns means over bands half an octave wide: [bins] -> [bins]."""
    bins = np.arange(len(power))
    low = np.floor(np.minimum(bins / WIDTH, bins - NARROWEST)).astype(int)
    high = np.ceil(np.maximum(bins * WIDTH, bins + NARROWEST)).astype(int) + 1
    low, high = np.maximum(low, 0), np.minimum(high, len(power))
    sums = np.concatenate([[0.0], np.cumsum(power)])
    return np.maximum(sums[high] - sums[low], 0.0) / (high - low)
