"""Every setting of a model and of its training, in two frozen dataclasses.

A field is defined once, here: its default, its meaning, its range. The
command-line flags of ``experiments.train`` and the ``config.json`` of a run are
made from these fields. Nothing here imports TensorFlow.
"""

import dataclasses

from wavegan_cond.settings import ConfigError, check_fields, setting

CONDITIONING = ("embedding", "onehot", "none")
UPSAMPLING = ("nn", "zeros")
PRIORS = ("normal", "uniform")
LOSSES = ("wgan-gp", "wgan", "logistic")
SHIFT_DRAWS = ("shared", "separate", "example")
PRECISIONS = ("float32", "mixed_bfloat16", "auto")
LENGTHS = {32768, *(16 * 4**i for i in range(1, 7))}  # that the blocks make

MAX_SAMPLE_RATE = 1_000_000
MAX_CLASSES = 1000


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """Shape of the generator and the critic (paper sections 2.1 and 3.1)."""

    classes: tuple[str, ...] = ("kick", "snare", "cymbal")
    sample_rate: int = 44100
    length: int = setting(
        16384,
        "length of a sound in samples (T): 16 * 4^i for i from 1 to 6, or "
        "32768",
        low=64,
        high=65536,
    )
    width: int = setting(
        64, "base number of channels of both networks (d)", low=1, high=1024
    )
    latent_dim: int = setting(
        100, "dimension of the latent vector z (dz)", low=1, high=4096
    )
    embedding_dim: int = setting(
        50, "dimension of the label embedding (w)", low=1, high=4096
    )
    conditioning: str = setting(
        "embedding",
        "how both networks receive the class label: as a learned embedding, as "
        "a one-hot vector, or not at all",
        choices=CONDITIONING,
    )
    upsampling: str = setting(
        "nn",
        "upsampling in the generator: nn, nearest neighbour and convolution; "
        "zeros, transposed convolution",
        choices=UPSAMPLING,
    )
    prior: str = setting(
        "normal",
        "distribution of the latent vector z: N(0, 1) or U(-1, 1)",
        choices=PRIORS,
    )
    phase_shuffle: int = setting(
        2,
        "largest phase shift of phase shuffle in the critic, in samples (s); 0 "
        "disables it",
        low=0,
        high=7,
    )
    post_filter: int = setting(
        0,
        "number of taps of a learned filter after the generator's tanh; 0 "
        "disables it",
        low=0,
        high=4096,
    )
    noise: bool = setting(
        False,
        "every block of the generator but the last adds learned mixtures of "
        "noise, drawn for each example in training; a trained model has planes "
        "of its own, which z mixes",
    )
    partials: int = setting(
        0,
        "number of sine tones that are added to each generated sound, as loud "
        "as the generator's first block says and tuned by z; 0 disables them",
        low=0,
        high=512,
    )
    envelope: bool = setting(
        False,
        "the generated sound gets the size of the first block's features as "
        "its envelope, so that what is wrong in a tail dies with it",
    )
    match_eq: bool = setting(
        False,
        "equalize the generated sounds of each class to the mean spectrum of "
        "the real ones; the filters are fitted at every checkpoint",
    )

    def __post_init__(self):
        check_fields(self)
        if self.length not in LENGTHS:
            raise ConfigError(
                f"--length={self.length}: expected one of {sorted(LENGTHS)}"
            )
        for name in ("noise", "partials", "envelope"):
            value, least = getattr(self, name), min(LENGTHS)
            if value and self.length == least:
                raise ConfigError(
                    f"--{name}={value}: expected {type(value)()} with "
                    f"--length={least}, which is a single block"
                )
        rate = self.sample_rate
        if type(rate) is not int or not 1 <= rate <= MAX_SAMPLE_RATE:
            raise ConfigError(f"sample_rate {rate!r:.50} is no rate in Hz")
        check_classes(self.classes)

    @property
    def num_labels(self) -> int:
        """Number of labels that the networks tell apart, 1 if they get none."""
        return 1 if self.conditioning == "none" else len(self.classes)

    def sample_rate_of(self, length: int) -> int:
        """Returns the sample rate of sounds of ``length`` samples, in Hz.

        Sounds of an earlier growing stage have fewer samples and the same
        duration, so their sample rate is lower.
        """
        return round(self.sample_rate * length / self.length)


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """Objective and optimisation (paper sections 2 and 3.1)."""

    iterations: int = setting(
        50000, "number of generator updates to train for", low=1, high=10**9
    )
    batch_size: int = setting(
        64,
        "number of sounds in one batch, summed over all devices",
        low=1,
        high=65536,
    )
    whitening: float = setting(
        0.0,
        "spectral whitening of the critic input, 0 (off) to 1: each class is "
        "filtered to a flat mean spectrum",
        low=0.0,
        high=1.0,
    )
    compression: float = setting(
        0.0,
        "dynamic compression of the critic input in six frequency bands, 0 "
        "(off) to 0.9",
        low=0.0,
        high=0.9,
    )
    spectrogram: bool = setting(
        False,
        "the critic scores two log-spectrograms beside the sound, of long and "
        "of short windows",
    )
    critic_updates: int = setting(
        5, "number of critic updates per iteration (k)", low=1, high=100
    )
    stages: str = setting(
        "",
        "schedule of progressive growing, LENGTH:ITERATIONS/FADE,... up to "
        "--length, where @BATCH and lrRATE may follow a stage; an empty string "
        "disables growing",
    )
    loss: str = setting("wgan-gp", "training objective", choices=LOSSES)
    penalty_weight: float = setting(
        10.0,
        "weight of the gradient penalty (lambda), with --loss=wgan-gp",
        low=0.0,
        high=1e6,
    )
    phase_shift_draws: str = setting(
        "shared",
        "how phase shifts are drawn for a critic update: shared by real, fake "
        "and interpolated sounds; separate for each of the three; or example, "
        "shared by the three and drawn for each example",
        choices=SHIFT_DRAWS,
    )
    drift: float = setting(
        0.0,
        "weight of the drift penalty, the mean squared score of real sounds, "
        "in the critic's loss",
        low=0.0,
        high=1e3,
    )
    weight_clip: float = setting(
        0.01,
        "clip the critic's weights to this absolute value, with --loss=wgan",
        low=1e-9,
        high=1e3,
    )
    learning_rate: float = setting(
        2e-4, "learning rate of Adam, for both networks", low=1e-9, high=1.0
    )
    half_life: int = setting(
        0,
        "number of iterations after which the learning rate has halved; 0 "
        "keeps it constant",
        low=0,
        high=10**9,
    )
    beta_1: float = setting(
        0.5, "decay of Adam's first moment estimate", low=0.0, high=0.999999
    )
    beta_2: float = setting(
        0.99,
        "decay of Adam's second moment estimate",
        low=0.0,
        high=0.999999999,
    )
    average: float = setting(
        0.0,
        "decay of an exponential moving average (EMA) of the generator's "
        "weights; 0 disables it",
        low=0.0,
        high=0.999999,
    )
    precision: str = setting(
        "float32",
        "precision of the convolutions; auto: mixed_bfloat16 where the GPU or "
        "CPU supports it, else float32",
        choices=PRECISIONS,
    )
    seed: int = setting(
        0,
        "seed of the initial weights, the data order and all random draws",
        low=0,
        high=2**31 - 1,
    )

    def __post_init__(self):
        check_fields(self)


def check_classes(names: tuple[str, ...]) -> None:
    """Checks the names of a model's classes.

    They are used in messages and file names.

    Raises:
      ConfigError: they are none, too many, not different, or no printable text.
    """
    if not all(type(name) is str and name.isprintable() for name in names):
        raise ConfigError(f"classes {names!r:.50} are no printable text")
    if len(names) > MAX_CLASSES:
        raise ConfigError(
            f"{len(names)} classes: a model has {MAX_CLASSES} at most"
        )
    if not 1 <= len(set(names)) == len(names):
        raise ConfigError(
            "classes must be different names, at least one; received "
            f"{names!r:.50}"
        )
