"""Clean beginnings and ends: what leaves the model begins and ends at zero.

The training sounds begin with a ramp of 16 samples and end at zero, have no
offset, and are silent once they have died. A generator learns all of this only
nearly. TensorFlow operations, so that an exported graph does the same.
"""

import numpy as np
import tensorflow as tf

RAMP = 16  # samples in front, as the training sounds have
FRAME = 64  # samples; also those of the fade behind
DEAD = 1e-4  # of a sound's peak: -80 dB


def clean_ends(audio: tf.Tensor) -> tf.Tensor:
    """Returns sounds with clean ends and no offset.

    The first sample and the last one are zero. From where a sound stays 80 dB
    under its peak it is silent, behind a fade of 64 samples. The sum of its
    samples is zero: what is subtracted has the envelope of the sound, so that
    silence stays silent.

    Args:
      audio: float32 [N, T]; T is a multiple of 64.

    Returns:
      float32 [N, T].
    """
    length = audio.shape[1]
    level = _remaining_level(audio)
    peak = tf.reduce_max(level, axis=1, keepdims=True)
    is_alive = tf.cast(level >= tf.maximum(DEAD * peak, 1e-9), tf.float32)
    ramp = np.minimum(np.arange(length) / RAMP, 1, dtype="f4")
    gain = _lines(is_alive) * ramp
    audio *= gain
    envelope = gain * _lines(level)
    total = tf.reduce_sum(envelope, axis=1, keepdims=True)
    offset = tf.reduce_sum(audio, axis=1, keepdims=True)
    return audio - envelope * (offset / tf.maximum(total, 1e-9))


def _remaining_level(audio: tf.Tensor) -> tf.Tensor:
    """Returns the peak from each frame to the end, [N, T / FRAME]."""
    frames = audio.shape[1] // FRAME
    level = tf.reshape(tf.abs(audio), [-1, frames, FRAME])
    level = tf.reduce_max(level, axis=2)
    step = 1
    while step < frames:
        later = tf.pad(level[:, step:], [[0, 0], [0, step]])
        level, step = tf.maximum(level, later), 2 * step
    return level


def _lines(values: tf.Tensor) -> tf.Tensor:
    """Returns lines from each frame's value to the next one's, at last to 0."""
    later = tf.pad(values[:, 1:], [[0, 0], [0, 1]])
    way = np.arange(1, FRAME + 1, dtype="f4") / FRAME
    lines = values[:, :, None] + (later - values)[:, :, None] * way
    return tf.reshape(lines, [-1, values.shape[1] * FRAME])
