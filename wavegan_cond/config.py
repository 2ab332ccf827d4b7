"""Every setting of a model and of its training, in two frozen dataclasses.

A field is defined once, here: its default, its meaning, its range. The
command-line flags of ``experiments.train`` and the ``config.json`` of a run are
made from these fields. Other commands declare their flags in the same way.
Nothing here imports TensorFlow.
"""

import dataclasses
import hashlib
import json
import math
from typing import Any

CONDITIONING = ("embedding", "onehot", "none")
UPSAMPLING = ("nn", "zeros")
PRIORS = ("normal", "uniform")
LOSSES = ("wgan-gp", "wgan", "logistic")
SHIFT_DRAWS = ("shared", "separate", "example")
PRECISIONS = ("float32", "mixed_bfloat16", "auto")

REQUIRED = dataclasses.MISSING  # the default of a setting without one

MOST_HERTZ = 1_000_000


class ConfigError(ValueError):
    """A setting has a value it cannot have."""

    exit_code = 2


def setting(
    default: Any,
    help: str,
    *,
    choices: tuple | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    repeated: bool = False,
) -> Any:
    """Returns a dataclass field that knows its meaning and its range.

    Args:
      default: value where none is given; ``REQUIRED`` for none.
      help: meaning of the field, a phrase of its own.
      choices: all values it can have.
      low: smallest number it can be.
      high: largest number it can be.
      repeated: whether the flag of a tuple is repeated for every item, rather
        than given once with commas between.
    """
    metadata = {
        "help": help,
        "choices": choices,
        "low": low,
        "high": high,
        "repeated": repeated,
    }
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """Shape of the generator and the critic (paper sections 2.1 and 3.1)."""

    classes: tuple[str, ...] = ("kick", "snare", "cymbal")
    sample_rate: int = 44100
    length: int = setting(
        16384,
        "samples of a sound (T): 16 * 4^i, 32768 or 65536",
        low=64,
        high=65536,
    )
    width: int = setting(64, "base width (d)", low=1, high=1024)
    latent_dim: int = setting(100, "latent size (dz)", low=1, high=4096)
    embedding_dim: int = setting(
        50, "label embedding size (w)", low=1, high=4096
    )
    conditioning: str = setting(
        "embedding", "how labels enter both networks", choices=CONDITIONING
    )
    upsampling: str = setting(
        "nn",
        "nn: nearest neighbour and convolution; zeros: transposed convolution",
        choices=UPSAMPLING,
    )
    prior: str = setting("normal", "z is N(0, 1) or U(-1, 1)", choices=PRIORS)
    phase_shuffle: int = setting(
        2, "largest phase shift in the critic (s)", low=0, high=7
    )
    post_filter: int = setting(
        0, "taps of a filter learned behind the tanh; 0: none", low=0, high=4096
    )
    noise: bool = setting(
        False,
        "every block of the generator adds learned mixtures of noise, drawn "
        "for each example in training",
    )
    match_eq: bool = setting(
        False,
        "an equalizer a class brings the mean spectrum of the sounds to that "
        "of real ones; fitted at every checkpoint",
    )

    def __post_init__(self):
        check_fields(self)
        check_length(self.length)
        rate = self.sample_rate
        if type(rate) is not int or not 1 <= rate <= MOST_HERTZ:
            raise ConfigError(f"sample_rate {rate!r:.50} is no rate in Hz")
        if not all(type(n) is str and n.isprintable() for n in self.classes):
            raise ConfigError(f"classes {self.classes!r} are no printable text")
        if not self.classes or len(set(self.classes)) != len(self.classes):
            raise ConfigError(
                "classes must be different names, at least one; "
                f"received {self.classes}"
            )

    def rate_of(self, length: int) -> int:
        """Returns the sample rate of sounds of ``length`` samples, in Hz.

        The shorter sounds of a stage last as long as the full ones.
        """
        return round(self.sample_rate * length / self.length)


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """Objective and optimisation (paper sections 2 and 3.1)."""

    iterations: int = setting(
        50000, "generator updates to train for", low=1, high=10**9
    )
    batch_size: int = setting(
        64, "examples of one update, over all devices", low=1, high=65536
    )
    whitening: float = setting(
        0.0,
        "how far the critic hears each class with a flat spectrum; 0: as it is",
        low=0.0,
        high=1.0,
    )
    compression: float = setting(
        0.0,
        "how far the critic hears loud and quiet alike, in each of six bands; "
        "0: as they are",
        low=0.0,
        high=0.9,
    )
    critic_updates: int = setting(
        5, "critic updates an iteration (k)", low=1, high=100
    )
    stages: str = setting(
        "",
        "progressive growing: LENGTH:ITERATIONS/FADE,... up to --length; "
        "empty: none",
    )
    loss: str = setting("wgan-gp", "objective", choices=LOSSES)
    penalty_weight: float = setting(
        10.0, "weight of the gradient penalty (lambda)", low=0.0, high=1e6
    )
    phase_shift_draws: str = setting(
        "shared",
        "phase shifts of a critic update: shared by real, fake and mixed "
        "sounds; separate for each of the three; shared, but one an example",
        choices=SHIFT_DRAWS,
    )
    drift: float = setting(
        0.0,
        "weight of the mean squared score of real sounds in the critic's loss",
        low=0.0,
        high=1e3,
    )
    weight_clip: float = setting(
        0.01, "critic weight limit of --loss=wgan", low=1e-9, high=1e3
    )
    learning_rate: float = setting(
        2e-4, "learning rate of Adam, for both networks", low=1e-9, high=1.0
    )
    half_life: int = setting(
        0,
        "iterations in which the learning rate halves; 0: it is constant",
        low=0,
        high=10**9,
    )
    beta_1: float = setting(
        0.5, "first moment's decay in Adam", low=0.0, high=0.999999
    )
    beta_2: float = setting(
        0.99, "second moment's decay in Adam", low=0.0, high=0.999999999
    )
    average: float = setting(
        0.0,
        "decay of the generator's weight average (EMA); 0: none",
        low=0.0,
        high=0.999999,
    )
    precision: str = setting(
        "float32",
        "arithmetic of the convolutions; auto: mixed_bfloat16 where the GPU or "
        "the CPU has it, else float32",
        choices=PRECISIONS,
    )
    seed: int = setting(0, "seed of everything random", low=0, high=2**31 - 1)

    def __post_init__(self):
        check_fields(self)


def check_fields(config: Any) -> None:
    """Raises ConfigError for the first field outside its range."""
    for field in dataclasses.fields(config):
        value, rule = getattr(config, field.name), field.metadata
        if not rule:
            continue
        if rule["choices"] and value not in rule["choices"]:
            raise ConfigError(
                f"--{field.name}={value}: expected one of "
                f"{', '.join(rule['choices'])}"
            )
        if rule["choices"]:
            continue
        if field.type is str and type(value) is str:
            continue
        if type(value) is not field.type or not (
            rule["low"] <= value <= rule["high"]
        ):
            raise ConfigError(
                f"--{field.name}={value}: expected {describe_range(field)}"
            )


def describe_range(field: dataclasses.Field) -> str:
    """Says in words what a field accepts, such as 'int from 1 to 100'."""
    rule = field.metadata
    if rule["choices"]:
        return "one of " + ", ".join(rule["choices"])
    if field.type is bool:
        return "true or false"
    kind = "integer" if field.type is int else "number"
    return f"{kind} from {rule['low']:.12g} to {rule['high']:.12g}"


def check_length(length: int) -> None:
    """Raises ConfigError unless the networks can produce ``length`` samples."""
    good = [16 * 4**i for i in range(1, 7)] + [32768]
    if length not in good:
        raise ConfigError(f"--length={length}: expected one of {sorted(good)}")


def to_json(model: ModelConfig, train: TrainConfig, **more: Any) -> str:
    """Returns both configs, and ``more`` beside them, as JSON text."""
    content = {
        "model": dataclasses.asdict(model),
        "train": dataclasses.asdict(train),
        **more,
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def from_json(text: str) -> tuple[ModelConfig, TrainConfig, dict]:
    """Returns the configs in ``text`` and what stood beside them.

    Raises:
      ConfigError: the text is no config of this program.
    """
    try:
        content = json.loads(text)
        model = dict(content.pop("model"))
        train = TrainConfig(**content.pop("train"))
        model["classes"] = tuple(model["classes"])
        return ModelConfig(**model), train, content
    except ConfigError:
        raise
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ConfigError(f"not a config of this program: {error}") from error


def run_digest(model: ModelConfig, train: TrainConfig, data: str) -> str:
    """Returns the SHA-256 of all that makes a run this run.

    More iterations continue a run; anything else makes another. A setting at
    its default does not count, so that a new one leaves old runs as they are.

    Args:
      model: of the run.
      train: of the run.
      data: fingerprint of what it learns from.
    """
    settings = {
        field.name: getattr(config, field.name)
        for config in (model, train)
        for field in dataclasses.fields(config)
        if getattr(config, field.name) != field.default
        and field.name != "iterations"
    }
    text = json.dumps([settings, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
