"""The generator and the critic, a mirrored pair (paper sections 2.1 and 3.1).

Letters: B batch, T samples, C channels, Z latent size. Blocks are named by the
length they produce (``up_64``) or take (``down_64``), so that a block keeps its
name while the networks grow around it. Pure Keras 3.
"""

import keras
from keras import ops

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.conditioning import (
    START_LENGTH,
    ConditionalNetwork,
    add_plane,
)
from wavegan_cond.model.critic_input import CriticInput
from wavegan_cond.model.layers import (
    LEAK,
    DownsampleConv1D,
    UpsampleConv1D,
    phase_shuffle,
)
from wavegan_cond.model.partials import Partials
from wavegan_cond.model.resample import FACTOR, downsample, lerp, upsample
from wavegan_cond.model.spectral import CHANNELS, SpectralScore
from wavegan_cond.schedule import Stage

STREAMS = 4  # of noise in a block: upsampling by 4 makes full-rate noise of 4


@keras.saving.register_keras_serializable(package="wavegan_cond")
class Generator(ConditionalNetwork):
    """z and a label to a sound: [B, Z], [B] -> [B, T, 1] in [-1, 1].

    Args:
      latent_dim: size of z (Z, paper: dz).
      upsampling: "nn" or "zeros", see UpsampleConv1D.
      post_filter: taps of a learned linear filter behind the tanh, 0 for none
        (wavegan.py: --wavegan_genr_pp).
      noise: whether every block but the last adds learned mixtures of noise:
        in training of noise that is drawn for each example (StyleGAN, section
        3.2), else of planes that are part of the model, so that the same z is
        the same sound.
      partials: number of sine tones that are added to the sound, as loud as
        the first block says, see ``Partials``; 0 for none.
      sample_rate: of the sound, in Hz: where the partials are.
      **kwargs: of ConditionalNetwork.
    """

    own_settings = (
        "latent_dim",
        "upsampling",
        "post_filter",
        "noise",
        "partials",
        "sample_rate",
    )

    def __init__(
        self,
        latent_dim: int,
        upsampling: str,
        post_filter: int,
        noise: bool = False,
        partials: int = 0,
        sample_rate: int = 44100,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.noise, self.partials = noise, partials
        self.sample_rate = sample_rate
        self.latent_dim, self.upsampling = latent_dim, upsampling
        self.post_filter = post_filter
        blocks = len(self.factors)
        self.stem_channels = self.width * 2 ** (blocks - 1)
        self.stem = self.dense(START_LENGTH * self.stem_channels, "stem")
        if self.conditioning != "none":
            self.label_plane = self.dense(START_LENGTH, "label_plane")
        self.up, produced = [], START_LENGTH
        self.noise_planes, self.noise_mixes = [], []
        for index, factor in enumerate(self.factors):
            produced *= factor
            if produced == self.length:
                self.to_audio = self._audio_block(factor, produced)
                break
            channels = self.width * 2 ** (blocks - 2 - index)
            self.up.append(self._block(channels, factor, f"up_{produced}"))
            if noise:
                self._add_noise(produced, channels)
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
            self.filter = self._post_filter("post_filter")

    def _add_noise(self, samples, channels) -> None:
        """Adds a block's noise: planes [T, S], and how they mix, [S, C]."""
        seed = self.layer_seed(f"noise_{samples}")
        self.noise_planes.append(
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
        """Shape of what ``call`` takes of noise for an example, if it does."""
        if not self.noise:
            return None
        return sum(plane.shape[0] for plane in self.noise_planes), STREAMS

    def call(self, z, label, noise=None):
        """Returns sounds [B, T, 1].

        Args:
          z: [B, Z].
          label: int [B].
          noise: normal noise, [B, *noise_shape]; None for the model's own.
        """
        return self.synthesise(z, self.embed(label), noise)

    def mix(self, z, class_weights):
        """Sounds between classes: [B, Z], [B, num_classes] -> [B, T, 1]."""
        return self.synthesise(z, self.embed_mix(class_weights))

    def synthesise(self, z, embedded, noise=None):
        """Z and an embedded label to a sound, [B, Z], [B, W] -> [B, T, 1]."""
        if z.shape[-1] != self.latent_dim:
            raise ValueError(
                f"z must be [B, {self.latent_dim}]: received {z.shape}"
            )
        x = ops.relu(self.stem(z))
        x = ops.reshape(x, (-1, START_LENGTH, self.stem_channels))
        if embedded is not None:
            x = add_plane(x, embedded, self.label_plane)
        for index, block in enumerate(self.up):
            before, x = x, block(x)
            if self.noise:
                x = x + self._noise(index, noise)
            x = ops.relu(x)
            if self.partials and index == 0:
                rung = self.partial_bank(x, z)
        audio = self.to_audio(x)
        if self.partials:
            audio = audio + rung
        audio = ops.tanh(audio)  # [B, T, 1]
        if self.fading:
            coarse = ops.tanh(self.to_audio_before(before))  # [B, T / 4, 1]
            audio = lerp(upsample(coarse, self.length), audio, self.fade)
        return self.filter(audio) if self.post_filter else audio

    def _noise(self, index, noise):
        """Returns the noise added to a block: [T, C], or [B, T, C] if given."""
        plane, mix = self.noise_planes[index], self.noise_mixes[index]
        if noise is not None:
            lengths = [other.shape[0] for other in self.noise_planes]
            first = sum(lengths[:index])
            plane = noise[:, first : first + lengths[index]]
        dtype = self.compute_dtype
        return ops.matmul(ops.cast(plane, dtype), ops.cast(mix, dtype))


@keras.saving.register_keras_serializable(package="wavegan_cond")
class Critic(ConditionalNetwork):
    """A filtered sound and label to a score: [B, T, channels], [B] -> [B, 1].

    ``filter`` gives what is scored of a sound, the sound itself by default; the
    gradient penalty is that of the score by what is scored.

    Args:
      phase_shuffle: largest shift (paper: s); 0 for none.
      whitening: whether each class is filtered, see ``CriticInput``.
      compression: of sounds split into bands, see ``CriticInput``.
      spectrogram: whether one is scored too, see ``SpectralScore``.
      **kwargs: of ConditionalNetwork.
    """

    own_settings = (
        "phase_shuffle",
        "whitening",
        "compression",
        "spectrogram",
    )

    def __init__(
        self,
        phase_shuffle: int,
        whitening: bool = False,
        compression: float = 0.0,
        spectrogram: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.phase_shuffle = phase_shuffle
        self.whitening, self.compression = whitening, compression
        self.spectrogram = spectrogram
        self.input_filter = None
        if whitening or compression or spectrogram:
            self.input_filter = CriticInput(
                self.num_classes,
                self.full_length,
                compression,
                spectrogram,
                name="input",
            )
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
        if spectrogram:
            self.spectral = SpectralScore(
                self.length,
                self.width,
                self.layer_seed("spectral"),
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

    def filter(self, wave, label):
        """Returns what is scored of sounds: [B, T, 1] -> [B, T, channels]."""
        return self.input_filter(wave, label) if self.input_filter else wave

    def call(self, wave, label, shifts=None):
        """Returns the scores.

        Args:
          wave: [B, T, channels], of ``filter``.
          label: int [B].
          shifts: int [num_shifts] or [B, num_shifts], each in [-s, s], to
            train with phase shuffle; None for none.
        """
        if wave.shape[1:] != (self.length, self.channels):
            raise ValueError(
                f"wave must be [B, {self.length}, {self.channels}]: received "
                f"{wave.shape}"
            )
        embedded = self.embed(label)
        if self.spectrogram:
            spectral_score = self.spectral(wave[..., -CHANNELS:], embedded)
            wave = wave[..., :-CHANNELS]
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


def make_networks(
    config: ModelConfig,
    seed: int = 0,
    precision: str = "float32",
    stage: Stage | None = None,
    train: TrainConfig | None = None,
) -> tuple[Generator, Critic]:
    """Returns both networks with their variables made.

    Args:
      config: their shape.
      seed: of the initial weights.
      precision: "float32" or "mixed_bfloat16".
      stage: of a progressive training; None for the full networks.
      train: of which the settings of the critic's input count.
    """
    return (
        make_generator(config, seed, precision, stage=stage),
        make_critic(config, seed, precision, stage, train),
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
        noise=config.noise,
        partials=config.partials,
        sample_rate=config.sample_rate,
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
    train: TrainConfig | None = None,
) -> Critic:
    """Returns a critic with its variables made."""
    train = train or TrainConfig()
    critic = Critic(
        phase_shuffle=config.phase_shuffle,
        whitening=bool(train.whitening),
        compression=train.compression,
        spectrogram=train.spectrogram,
        **network_settings(config, stage),
        seed=seed,
        dtype=precision,
        name="critic",
    )
    label = ops.zeros((1,), "int32")
    critic(critic.filter(ops.zeros((1, critic.length, 1)), label), label)
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
