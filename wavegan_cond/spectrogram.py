"""Mel spectrograms for pictures, through tensorflow-io.

The one module that imports tensorflow-io. Its compiled operations load on
TensorFlow 2.16 and 2.17 only; those used here are plain TensorFlow and load
everywhere, so the two warnings about the others are silenced.
"""

import functools
import warnings

import numpy as np

FRAME = 1024  # samples of a window
HOP = 64
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

    Args:
      wave: float32 [T].
      sample_rate: in Hz; mel bands end at 20 kHz or half of it.

    Returns:
      float32 [frames, mels] in [-RANGE_DB, 0]; silence is -RANGE_DB.
    """
    if not np.any(wave):
        return np.full((-(-len(wave) // HOP), MELS), -RANGE_DB, np.float32)
    audio = _audio()
    spectrum = audio.spectrogram(
        np.float32(wave), nfft=FRAME, window=FRAME, stride=HOP
    )
    high = min(HIGH_HZ, sample_rate / 2)
    mel = audio.melscale(spectrum, sample_rate, MELS, LOW_HZ, high)
    decibels = audio.dbscale(mel, top_db=RANGE_DB).numpy()
    return decibels - decibels.max()
