"""Clean beginnings and ends: what leaves the model begins and ends at zero.

The training sounds begin with a ramp of 16 samples and end at zero, have no
offset, and are silent once they have died. A generator learns all of this only
nearly. TensorFlow operations, so that an exported graph does the same.
"""

import numpy as np
import tensorflow as tf

RAMP = 16  # samples in front, as the training sounds have
FRAME = 64  # samples; also those of the fade at the very end
DEAD = 1e-4  # of a sound's peak: -80 dB


def clean_ends(audio: tf.Tensor) -> tf.Tensor:
    """Returns sounds with clean ends and no offset.

    The first sample and the last one are zero. From where a sound stays 80 dB
    under its peak it is silent; what stays under 74 dB fades with its level, so
    that a change of a sample changes none by much more. The sum of the samples
    is zero: what is subtracted has the envelope of the sound, so that silence
    stays silent.

    Args:
      audio: float32 [N, T]; T is a multiple of 64.

    Returns:
      float32 [N, T].
    """
    time = np.arange(audio.shape[1], dtype="f4")
    edges = np.minimum(time / RAMP, time[::-1] / FRAME).clip(max=1)
    level = _remaining_peak(audio)
    above = level / tf.maximum(DEAD * level[:, :1], 1e-9) - 1  # 0 at DEAD
    gain = edges * tf.minimum(tf.maximum(above, 0.0), 1.0)
    audio *= gain
    # Smooth, but never far above the sound where that stops at once.
    envelope = gain * tf.minimum(_lines(level[:, ::FRAME]), 4 * level)
    total = tf.reduce_sum(envelope, axis=1, keepdims=True)
    offset = tf.reduce_sum(audio, axis=1, keepdims=True)
    return audio - envelope * (offset / tf.maximum(total, 1e-9))


def _remaining_peak(audio: tf.Tensor) -> tf.Tensor:
    """Returns the peak from each sample to the end, [N, T]."""
    peak, step = tf.abs(audio), 1
    while step < audio.shape[1]:
        later = tf.pad(peak[:, step:], [[0, 0], [0, step]])
        peak, step = tf.maximum(peak, later), 2 * step
    return peak


def _lines(values: tf.Tensor) -> tf.Tensor:
    """Returns lines from each frame's value to the next one's, at last to 0."""
    later = tf.pad(values[:, 1:], [[0, 0], [0, 1]])
    way = np.arange(1, FRAME + 1, dtype="f4") / FRAME
    lines = values[:, :, None] + (later - values)[:, :, None] * way
    return tf.reshape(lines, [-1, values.shape[1] * FRAME])
