"""Description of a model, validated whatever its source."""

import dataclasses
import hashlib
import json
import re
from typing import Any

from wavegan_cond.config import PRIORS, ModelConfig
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.networks import Generator

# Far beyond any model of this project; they prevent an invalid number from
# causing a huge memory allocation.
RANGES = {
    "sample_rate": (1, 10**6),
    "length": (1, 2**20),
    "latent_dim": (1, 2**16),
    "iteration": (0, 2**63),
}
MAX_CLASSES = 1000


class ModelError(ValueError):
    """Missing or unusable model; the message gives the reason."""

    exit_code = 2


@dataclasses.dataclass(frozen=True)
class ModelInfo:
    """Description of a model, as needed to generate sounds with it.

    Attributes:
      sample_rate: sample rate of the sounds in Hz.
      length: length of a sound in samples (T).
      classes: names of the classes; a label is an index into them.
      latent_dim: dimension of z (Z).
      prior: distribution of z in training, "normal" or "uniform".
      iteration: number of iterations the model was trained for.
      fingerprint: SHA-256 of the model's configuration and weights.
      conditional: whether the model uses the label.
    """

    sample_rate: int
    length: int
    classes: tuple[str, ...]
    latent_dim: int
    prior: str
    iteration: int
    fingerprint: str
    conditional: bool = True


def describe(
    model: ModelConfig,
    generator: Generator,
    iteration: int,
    full_rate: bool = False,
) -> ModelInfo:
    """Returns the description of a generator.

    Args:
      model: model configuration of the full networks.
      generator: generator of any growing stage.
      iteration: number of iterations it was trained for.
      full_rate: whether its sounds are resampled to the full sample rate.

    Raises:
      ModelError: the configuration has an invalid value.
    """
    length = model.length if full_rate else generator.length
    return validate(
        ModelInfo(
            sample_rate=model.sample_rate_of(length),
            length=length,
            classes=model.classes,
            latent_dim=model.latent_dim,
            prior=model.prior,
            iteration=iteration,
            fingerprint=fingerprint(model, generator),
            conditional=model.conditioning != "none",
        )
    )


def from_fields(fields: dict[str, Any]) -> ModelInfo:
    """Returns the description in the JSON of an export.

    Args:
      fields: the JSON object; unknown keys are ignored.

    Raises:
      ModelError: invalid value.
      KeyError, TypeError: missing value, or other JSON.
    """
    names = {field.name for field in dataclasses.fields(ModelInfo)}
    known = {k: v for k, v in fields.items() if k in names}
    return validate(ModelInfo(**{**known, "classes": tuple(fields["classes"])}))


def validate(info: ModelInfo) -> ModelInfo:
    """Returns ``info`` if all its values are valid.

    Raises:
      ModelError: invalid value, which the message names.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(info, name)
        if type(value) is not int or not low <= value <= high:
            raise ModelError(f"its {name} is {value!r:.50}")
    names = info.classes
    # Class names are used in messages and file names.
    if not all(isinstance(name, str) and name.isprintable() for name in names):
        raise ModelError(f"its classes are {names!r:.50}")
    if not 1 <= len(set(names)) == len(names) <= MAX_CLASSES:
        raise ModelError(f"its {len(names)} classes are not different names")
    if info.prior not in PRIORS or type(info.conditional) is not bool:
        raise ModelError(f"its prior is {info.prior!r:.50}")
    if not re.fullmatch("[0-9a-f]{64}", info.fingerprint):
        raise ModelError(f"its fingerprint is {info.fingerprint!r:.50}")
    return info


def fingerprint(model: ModelConfig, generator: Generator) -> str:
    """Returns the SHA-256 of a model's configuration and weights."""
    digest = hashlib.sha256(
        json.dumps(dataclasses.asdict(model), sort_keys=True).encode()
    )
    named = variables_of(generator, "generator")
    for name in sorted(named):
        digest.update(name.encode() + named[name].numpy().tobytes())
    return digest.hexdigest()
