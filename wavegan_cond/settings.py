"""Settings: dataclass fields that know their meaning and their range.

The flags of every command are made of such fields, and so is the configuration
of a run; a value outside its range is refused in one way. Nothing here imports
TensorFlow.
"""

import dataclasses
import math
from typing import Any

REQUIRED = dataclasses.MISSING  # the default of a setting without one


class ConfigError(ValueError):
    """Invalid value of a setting."""

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


def check_fields(config: Any) -> None:
    """Checks the fields of a frozen dataclass; whole numbers become floats.

    Raises:
      ConfigError: for the first field outside its range.
    """
    for field in dataclasses.fields(config):
        value, rule = getattr(config, field.name), field.metadata
        if not rule:
            continue
        if (
            field.type is float
            and type(value) is int
            and abs(value) <= rule["high"]
        ):
            value = float(value)
            object.__setattr__(config, field.name, value)
        if rule["choices"]:
            valid = value in rule["choices"]
        else:
            valid = type(value) is field.type and (
                field.type is str or rule["low"] <= value <= rule["high"]
            )
        if not valid:
            raise ConfigError(
                f"--{field.name}={value}: expected {describe_range(field)}"
            )


def describe_range(field: dataclasses.Field) -> str:
    """Returns the valid range in words, such as 'integer from 1 to 100'."""
    rule = field.metadata
    if rule["choices"]:
        return "one of " + ", ".join(rule["choices"])
    if field.type is bool:
        return "true or false"
    kind = "integer" if field.type is int else "number"
    return f"{kind} from {rule['low']:.12g} to {rule['high']:.12g}"
