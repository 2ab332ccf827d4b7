"""The critic's second part: a score of a spectrogram of long windows.

Filters of 25 samples hardly tell a tone that rings from noise. Under a window
of a quarter of the sound tones stand apart, and what falls short in a band or a
tail is seen at once. The score is added to that of the sound, and one penalty
holds for both. Pure Keras 3.

Letters: B batch, L samples of a sound.
"""

import keras
import numpy as np
from keras import ops

from wavegan_cond.model.conditioning import add_plane
from wavegan_cond.model.layers import LEAK, DownsampleConv1D
from wavegan_cond.model.resample import FACTOR

FRAMES, OVERLAP = 16, 4  # of a sound, and how many of them hold a sample
CHANNELS = OVERLAP // 2  # numbers of the spectrogram for each sample
KNEE = 1e-3  # root mean square of noise that is neither loud nor quiet
SCALE = 0.05  # of its numbers, against those of the sound
FEWEST_BINS = 32  # that the blocks leave


def log_spectrogram(wave):
    """Returns log-spectrograms: [B, L] -> [B, L, CHANNELS].

    Rows of L / 8 bins by 16 frames, the highest bin left out, folded to the
    shape of a sound.
    """
    samples = wave.shape[1]
    hop = samples // FRAMES
    size = OVERLAP * hop
    edge = (size - hop) // 2
    wave = ops.pad(wave, [[0, 0], [edge, size - hop - edge]])
    window = np.float32(np.hanning(size + 1)[:-1])
    window /= KNEE * np.sqrt(np.sum(window**2))
    real, imaginary = ops.stft(
        wave, size, hop, size, window=window, center=False
    )
    power = ops.square(real[..., :-1]) + ops.square(imaginary[..., :-1])
    # 1e-6: the slope of a root is infinite at zero.
    levels = SCALE * ops.log(1.0 + ops.sqrt(power + 1e-6))
    return ops.reshape(ops.swapaxes(levels, 1, 2), (-1, samples, CHANNELS))


@keras.saving.register_keras_serializable(package="wavegan_cond")
class SpectralScore(keras.layers.Layer):
    """Blocks of the critic along frequency: [B, L, CHANNELS], [B, W] -> [B, 1].

    Args:
      length: L.
      width: channels of the first block (d); they double in each.
      seed: of the initial weights.
    """

    def __init__(self, length: int, width: int, seed: int, **kwargs):
        super().__init__(**kwargs)
        self.length, self.width, self.seed = length, width, seed
        self.bins = length * CHANNELS // FRAMES
        self.label_plane = self._dense(self.bins, "label_plane", seed)
        self.blocks, bins, channels = [], self.bins, width
        while bins > FEWEST_BINS:
            block = DownsampleConv1D(
                channels,
                factor=FACTOR,
                seed=seed + len(self.blocks),
                name=f"down_{bins}",
                dtype=self.dtype_policy,
            )
            self.blocks.append(block)
            bins, channels = bins // FACTOR, 2 * channels
        self.head = self._dense(1, "head", seed + 1, dtype="float32")

    def _dense(self, units, name, seed, dtype=None) -> keras.layers.Dense:
        return keras.layers.Dense(
            units,
            kernel_initializer=keras.initializers.GlorotUniform(seed),
            name=name,
            dtype=dtype or self.dtype_policy,
        )

    def get_config(self) -> dict:
        names = "length", "width", "seed"
        settings = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **settings}

    def call(self, spectrogram, embedded=None):
        x = ops.reshape(spectrogram, (-1, self.bins, FRAMES))
        x = ops.cast(x, self.compute_dtype)
        x = add_plane(x, embedded, self.label_plane)
        for block in self.blocks:
            x = ops.leaky_relu(block(x), LEAK)
        x = ops.reshape(x, (-1, x.shape[1] * x.shape[2]))
        return self.head(ops.cast(x, "float32"))
