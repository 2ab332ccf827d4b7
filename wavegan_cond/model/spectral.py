"""The critic's other parts: scores of two spectrograms.

Filters of 25 samples hardly tell a tone that rings from noise. Under windows of
a quarter of the sound tones stand apart: that spectrogram is read along
frequency. Under short windows it is seen how each band begins, sways and dies:
that one is read along time. Levels are logarithms, so that what is quiet
counts. The scores are added to that of the sound, and one penalty holds for
all. Pure Keras 3.

Letters: B batch, L samples of a sound.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from wavegan_cond.model.conditioning import add_plane
from wavegan_cond.model.layers import LEAK, DownsampleConv1D
from wavegan_cond.model.resample import FACTOR
from wavegan_cond.model.tensor import Tensor

OVERLAP = 4  # windows that hold a sample
SHARE = OVERLAP // 2  # numbers of a spectrogram for each sample
CHANNELS = 2 * SHARE  # of both
SHORTEST = 32  # samples of a window
KNEE = 1e-3  # root mean square of noise that is neither loud nor quiet
SCALE = 0.05  # of its numbers, against those of the sound


def windows(length: int) -> tuple[int, int]:
    """Returns how many samples the windows have, the long and the short one.

    Args:
      length: L; of 16384 they are 4096 and 512 (93 and 12 ms at 44.1 kHz).
    """
    return max(SHORTEST, length // 4), max(SHORTEST, length // 32)


def spectrograms(wave: Tensor) -> Tensor:
    """Returns both spectrograms: [B, L] -> [B, L, CHANNELS].

    Each is folded to the shape of a sound: the long one as rows of a bin, the
    short one as rows of a frame.
    """
    long, short = windows(wave.shape[1])
    rows = (
        ops.swapaxes(log_spectrogram(wave, long), 1, 2),
        log_spectrogram(wave, short),
    )
    shape = (-1, wave.shape[1], SHARE)
    return ops.concatenate([ops.reshape(x, shape) for x in rows], axis=-1)


def log_spectrogram(wave: Tensor, size: int) -> Tensor:
    """Returns a log-spectrogram: [B, L] -> [B, 4 L / size, size / 2].

    Args:
      wave: sounds.
      size: samples of a window. The highest bin is left out.
    """
    hop = size // OVERLAP
    edge = (size - hop) // 2
    wave = ops.pad(wave, [[0, 0], [edge, size - hop - edge]])
    window = np.float32(np.hanning(size + 1)[:-1])
    window /= KNEE * np.sqrt(np.sum(window**2))
    real, imaginary = ops.stft(
        wave, size, hop, size, window=window, center=False
    )
    power = (ops.square(real) + ops.square(imaginary))[..., :-1]
    # 1e-6: the slope of a root is infinite at zero.
    return SCALE * ops.log(1.0 + ops.sqrt(power + 1e-6))


class SpectralScore(keras.layers.Layer):
    """Sum of the scores of both spectrograms.

    [B, L, CHANNELS] as ``spectrograms`` gives them, [B, W] -> [B, 1].

    Args:
      length: L.
      width: of the critic (d).
      labelled: whether labels count.
      seed: of the initial weights.
    """

    def __init__(
        self, length: int, width: int, labelled: bool, seed: int, **kwargs: Any
    ):
        super().__init__(**kwargs)
        long, short = windows(length)
        frames = OVERLAP * length // short

        def score(name, rows, width, fewest, seed):
            dtype = self.dtype_policy
            return RowScore(
                rows, width, fewest, labelled, seed, name=name, dtype=dtype
            )

        self.long = score("long", long // 2, width, 32, seed)
        self.short = score("short", frames, 2 * width, 8, seed + 10)

    def call(
        self, spectrograms: Tensor, embedded: Tensor | None = None
    ) -> Tensor:
        """Returns the sum of the scores, [B, 1].

        Args:
          spectrograms: [B, L, CHANNELS], of the function of this name.
          embedded: what stands for the labels, [B, W]; None without labels.
        """
        long, short = ops.split(spectrograms, 2, axis=2)
        return self.long(long, embedded) + self.short(short, embedded)


class RowScore(keras.layers.Layer):
    """Blocks of the critic along rows: [B, L, SHARE], [B, W] -> [B, 1].

    Args:
      rows: of a spectrogram; its columns are the first block's channels.
      width: channels that the first block makes; they double in each.
      fewest: most rows that the blocks leave.
      labelled: whether labels count.
      seed: of the initial weights.
    """

    def __init__(
        self,
        rows: int,
        width: int,
        fewest: int,
        labelled: bool,
        seed: int,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.rows, self.label_plane = rows, None
        if labelled:
            self.label_plane = self._dense(rows, "label_plane", seed)
        self.blocks, channels = [], width
        while rows > fewest:
            block = DownsampleConv1D(
                channels,
                factor=FACTOR,
                seed=seed + 2 + len(self.blocks),
                name=f"down_{rows}",
                dtype=self.dtype_policy,
            )
            self.blocks.append(block)
            rows, channels = rows // FACTOR, 2 * channels
        self.head = self._dense(1, "head", seed + 1, dtype="float32")

    def _dense(self, units, name, seed, dtype=None) -> keras.layers.Dense:
        return keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.GlorotUniform(seed),
            name=name,
            dtype=dtype or self.dtype_policy,
        )

    def call(
        self, spectrogram: Tensor, embedded: Tensor | None = None
    ) -> Tensor:
        """Returns the score, [B, 1].

        Args:
          spectrogram: [B, L, SHARE], its rows one behind another.
          embedded: what stands for the labels, [B, W]; None without labels.
        """
        columns = spectrogram.shape[1] * SHARE // self.rows
        x = ops.reshape(spectrogram, (-1, self.rows, columns))
        x = ops.cast(x, self.compute_dtype)
        x = add_plane(x, embedded, self.label_plane)
        for block in self.blocks:
            x = ops.leaky_relu(block(x), LEAK)
        x = ops.reshape(x, (-1, x.shape[1] * x.shape[2]))
        return self.head(ops.cast(x, "float32"))
