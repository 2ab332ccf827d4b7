"""Description of a model, validated whatever its source.

Imports no TensorFlow, so that a command checks its flags before it does.
"""

import dataclasses
import re
from typing import Any

from wavegan_cond.config import PRIORS, ConfigError, check_classes

# Far beyond any model of this project; they prevent an invalid number from
# causing a huge memory allocation.
RANGES = {
    "sample_rate": (1, 10**6),
    "length": (1, 2**20),
    "latent_dim": (1, 2**16),
    "iteration": (0, 2**63),
}


class ModelError(ValueError):
    """Missing or unusable model; the message gives the reason."""

    exit_code = 2


ANYTHING = "sound"  # what a model without labels makes


def kinds(classes: tuple[str, ...], conditional: bool) -> tuple[str, ...]:
    """Returns the names of what sounds different: the classes, or one.

    A model that was trained without labels has one answer to all of them.
    """
    return classes if conditional else (ANYTHING,)


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
      directions: unit vectors of z to steer along, see ``steering``; none where
        no weights were read.
    """

    sample_rate: int
    length: int
    classes: tuple[str, ...]
    latent_dim: int
    prior: str
    iteration: int
    fingerprint: str
    conditional: bool = True
    directions: tuple[tuple[float, ...], ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the labels that sound different, see ``kinds``."""
        return kinds(self.classes, self.conditional)

    def label(self, name: str) -> int:
        """Returns the label of a class; capitals do not matter.

        Raises:
          ModelError: the model has no class of that name.
        """
        if name in self.classes:
            return self.classes.index(name)
        alike = [each.casefold() for each in self.classes]
        if alike.count(name.casefold()) == 1:
            return alike.index(name.casefold())
        raise ModelError(
            f"the model knows no {name!r}: it makes {', '.join(self.classes)}"
        )

    def kind(self, name: str) -> str:
        """Returns which of ``kinds`` is meant; capitals do not matter.

        Raises:
          ModelError: the model makes none of that name.
        """
        if self.conditional:
            return self.classes[self.label(name)]
        if name in self.kinds:
            return name
        raise ModelError(
            f"the model was trained without labels and makes no {name!r}: "
            "leave the class out"
        )

    def class_of(self, kind: str) -> str:
        """Returns the class by which ``sounds.json`` names a kind."""
        return self.classes[self.kinds.index(kind)]


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
    known["classes"] = tuple(fields["classes"])
    known["directions"] = tuple(map(tuple, fields["directions"]))
    return validate(ModelInfo(**known))


def validate(info: ModelInfo) -> ModelInfo:
    """Returns ``info`` if all its values are valid.

    Raises:
      ModelError: invalid value, which the message names.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(info, name)
        if type(value) is not int or not low <= value <= high:
            raise ModelError(f"its {name} is {value!r:.50}")
    try:
        check_classes(info.classes)
    except ConfigError as error:
        raise ModelError(str(error)) from error
    if info.prior not in PRIORS or type(info.conditional) is not bool:
        raise ModelError(f"its prior is {info.prior!r:.50}")
    sizes = {len(direction) for direction in info.directions}
    numbers = [x for direction in info.directions for x in direction]
    if sizes != {info.latent_dim} or not all(
        isinstance(x, float) and abs(x) <= 1 for x in numbers
    ):
        raise ModelError("its directions are no unit vectors of its z")
    if not re.fullmatch("[0-9a-f]{64}", info.fingerprint):
        raise ModelError(f"its fingerprint is {info.fingerprint!r:.50}")
    return info
