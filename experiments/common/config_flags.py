"""Flags made from the fields of a config: one definition serves both."""

import dataclasses
from typing import TypeVar

from absl import flags

Config = TypeVar("Config")


def define(
    config_class: type, values: flags.FlagValues, without: tuple[str, ...] = ()
) -> None:
    """Defines a flag for every field that is a setting, ``without`` some."""
    for field in dataclasses.fields(config_class):
        rule = field.metadata
        if not rule or field.name in without:
            continue
        arguments = {"help": rule["help"], "flag_values": values}
        if rule["choices"]:
            flags.DEFINE_enum(
                field.name, field.default, rule["choices"], **arguments
            )
            continue
        if field.type is bool:
            flags.DEFINE_bool(field.name, field.default, **arguments)
            continue
        if field.type is str:
            flags.DEFINE_string(field.name, field.default, **arguments)
            continue
        kind = flags.DEFINE_integer if field.type is int else flags.DEFINE_float
        bounds = {"lower_bound": rule["low"], "upper_bound": rule["high"]}
        kind(field.name, field.default, **bounds, **arguments)


def read(
    config_class: type[Config], values: flags.FlagValues, **given
) -> Config:
    """Returns the config the flags describe.

    Args:
      config_class: whose fields were defined.
      values: parsed.
      **given: fields that no flag gives.

    Raises:
      ConfigError: a value is out of its range.
    """
    named = {
        field.name: values[field.name].value
        for field in dataclasses.fields(config_class)
        if field.metadata and field.name not in given
    }
    return config_class(**named, **given)
