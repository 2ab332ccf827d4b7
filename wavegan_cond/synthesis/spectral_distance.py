"""Distance between sounds as they are heard, through which a gradient flows.

Short-time spectra at several resolutions, as in Engel et al., "DDSP" (ICLR
2020), in decibels: short windows hear the attack, long ones the pitch. Bands of
equal ratio stand for single bins, whose level in noise is chance, and the
beginning of a drum counts most.
"""

import functools
import itertools

import numpy as np
import tensorflow as tf

# Samples of a window -> bands at most.
RESOLUTIONS = {64: 12, 256: 24, 1024: 48, 4096: 96}
FLOOR = 1e-8  # 80 dB below a sound whose energy is all in one cell
ONSET = 4.0  # weight of the first instant, beside 1 of the end
ONSET_SECONDS = 0.02  # in which that falls by a factor of e


def spectra(audio: tf.Tensor, sample_rate: int) -> tf.Tensor:
    """Returns weighted spectra; ``distance`` compares them.

    Args:
      audio: float32 [N, T]; how loud a sound is does not matter.
      sample_rate: in Hz.

    Returns:
      float32 [N, F], in decibels times the weight of each cell.
    """
    energy = tf.reduce_sum(tf.square(audio), axis=1, keepdims=True)
    audio = audio * tf.math.rsqrt(energy + 1e-12)
    length = audio.shape[1]
    fitting = {w: n for w, n in RESOLUTIONS.items() if w <= length} or {64: 12}
    parts = [_levels(audio, window, sample_rate) for window in fitting]
    return tf.concat(parts, axis=1) / len(parts)


def distance(ours: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
    """Returns the mean difference of levels in decibels, [...].

    Args:
      ours: of ``spectra``, [..., F].
      others: the same, of a shape that broadcasts.
    """
    return tf.reduce_sum(tf.abs(ours - others), axis=-1)


def _levels(audio: tf.Tensor, window: int, sample_rate: int) -> tf.Tensor:
    """Returns decibels of one resolution, each cell times its weight."""
    hop = window // 2
    spectrum = tf.signal.stft(audio, window, hop, window, pad_end=True)
    power = tf.square(tf.math.real(spectrum)) + tf.square(
        tf.math.imag(spectrum)
    )
    bands = tf.tensordot(power, _bands(window), 1)
    level = 10 / np.log(10) * tf.math.log(bands + FLOOR)
    frames, count = level.shape[1:]
    time = np.arange(frames) * hop / sample_rate
    weight = 1 + (ONSET - 1) * np.exp(-time / ONSET_SECONDS)
    weight = np.float32(weight / weight.sum() / count)[:, None]
    return tf.reshape(level * weight, [-1, frames * count])


@functools.cache
def _bands(window: int) -> np.ndarray:
    """Returns what averages bins into bands of equal ratio, [bins, bands].

    The lowest ones are a bin wide.
    """
    bins = window // 2 + 1
    edges = np.geomspace(1, bins, RESOLUTIONS[window] + 1).round().astype(int)
    edges = np.unique([0, *edges])
    matrix = np.zeros((bins, len(edges) - 1), np.float32)
    for band, (low, high) in enumerate(itertools.pairwise(edges)):
        matrix[low:high, band] = 1 / (high - low)
    return matrix / window
