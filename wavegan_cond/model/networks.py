"""The generator and the critic, a mirrored pair (paper sections 2.1 and 3.1).

Letters: B batch, T samples, C channels, Z latent size. Blocks are named by the
length they produce (``up_64``) or take (``down_64``), so that a block keeps its
name while the networks grow around it. Pure Keras 3.
"""

import keras
from keras import ops

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.conditioning import START_LENGTH, ConditionalNetwork
from wavegan_cond.model.layers import (
    DownsampleConv1D,
    UpsampleConv1D,
    phase_shuffle,
)
from wavegan_cond.model.match_eq import equalize, flat
from wavegan_cond.model.resample import FACTOR, downsample, lerp, upsample
from wavegan_cond.schedule import Stage

LEAK = 0.2
STREAMS = 4  # of noise in a block: upsampling by 4 makes full-rate noise of 4


@keras.saving.register_keras_serializable(package="wavegan_cond")
class Generator(ConditionalNetwork):
    """z and a label to a sound: [B, Z], [B] -> [B, T, 1] in [-1, 1].

    Args:
      latent_dim: size of z (Z, paper: dz).
      upsampling: "nn" or "zeros", see UpsampleConv1D.
      post_filter: taps of a learned linear filter behind the tanh, 0 for none
        (wavegan.py: --wavegan_genr_pp).
      noise: whether noise enters every block but the last: planes that are
        part of the model, so that the same z is the same sound, or in training
        other ones for each example ("random").
      modulation: whether z and label scale the channels of every block.
      match_eq: whether there is an equalizer behind it all, see ``match_eq``.
        Its filters are a weight that no gradient moves.
      **kwargs: of ConditionalNetwork.
    """

    own_settings = (
        "latent_dim",
        "upsampling",
        "post_filter",
        "match_eq",
        "noise",
        "modulation",
    )

    def __init__(
        self,
        latent_dim: int,
        upsampling: str,
        post_filter: int,
        match_eq: bool,
        noise: str = "none",
        modulation: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.noise, self.modulation = noise, modulation
        self.latent_dim, self.upsampling = latent_dim, upsampling
        self.post_filter, self.match_eq = post_filter, match_eq
        blocks = len(self.factors)
        self.stem_channels = self.width * 2 ** (blocks - 1)
        self.stem = self.dense(START_LENGTH * self.stem_channels, "stem")
        if self.conditioning != "none":
            self.label_plane = self.dense(START_LENGTH, "label_plane")
        self.up, produced = [], START_LENGTH
        self.planes, self.noise_mixes, self.scales = [], [], []
        for index, factor in enumerate(self.factors):
            produced *= factor
            if produced == self.length:
                self.to_audio = self._audio_block(factor, produced)
                break
            channels = self.width * 2 ** (blocks - 2 - index)
            self.up.append(self._block(channels, factor, f"up_{produced}"))
            if noise != "none":
                self._add_noise(produced, channels)
            if modulation:
                self.scales.append(self._scale(channels, f"scale_{produced}"))
        if self.fading:
            before = self.length // FACTOR
            self.to_audio_before = self._audio_block(FACTOR, before)
        if post_filter:
            self.filter = self._post_filter("post_filter")
        if match_eq:
            # Of another length it is another filter.
            self.match_taps = self._match_taps(f"match_eq_{self.length}")

    def _add_noise(self, samples, channels) -> None:
        """Adds a block's noise: planes [T, S], and how they mix, [S, C]."""
        seed = self.layer_seed(f"noise_{samples}")
        self.planes.append(
            self.add_weight(
                shape=(samples, STREAMS),
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

    def _scale(self, channels, name) -> keras.layers.Dense:
        return keras.layers.Dense(
            channels,
            kernel_initializer="zeros",
            name=name,
            dtype=self.dtype_policy,
        )

    def _post_filter(self, name) -> keras.layers.Conv1D:
        return keras.layers.Conv1D(
            1,
            self.post_filter,
            padding="same",
            use_bias=False,
            kernel_initializer=keras.initializers.GlorotUniform(
                self.layer_seed(name)
            ),
            name=name,
            dtype="float32",
        )

    def _match_taps(self, name) -> keras.Variable:
        taps = flat(self.num_classes, self.length)
        return self.add_weight(
            shape=taps.shape,
            initializer=lambda shape, dtype: ops.convert_to_tensor(taps),
            trainable=False,
            autocast=False,
            dtype="float32",
            name=name,
        )

    def _audio_block(self, factor, produced) -> UpsampleConv1D:
        # The audio itself stays float32: bfloat16 has 8 bits of precision.
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
        """Of what ``call`` takes of noise for one example, None for none."""
        if self.noise != "random":
            return None
        return sum(plane.shape[0] for plane in self.planes), STREAMS

    def call(self, z, label, training=False, noise=None):
        """Returns sounds [B, T, 1].

        Args:
          z: [B, Z].
          label: int [B].
          training: whether the equalizer is left out.
          noise: of ``noise_shape`` an example; the model's own by default.
        """
        audio = self.synthesise(z, self.embed(label), noise)
        if training or not self.match_eq:
            return audio
        one_hot = ops.one_hot(label, self.num_classes, dtype="float32")
        return equalize(audio, self.match_taps, one_hot)

    def mix(self, z, class_weights):
        """Sounds between classes: [B, Z], [B, num_classes] -> [B, T, 1]."""
        audio = self.synthesise(z, self.embed_mix(class_weights))
        if not self.match_eq:
            return audio
        return equalize(audio, self.match_taps, class_weights)

    def synthesise(self, z, embedded, noise=None):
        """Z and an embedded label to a sound, [B, Z], [B, W] -> [B, T, 1]."""
        if z.shape[-1] != self.latent_dim:
            raise ValueError(
                f"z must be [B, {self.latent_dim}]: received {z.shape}"
            )
        x = ops.relu(self.stem(z))
        x = ops.reshape(x, (-1, START_LENGTH, self.stem_channels))
        if embedded is not None:
            x = self.add_plane(x, embedded, self.label_plane)
        style = z if embedded is None else ops.concatenate([z, embedded], -1)
        for index, block in enumerate(self.up):
            before, x = x, block(x)
            if self.modulation:
                scale = 1 + self.scales[index](style)
                x = x * ops.expand_dims(scale, 1)
            if self.planes:
                x = x + self._noise(index, noise)
            x = ops.relu(x)
        audio = ops.tanh(self.to_audio(x))  # [B, T, 1]
        if self.fading:
            coarse = ops.tanh(self.to_audio_before(before))  # [B, T / 4, 1]
            audio = lerp(upsample(coarse, self.length), audio, self.fade)
        return self.filter(audio) if self.post_filter else audio

    def _noise(self, index, noise):
        """What noise adds to a block: [T, C], or [B, T, C] of given noise."""
        plane, mix = self.planes[index], self.noise_mixes[index]
        if noise is not None:
            first = sum(plane.shape[0] for plane in self.planes[:index])
            plane = noise[:, first : first + plane.shape[0]]
        return ops.matmul(
            ops.cast(plane, self.compute_dtype),
            ops.cast(mix, self.compute_dtype),
        )


@keras.saving.register_keras_serializable(package="wavegan_cond")
class Critic(ConditionalNetwork):
    """A sound and its label to a score: [B, T, bands], [B] -> [B, 1].

    Args:
      phase_shuffle: largest shift (paper: s); 0 for none.
      bands: channels of a sound, 1 unless it is heard in bands.
      minibatch_std: whether it is told how much the sounds of its batch differ
        (ProGAN, section 3).
      **kwargs: of ConditionalNetwork.
    """

    own_settings = ("phase_shuffle", "bands", "minibatch_std")

    def __init__(
        self,
        phase_shuffle: int,
        bands: int = 1,
        minibatch_std: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.minibatch_std = minibatch_std
        self.phase_shuffle, self.bands = phase_shuffle, bands
        self.down, taken = [], self.full_length
        for index, factor in enumerate(sorted(self.factors, reverse=True)):
            channels = self.width * 2**index
            if taken == self.length:
                self.label_plane = self._plane(taken)
                name = f"from_audio_{taken}"
                self.down.append(self._block(channels, factor, name))
            elif taken < self.length:
                name = f"down_{taken}"
                self.down.append(self._block(channels, factor, name))
            if self.fading and taken * FACTOR == self.length:
                self.label_plane_before = self._plane(taken)
                name = f"from_audio_{taken}"
                self.from_audio_before = self._block(channels, factor, name)
            taken //= factor
        self.head = self.dense(1, "head", dtype="float32")

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
        """How many phase shifts a pass takes: every block but the last."""
        return len(self.down) - 1 if self.phase_shuffle else 0

    def call(self, wave, label, shifts=None):
        """Returns the scores.

        Args:
          wave: [B, T, bands].
          label: int [B].
          shifts: int [num_shifts] or [B, num_shifts], each in [-s, s], to
            train with phase shuffle; None for none.
        """
        if wave.shape[1:] != (self.length, self.bands):
            raise ValueError(
                f"wave must be [B, {self.length}, {self.bands}]: received "
                f"{wave.shape}"
            )
        embedded = self.embed(label)
        x = ops.cast(wave, self.compute_dtype)
        x = self.add_plane(x, embedded, self.label_plane)
        for index, block in enumerate(self.down):
            x = ops.leaky_relu(block(x), LEAK)
            if self.fading and index == 1:
                x = lerp(self._coarse(wave, embedded), x, self.fade)
            if shifts is not None and index < self.num_shifts:
                x = phase_shuffle(x, shifts[..., index], self.phase_shuffle)
        if self.minibatch_std:
            x = append_spread(x)
        x = ops.reshape(x, (-1, x.shape[1] * x.shape[2]))
        return self.head(ops.cast(x, "float32"))

    def _coarse(self, wave, embedded):
        """What the stage before sees of a sound: [B, T / 16, C]."""
        wave = downsample(wave, self.length // FACTOR)
        x = ops.cast(wave, self.compute_dtype)
        x = self.add_plane(x, embedded, self.label_plane_before)
        return ops.leaky_relu(self.from_audio_before(x), LEAK)


def append_spread(x):
    """Appends how much a batch differs: [B, T, C] -> [B, T, C + 1]."""
    values = ops.cast(x, "float32")
    variance = ops.mean(ops.square(values - ops.mean(values, axis=0)), axis=0)
    spread = ops.mean(ops.sqrt(variance + 1e-8))
    plane = ops.ones_like(values[:, :, :1]) * spread
    return ops.concatenate([x, ops.cast(plane, x.dtype)], axis=-1)


def make_networks(
    config: ModelConfig,
    seed: int = 0,
    precision: str = "float32",
    stage: Stage | None = None,
    bands: int = 1,
) -> tuple[Generator, Critic]:
    """Returns both networks with their variables made.

    Args:
      config: their shape.
      seed: of the initial weights.
      precision: "float32" or "mixed_bfloat16".
      stage: of a progressive training; None for the full networks.
      bands: in which the critic hears.
    """
    return (
        make_generator(config, seed, precision, stage=stage),
        make_critic(config, seed, precision, stage, bands),
    )


def make_generator(
    config: ModelConfig,
    seed: int = 0,
    precision: str = "float32",
    name: str = "generator",
    stage: Stage | None = None,
) -> Generator:
    """Returns a generator with its variables made."""
    generator = Generator(
        latent_dim=config.latent_dim,
        upsampling=config.upsampling,
        post_filter=config.post_filter,
        match_eq=config.match_eq,
        noise=config.noise,
        modulation=config.modulation,
        **network_settings(config, stage),
        seed=seed,
        dtype=precision,
        name=name,
    )
    generator(ops.zeros((1, config.latent_dim)), ops.zeros((1,), "int32"))
    return generator


def make_critic(
    config: ModelConfig,
    seed: int = 0,
    precision: str = "float32",
    stage: Stage | None = None,
    bands: int = 1,
) -> Critic:
    """Returns a critic with its variables made."""
    critic = Critic(
        phase_shuffle=config.phase_shuffle,
        bands=bands,
        minibatch_std=config.minibatch_std,
        **network_settings(config, stage),
        seed=seed,
        dtype=precision,
        name="critic",
    )
    critic(ops.zeros((1, critic.length, bands)), ops.zeros((1,), "int32"))
    return critic


def network_settings(config: ModelConfig, stage: Stage | None = None) -> dict:
    """Returns the arguments that both networks take from a config."""
    return {
        "length": stage.length if stage else config.length,
        "full_length": config.length,
        "fading": bool(stage and stage.fade_iterations),
        "width": config.width,
        "num_classes": len(config.classes),
        "embedding_dim": config.embedding_dim,
        "conditioning": config.conditioning,
    }
