"""The generator (paper sections 2.1 and 3.1), the critic's mirror image.

Letters: B batch, T samples, C channels, Z latent size, S streams of noise.
Blocks are named by the length they produce (``up_64``), so that a block keeps
its name while the networks grow around it. Pure Keras 3.
"""

from typing import Any

import keras
from keras import ops

from wavegan_cond.model.conditioning import ConditionalNetwork, add_plane
from wavegan_cond.model.envelope import envelope
from wavegan_cond.model.layers import UpsampleConv1D
from wavegan_cond.model.layout import (
    START_LENGTH,
    generator_blocks,
    stem_channels,
)
from wavegan_cond.model.partials import Partials
from wavegan_cond.model.resample import FACTOR, lerp, upsample
from wavegan_cond.model.struck import ring_down_sound
from wavegan_cond.model.tensor import Tensor

STREAMS = 4  # of noise in a block: upsampling by 4 makes full-rate noise of 4


class Generator(ConditionalNetwork):
    """z and a label to a sound: [B, Z], [B] -> [B, T, 1] in [-1, 1].

    Args:
      latent_dim: size of z (Z, paper: dz).
      upsampling: "nn" or "zeros", see UpsampleConv1D.
      post_filter: taps of a learned linear filter after the tanh, 0 for none
        (train_wavegan.py: --wavegan_genr_pp).
      noise: whether every block but the last adds learned mixtures of noise:
        in training of noise that is drawn for each example (StyleGAN, section
        3.2), else of planes that are part of the model, as z mixes them: the
        same z is the same sound, and sounds of other z have other noise.
      partials: number of sine tones that are added to the sound, as loud as
        the first block says, see ``Partials``; 0 for none.
      envelope: whether the sound of the blocks has the size of the first
        block's features as its envelope, see ``envelope``, and rings down but
        in training, see ``ring_down_sound``.
      sample_rate: of the sound, in Hz: where the partials are.
      **kwargs: of ConditionalNetwork.
    """

    def __init__(
        self,
        latent_dim: int,
        upsampling: str,
        post_filter: int,
        noise: bool = False,
        partials: int = 0,
        envelope: bool = False,
        sample_rate: int = 44100,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.noise, self.partials, self.envelope = noise, partials, envelope
        self.sample_rate = sample_rate
        self.latent_dim, self.upsampling = latent_dim, upsampling
        self.post_filter = post_filter
        self.stem_channels = stem_channels(self.full_length, self.width)
        self.stem = self.dense(START_LENGTH * self.stem_channels, "stem")
        if self.conditioning != "none":
            self.label_plane = self.dense(START_LENGTH, "label_plane")
        self.up, self.noise_planes, self.noise_mixes = [], [], []
        for block in generator_blocks(self.full_length, self.width):
            if block.length == self.length:
                self.to_audio = self._audio_block(block.factor, block.length)
                break
            name = f"up_{block.length}"
            self.up.append(self._block(block.channels, block.factor, name))
            if noise:
                self._add_noise(block.length, block.channels)
        if self.fading:
            before = self.length // FACTOR
            self.to_audio_before = self._audio_block(FACTOR, before)
        if partials:
            self.partial_bank = Partials(
                self.length,
                partials,
                sample_rate,
                seed=self.layer_seed("partials"),
                name="partials",
                dtype="float32",
            )
        if post_filter:
            self.filter = self._post_filter()

    def _add_noise(self, samples, channels) -> None:
        """Adds a block's noise: planes [Z + 1, T, S]; how S mix, [S, C]."""
        seed = self.layer_seed(f"noise_{samples}")
        self.noise_planes.append(
            self.add_weight(
                shape=(self.latent_dim + 1, samples, STREAMS),
                initializer=keras.initializers.RandomNormal(0.0, 1.0, seed),
                trainable=False,
                name=f"noise_{samples}",
            )
        )
        self.noise_mixes.append(
            self.add_weight(
                shape=(STREAMS, channels),
                initializer="zeros",
                name=f"noise_mix_{samples}",
            )
        )

    def _post_filter(self) -> keras.layers.Conv1D:
        return keras.layers.Conv1D(
            1,
            self.post_filter,
            padding="same",
            use_bias=False,
            kernel_initializer=keras.initializers.GlorotUniform(
                self.layer_seed("post_filter")
            ),
            name="post_filter",
            dtype="float32",
        )

    def _audio_block(self, factor, produced) -> UpsampleConv1D:
        # The audio leaves in float32: bfloat16 has 8 bits of precision.
        return self._block(1, factor, f"to_audio_{produced}", dtype="float32")

    def _block(self, channels, factor, name, dtype=None) -> UpsampleConv1D:
        return UpsampleConv1D(
            channels,
            factor=factor,
            method=self.upsampling,
            seed=self.layer_seed(name),
            name=name,
            dtype=dtype or self.dtype_policy,
        )

    @property
    def noise_shape(self) -> tuple[int, int] | None:
        """Shape of what ``call`` takes of noise for an example, if it does."""
        if not self.noise:
            return None
        return sum(planes.shape[1] for planes in self.noise_planes), STREAMS

    def call(
        self,
        z: Tensor,
        label: Tensor,
        noise: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        """Returns sounds [B, T, 1].

        Args:
          z: [B, Z].
          label: int [B].
          noise: normal noise, [B, *noise_shape]; None for the model's own.
          training: whether the sound of the blocks may grow after the hit.

        Raises:
          ValueError: see ``synthesise``.
        """
        return self.synthesise(z, self.embed(label), noise, training)

    def mix(self, z: Tensor, class_weights: Tensor) -> Tensor:
        """Returns sounds between classes, [B, T, 1].

        Args:
          z: [B, Z].
          class_weights: float [B, num_classes], each row of sum 1: from 0 to 1
            between classes, and beyond a class outside of that.

        Raises:
          ValueError: see ``synthesise``.
        """
        return self.synthesise(z, self.embed_mix(class_weights))

    def synthesise(
        self,
        z: Tensor,
        embedded: Tensor | None,
        noise: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        """Z and an embedded label to a sound, [B, Z], [B, W] -> [B, T, 1].

        Raises:
          ValueError: z has another size than the generator's.
        """
        if z.shape[-1] != self.latent_dim:
            raise ValueError(
                f"z must be [B, {self.latent_dim}]: received {z.shape}"
            )
        x = ops.relu(self.stem(z))
        x = ops.reshape(x, (-1, START_LENGTH, self.stem_channels))
        if embedded is not None:
            x = add_plane(x, embedded, self.label_plane)
        if self.noise_planes and noise is None:
            noise = self._own_noise(z)
        for index, block in enumerate(self.up):
            before, x = x, block(x)
            if self.noise:
                x = x + self._mixed_noise(index, noise)
            x = ops.relu(x)
            if index == 0:
                first = x
        audio = self.to_audio(x)
        if self.envelope:
            audio = audio * envelope(first, self.length)
            if not training:
                seconds = self.length / self.sample_rate
                audio = ring_down_sound(audio, first.shape[1], seconds)
        if self.partials:
            audio = audio + self.partial_bank(first, z)
        audio = ops.tanh(audio)  # [B, T, 1]
        if self.fading:
            coarse = ops.tanh(self.to_audio_before(before))  # [B, T / 4, 1]
            audio = lerp(upsample(coarse, self.length), audio, self.fade)
        return self.filter(audio) if self.post_filter else audio

    def _own_noise(self, z):
        """Returns the noise of a sound, [B, *noise_shape].

        Planes weighted by (z, 1), brought to length 1: noise of one deviation
        whatever z is, which changes with z as smoothly as all else.
        """
        planes = ops.concatenate(self.noise_planes, axis=1)
        planes = ops.reshape(planes, (self.latent_dim + 1, -1))
        planes, z = (ops.cast(x, "float32") for x in (planes, z))
        length = ops.sqrt(1 + ops.sum(z * z, axis=1, keepdims=True))
        noise = (ops.matmul(z, planes[:-1]) + planes[-1]) / length
        return ops.reshape(noise, (-1, *self.noise_shape))

    def _mixed_noise(self, index, noise):
        """Returns what is added to a block: [B, T, C]."""
        lengths = [planes.shape[1] for planes in self.noise_planes]
        first, length = sum(lengths[:index]), lengths[index]
        own = ops.reshape(noise[:, first : first + length], (-1, STREAMS))
        dtype, mix = self.compute_dtype, self.noise_mixes[index]
        mixed = ops.matmul(ops.cast(own, dtype), ops.cast(mix, dtype))
        return ops.reshape(mixed, (-1, length, mix.shape[1]))
