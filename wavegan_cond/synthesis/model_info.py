"""What a host must know of a model, checked wherever it comes from."""

import dataclasses
import hashlib
import json
import re
from typing import Any

from wavegan_cond.config import PRIORS, ModelConfig
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.networks import Generator

# Far beyond any model of this project: they keep a number that was made up
# from asking for more memory than there is.
RANGES = {
    "sample_rate": (1, 10**6),
    "length": (1, 2**20),
    "latent_dim": (1, 2**16),
    "iteration": (0, 2**63),
}
MOST_CLASSES = 1000


class ModelError(ValueError):
    """There is no model that can be used; the message says why."""

    exit_code = 2


@dataclasses.dataclass(frozen=True)
class Info:
    """What a host must know of a model.

    Attributes:
      sample_rate: in Hz.
      length: samples of a sound (T).
      classes: names; a label is an index into them.
      latent_dim: size of z (Z).
      prior: z was drawn from, "normal" or "uniform".
      iteration: of the training.
      fingerprint: SHA-256 of the weights, the model's identity.
      conditional: whether the label changes the sound.
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
) -> Info:
    """Returns the Info of a generator.

    Args:
      model: of the full networks.
      generator: of one of their stages.
      iteration: of the training.
      full_rate: whether its sounds are brought up to the full rate.

    Raises:
      ModelError: the config says what no model can have.
    """
    length = model.length if full_rate else generator.length
    return checked(
        Info(
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


def from_fields(fields: dict[str, Any]) -> Info:
    """Returns the Info in the JSON of an export, which holds more beside it.

    Raises:
      ModelError: a value is none that a model can have.
      KeyError, TypeError: one is missing, or it is no such JSON.
    """
    names = {field.name for field in dataclasses.fields(Info)}
    known = {k: v for k, v in fields.items() if k in names}
    return checked(Info(**{**known, "classes": tuple(fields["classes"])}))


def checked(info: Info) -> Info:
    """Returns ``info`` if every value of it is one that a model can have.

    Raises:
      ModelError: one is not; the message names it.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(info, name)
        if type(value) is not int or not low <= value <= high:
            raise ModelError(f"its {name} is {value!r:.50}")
    names = info.classes
    # A name goes into messages and file names.
    if not all(isinstance(name, str) and name.isprintable() for name in names):
        raise ModelError(f"its classes are {names!r:.50}")
    if not 1 <= len(set(names)) == len(names) <= MOST_CLASSES:
        raise ModelError(f"its {len(names)} classes are not different names")
    if info.prior not in PRIORS or type(info.conditional) is not bool:
        raise ModelError(f"its prior is {info.prior!r:.50}")
    if not re.fullmatch("[0-9a-f]{64}", info.fingerprint):
        raise ModelError(f"its fingerprint is {info.fingerprint!r:.50}")
    return info


def fingerprint(model: ModelConfig, generator: Generator) -> str:
    """Returns the SHA-256 of a model's shape and weights."""
    digest = hashlib.sha256(
        json.dumps(dataclasses.asdict(model), sort_keys=True).encode()
    )
    named = variables_of(generator, "generator")
    for name in sorted(named):
        digest.update(name.encode() + named[name].numpy().tobytes())
    return digest.hexdigest()
