"""Flags and exit codes for every command.

A command declares its flags as the fields of a dataclass, and owns the
``FlagValues`` that ``make_flags`` makes of them. They are not in the
process-wide ``absl.flags.FLAGS``: commands that call each other share names
(--seed, --num), which absl refuses to define twice, and would accept each
other's flags. ``absl.app.run`` would also add flags of its own, and end a wrong
use with a page of text; here that, and every error that carries ``exit_code``,
is one line on standard error.
"""

import copy
import dataclasses
import errno
import math
import signal
import sys
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from absl import flags

from experiments.common import flag_text, streams
from wavegan_cond.settings import REQUIRED

USAGE_ERROR = 2
MAX_CHARACTERS = 1000  # of a complaint; it may quote what it complains of
WRITE_ERROR = 4
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG)

Config = TypeVar("Config")
Values = flags.FlagValues  # those of a command, as parsed
DEFINE = {
    bool: flags.DEFINE_bool,
    str: flags.DEFINE_string,
    int: flags.DEFINE_integer,
    float: flags.DEFINE_float,
    tuple: flags.DEFINE_list,
    list: flags.DEFINE_multi_string,
}

flags.disclaim_key_flags()  # --help lists them below the command's name


class UsageError(Exception):
    """The command cannot run as it was given; the message says what to do."""

    exit_code = USAGE_ERROR


def parse(
    values: Values, usage: str, argv: Sequence[str] | None = None
) -> Values:
    """Returns the flags as the command line sets them; exits 2 for a wrong one.

    Args:
      values: the command's flags, which stay as they are; ``--flagfile`` is
        understood as well.
      usage: printed for ``--help``, the script's docstring.
      argv: the command line, ``sys.argv`` by default.
    """
    argv = list(sys.argv if argv is None else argv)
    values = copy.deepcopy(values)
    if any(argument in ("--help", "-h", "-help") for argument in argv[1:]):
        print(usage.strip() + "\n\nFlags:" + values.get_help(prefix="  "))
        raise SystemExit(0)
    try:
        rest = values(list(flag_text.expanded(argv)))[1:]
    except flags.Error as error:
        fail(f"{flag_text.explain(error)} (--help lists the flags)")
    flag_text.expand_home(values)
    if rest:
        fail(f"unexpected argument {rest[0]!r}: flags are --name=value")
    return values


def run(
    main: Callable[[Values], int | None],
    values: Values,
    usage: str,
    argv: Sequence[str] | None = None,
) -> None:
    """Parses the flags, calls ``main`` with them and exits with its result.

    Output that cannot be written ends nothing; that standard output found no
    room is told in the end. Ctrl-C is one line.
    """
    with streams.unbreakable() as lost:
        values = parse(values, usage, argv)
        try:
            code = main(values) or 0
        except KeyboardInterrupt:
            fail("interrupted", 128 + signal.SIGINT)
        except Exception as error:
            code = exit_code(error)
            if code is None:
                raise
            fail(describe(error), code)
        if not code and (error := lost()):
            fail(f"cannot write standard output: {error.strerror}", WRITE_ERROR)
        raise SystemExit(code)


def exit_code(error: Exception) -> int | None:
    """Returns what a command ends with; None for what is a bug.

    A file that cannot be used is no bug, whoever met it.
    """
    if isinstance(error, OSError) and not hasattr(error, "exit_code"):
        return WRITE_ERROR if error.errno in NO_ROOM else USAGE_ERROR
    if is_out_of_memory(error):
        return USAGE_ERROR
    return getattr(error, "exit_code", None)


def is_out_of_memory(error: Exception) -> bool:
    """Says whether memory ran out: Python's, or that of a device."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow and isinstance(
        error, tensorflow.errors.ResourceExhaustedError
    ):
        return True
    return isinstance(error, MemoryError)


def describe(error: Exception) -> str:
    """Returns the message of an error, for a line."""
    if is_out_of_memory(error):
        text = str(error).partition("\n")[0]
        return f"this needs more memory than there is: {text}"
    reason = getattr(error, "strerror", None)
    name = getattr(error, "filename", None)
    return f"{name}: {reason}" if reason and name else str(error)


def fail(message: str, code: int = USAGE_ERROR) -> None:
    """Ends the program with one line on standard error, of bounded length."""
    line = " ".join(message.split())[:MAX_CHARACTERS]
    print(f"error: {line}", file=sys.stderr)
    raise SystemExit(code)


def make_flags(*config_classes: type, without: tuple[str, ...] = ()) -> Values:
    """Returns flags for the fields of dataclasses that are settings.

    A field without a default is a flag that must be given.

    Args:
      *config_classes: dataclasses of different field names.
      without: names of fields that get no flag.
    """
    values = Values()
    for config_class in config_classes:
        for field in dataclasses.fields(config_class):
            if field.metadata and field.name not in without:
                _define(field, values)
    return values


def _define(field: dataclasses.Field, values: Values) -> None:
    rule, default = field.metadata, field.default
    arguments = {"help": rule["help"], "flag_values": values}
    if default is dataclasses.MISSING:
        default, arguments["required"] = None, True
    if rule["choices"]:
        texts = list(map(str, rule["choices"]))
        default = default if default is None else str(default)
        flags.DEFINE_enum(field.name, default, texts, **arguments)
        return
    kind = _kind(field)
    if kind in (int, float):
        for bound, limit in (("lower", "low"), ("upper", "high")):
            if math.isfinite(rule[limit]):
                arguments[f"{bound}_bound"] = rule[limit]
    elif kind is tuple and default is not None:
        default = list(default)
    if rule["repeated"]:
        kind = list
    DEFINE[kind](field.name, default, **arguments)
    if kind is float:  # nan is within all bounds
        flags.register_validator(
            field.name,
            lambda value: value is None or math.isfinite(value),
            message="expected a finite number",
            flag_values=values,
        )


def _kind(field: dataclasses.Field) -> type:
    """Returns the type of a field's values, None and items aside."""
    kind = field.type
    if isinstance(kind, types.UnionType):  # such as int | None
        kind = typing.get_args(kind)[0]
    return typing.get_origin(kind) or kind


def _is_empty(value: Any) -> bool:
    """Says whether a flag has no text, or a list none or an empty item."""
    return value in ("", []) or (isinstance(value, list) and "" in value)


def check_items(name: str, items: Sequence[str]) -> None:
    """Raises UsageError if a flag that is a list has none, or an empty item."""
    if not any(items):
        raise UsageError(f"--{name}= is empty: name something, or leave it out")
    if "" in items:
        raise UsageError(
            f"--{name}={','.join(items)}: a part of it is empty; leave out "
            "what is not there"
        )


def read_config(
    config_class: type[Config], values: Values, **given: Any
) -> Config:
    """Returns the dataclass that the flags describe.

    Args:
      config_class: dataclass whose fields have flags.
      values: parsed flags.
      **given: fields that no flag gives.

    Raises:
      UsageError: a flag is empty that is needed, or is better left out; or an
        item of a list is, as of a variable that is not set.
      ConfigError: a value is out of its range.
    """
    for field in dataclasses.fields(config_class):
        if field.metadata and field.name not in given:
            value = values[field.name].value
            if field.default is REQUIRED and _is_empty(value):
                raise UsageError(f"--{field.name} is needed: it is empty")
            if field.default is None and value == "":
                raise UsageError(f"--{field.name}= is empty: leave it out")
            if isinstance(value, list) and values[field.name].present:
                check_items(field.name, value)
            # The flag of a tuple is a list, and one of choices a text.
            convert = _kind(field) in (tuple, int) and value is not None
            given[field.name] = _kind(field)(value) if convert else value
    return config_class(**given)
