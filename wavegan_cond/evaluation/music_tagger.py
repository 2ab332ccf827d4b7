"""Measures on the features of a network trained for another task.

``embedding`` compares log-mel energies, and training acts on much the same:
the critic hears whitened bands, checkpoints are chosen by KAD, the equalizer
matches mean spectra. Here distance and variety are measured on what nobody
optimised for: a network that tags music (Pons and Serra, "musicnn: pre-trained
convolutional neural networks for music audio tagging", 2019), whose weights lie
in the package musicnn. It hears up to 8 kHz, so of a cymbal the lower half.
"""

from collections.abc import Callable

import keras
import numpy as np
import soxr
import tensorflow as tf

from wavegan_cond.evaluation import distances
from wavegan_cond.evaluation.draws import manifold_of_as_many
from wavegan_cond.evaluation.features import in_chunks
from wavegan_cond.evaluation.tagger_weights import find_weights
from wavegan_cond.model.subsample import subsample_evenly

SAMPLE_RATE, FFT, HOP, MELS = 16_000, 512, 256, 96
FRAMES = 96  # 1.5 s: a sound and the silence behind it
FILTERS = 128
POOLS = ((4, 1), (2, 2), (2, 2), (2, 2))  # frames and bands, of each block


def load() -> keras.Model:
    """Returns the network, log-mel [N, FRAMES, MELS, 1] to [N, 768].

    Four blocks of convolution, normalization and maximum; of the last one the
    mean over time, of each band and filter.

    Raises:
      MissingWeightsError: see ``find_weights``.
    """
    reader = tf.compat.v1.train.NewCheckpointReader(find_weights())
    sound = keras.Input((FRAMES, MELS, 1))
    x = keras.layers.BatchNormalization(name="batch_normalization")(sound)
    for block, pool in enumerate(POOLS, 1):
        x = keras.layers.Conv2D(
            FILTERS, 3, padding="same", activation="relu", name=f"{block}CNN"
        )(x)
        x = keras.layers.BatchNormalization(
            name=f"batch_normalization_{block}"
        )(x)
        x = keras.layers.MaxPooling2D(pool, strides=2)(x)
    x = keras.layers.Flatten()(keras.ops.mean(x, axis=1))
    network = keras.Model(sound, x)
    for layer in network.layers:
        for weight in layer.weights:
            weight.assign(reader.get_tensor(f"{layer.name}/{weight.name}"))
    return network


def log_mel(waveforms: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns what the network was trained on, float32 [N, FRAMES, MELS, 1].

    Args:
      waveforms: [N, T]; what is behind the last frame is cut.
      sample_rate: in Hz.
    """
    import librosa

    samples = waveforms.T.astype(np.float32)
    waves = soxr.resample(samples, sample_rate, SAMPLE_RATE).T
    mel = librosa.feature.melspectrogram(
        y=librosa.util.fix_length(waves, size=(FRAMES - 1) * HOP),
        sr=SAMPLE_RATE,
        n_fft=FFT,
        hop_length=HOP,
        n_mels=MELS,
    )
    return np.log10(1e4 * mel + 1).swapaxes(1, 2)[..., None]


def embedder(sample_rate: int) -> Callable[[np.ndarray], np.ndarray]:
    """Returns a function from waveforms [N, T] to features, float64 [N, 768].

    Raises:
      MissingWeightsError: see ``find_weights``.
    """
    network = load()

    def embed(waveforms: np.ndarray) -> np.ndarray:
        parts = [
            network.predict_on_batch(log_mel(part, sample_rate))
            for part in in_chunks(waveforms)
        ]
        return np.concatenate(parts).astype(np.float64)

    return embed


def compare(real: np.ndarray, made: np.ndarray, count: int) -> dict[str, float]:
    """Returns KAD, precision and recall of a class.

    Args:
      real: features of held-out sounds, [N, D].
      made: features of sounds to compare, [M, D].
      count: precision and recall are of so many of either, at most N and M: the
        same for all that are compared. The mean over ``draws``.
    """
    few = manifold_of_as_many(subsample_evenly(real, count), made)
    return {
        "kad": distances.kad(real, made),
        "precision": few.precision,
        "recall": few.recall,
    }
