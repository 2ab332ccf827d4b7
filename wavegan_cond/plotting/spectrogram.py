"""Mel spectrograms for pictures, through tensorflow-io.

The one module that imports tensorflow-io. Its compiled operations load on
TensorFlow 2.16 and 2.17 only; those used here are plain TensorFlow and load
everywhere, so the two warnings about the others are silenced.
"""

import functools
import warnings

import numpy as np

FRAME = 1024  # samples of a window; a quarter of shorter sounds
# Twice the window: else the lowest mel bands are narrower than a bin.
FFT = 2048
HOP = 64  # samples; for shorter sounds what gives 64 frames
MELS = 96
LOW_HZ, HIGH_HZ = 30.0, 20000.0
RANGE_DB = 80.0  # below the loudest cell of a sound


@functools.cache
def _audio():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        import tensorflow_io as tfio
    return tfio.audio


def mel_spectrogram_db(wave: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns a sound's mel spectrogram in dB below its loudest cell.

    Frame i is centred on sample (i + 1/2) * hop.

    Args:
      wave: float32 [T].
      sample_rate: in Hz; mel bands end at 20 kHz or half of it.

    Returns:
      float32 [frames, mels] in [-RANGE_DB, 0]; silence is -RANGE_DB.
    """
    frame = min(FRAME, max(64, len(wave) // 4))
    hop = min(HOP, max(1, len(wave) // 64))
    frames = -(-len(wave) // hop)
    if not np.any(wave):
        return np.full((frames, MELS), -RANGE_DB, np.float32)
    # The frames start at their first sample.
    centred = np.pad(np.float32(wave), ((frame - hop) // 2, frame))
    decibels = _graph(frame, hop, sample_rate)(centred, frames).numpy()
    return decibels - decibels.max()


@functools.cache
def _graph(frame: int, hop: int, sample_rate: int):
    """Returns a compiled function (wave [T], frames) -> dB [frames, mels].

    Ten times as fast as one operation after another.
    """
    import tensorflow as tf

    audio, (low, high) = _audio(), _band(sample_rate)

    def decibels(wave, frames):
        spectrum = audio.spectrogram(wave, nfft=FFT, window=frame, stride=hop)
        mel = audio.melscale(spectrum[:frames], sample_rate, MELS, low, high)
        return audio.dbscale(mel, top_db=RANGE_DB)

    wave, frames = tf.TensorSpec([None]), tf.TensorSpec([], tf.int32)
    return tf.function(decibels, (wave, frames), autograph=False)


def _band(sample_rate: int) -> tuple[float, float]:
    """Returns the lowest and highest frequency, also of the lowest rates."""
    high = min(HIGH_HZ, sample_rate / 2)
    return min(LOW_HZ, high / 2), high


def height(hz: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns where frequencies are on a mel axis from 0, below, to 1."""
    low, high, place = (
        1127.0 * np.log1p(np.asarray(value) / 700.0)
        for value in (*_band(sample_rate), hz)
    )
    return (place - low) / (high - low)
