"""The critic (paper sections 2.1 and 3.1), the generator's mirror image.

Letters: B batch, T samples, C channels. Blocks are named by the length they
take (``down_64``), so that a block keeps its name while the networks grow
around it. Pure Keras 3.
"""

from typing import Any

import keras
from keras import ops

from wavegan_cond.model.conditioning import ConditionalNetwork, add_plane
from wavegan_cond.model.critic_input import CriticInput
from wavegan_cond.model.layers import LEAK, DownsampleConv1D, phase_shuffle
from wavegan_cond.model.layout import critic_blocks
from wavegan_cond.model.resample import FACTOR, downsample, lerp
from wavegan_cond.model.spectral import CHANNELS, SpectralScore
from wavegan_cond.model.tensor import Tensor


class Critic(ConditionalNetwork):
    """A filtered sound and label to a score: [B, T, channels], [B] -> [B, 1].

    ``filter`` gives what is scored of a sound, the sound itself by default; the
    gradient penalty is that of the score by what is scored.

    Args:
      phase_shuffle: largest shift (paper: s); 0 for none.
      whitening: whether each class is filtered, see ``CriticInput``.
      compression: of sounds split into bands, 0 (none) to 0.9, see
        ``CriticInput``.
      spectrogram: whether two are scored too, see ``SpectralScore``.
      sample_rate: of full sounds, in Hz: where the bands of compression are.
      **kwargs: of ConditionalNetwork.
    """

    def __init__(
        self,
        phase_shuffle: int,
        whitening: bool = False,
        compression: float = 0.0,
        spectrogram: bool = False,
        sample_rate: int = 44100,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.phase_shuffle = phase_shuffle
        self.spectrogram = spectrogram
        self.input_filter = None
        if whitening or compression or spectrogram:
            self.input_filter = CriticInput(
                self.num_classes,
                self.full_length,
                compression,
                spectrogram,
                sample_rate,
                name="input",
            )
        self.down = []
        blocks = critic_blocks(self.full_length, self.width)
        for length, factor, channels in blocks:
            if length == self.length:
                self.label_plane = self._plane(length)
                name = f"from_audio_{length}"
                self.down.append(self._block(channels, factor, name))
            elif length < self.length:
                name = f"down_{length}"
                self.down.append(self._block(channels, factor, name))
            if self.fading and length * FACTOR == self.length:
                self.label_plane_before = self._plane(length)
                name = f"from_audio_{length}"
                self.from_audio_before = self._block(channels, factor, name)
        self.head = self.dense(1, "head", dtype="float32")
        if spectrogram:
            self.spectral = SpectralScore(
                self.length,
                self.width,
                labelled=self.conditioning != "none",
                seed=self.layer_seed("spectral"),
                name="spectral",
                dtype=self.dtype_policy,
            )

    def _plane(self, length) -> keras.layers.Dense | None:
        if self.conditioning == "none":
            return None
        return self.dense(length, f"label_plane_{length}")

    def _block(self, channels, factor, name) -> DownsampleConv1D:
        return DownsampleConv1D(
            channels,
            factor=factor,
            seed=self.layer_seed(name),
            name=name,
            dtype=self.dtype_policy,
        )

    @property
    def num_shifts(self) -> int:
        """Number of phase shifts of one pass: every block but the last."""
        return len(self.down) - 1 if self.phase_shuffle else 0

    @property
    def channels(self) -> int:
        """Channels of what ``call`` takes."""
        return self.input_filter.channels if self.input_filter else 1

    def filter(self, wave: Tensor, label: Tensor) -> Tensor:
        """Returns what is scored of sounds: [B, T, 1] -> [B, T, channels]."""
        return self.input_filter(wave, label) if self.input_filter else wave

    def call(
        self, wave: Tensor, label: Tensor, shifts: Tensor | None = None
    ) -> Tensor:
        """Returns the scores.

        Args:
          wave: [B, T, channels], of ``filter``.
          label: int [B].
          shifts: int [num_shifts] or [B, num_shifts], each in [-s, s], to
            train with phase shuffle; None where there is none.

        Raises:
          ValueError: the sounds have another length, or other channels.
        """
        if wave.shape[1:] != (self.length, self.channels):
            raise ValueError(
                f"wave must be [B, {self.length}, {self.channels}]: received "
                f"{wave.shape}"
            )
        embedded = self.embed(label)
        if self.spectrogram:
            wave, levels = ops.split(wave, [self.channels - CHANNELS], axis=2)
            spectral_score = self.spectral(levels, embedded)
        x = ops.cast(wave, self.compute_dtype)
        x = add_plane(x, embedded, self.label_plane)
        for index, block in enumerate(self.down):
            x = ops.leaky_relu(block(x), LEAK)
            if self.fading and index == 1:
                x = lerp(self._coarse(wave, embedded), x, self.fade)
            if shifts is not None and index < self.num_shifts:
                x = phase_shuffle(x, shifts[..., index], self.phase_shuffle)
        x = ops.reshape(x, (-1, x.shape[1] * x.shape[2]))
        score = self.head(ops.cast(x, "float32"))
        return score + spectral_score if self.spectrogram else score

    def _coarse(self, wave, embedded):
        """Returns the input of the stage before: [B, T / 16, C]."""
        wave = downsample(wave, self.length // FACTOR)
        x = ops.cast(wave, self.compute_dtype)
        x = add_plane(x, embedded, self.label_plane_before)
        return ops.leaky_relu(self.from_audio_before(x), LEAK)
