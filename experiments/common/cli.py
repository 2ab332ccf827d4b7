"""What every script shares: flags in, an exit code out, TensorFlow quietly.

Each script owns its ``FlagValues``, so that many scripts can live in one
process. A wrong flag, or an error that carries ``exit_code``, ends the program
with one line on standard error instead of a traceback.
"""

import contextlib
import dataclasses
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from absl import flags

USAGE_ERROR = 2
MOST_CHARACTERS = 1000  # of a complaint; it may quote what it complains of

Config = TypeVar("Config")
# Information and warnings, in the two forms they have had; of the errors, that
# there is no CUDA device and that a CUDA plugin was registered twice.
CHATTER = re.compile(
    rb"WARNING: All log messages before absl|[IW]\d{4} "
    rb"|\d{4}-\d\d-\d\d .*: [IW] |To enable the following instructions"
    rb"|.*UNKNOWN ERROR \(303\)|.*no CUDA-capable device"
    rb"|.*Unable to register cu"
)

# TensorFlow reads this when it is imported: no start-up chatter.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


class UsageError(Exception):
    """The command cannot run as it was given; the message says what to do."""

    exit_code = USAGE_ERROR


def parse(
    values: flags.FlagValues, usage: str, argv: Sequence[str] | None = None
) -> flags.FlagValues:
    """Parses the command line into ``values``; exits 2 for a wrong one.

    Args:
      values: the script's flags; ``--flagfile`` is understood as well.
      usage: printed for ``--help``, the script's docstring.
      argv: the command line, ``sys.argv`` by default.
    """
    argv = list(sys.argv if argv is None else argv)
    if any(argument in ("--help", "-h", "-help") for argument in argv[1:]):
        print(usage.strip() + "\n\nFlags:" + values.get_help(prefix="  "))
        raise SystemExit(0)
    try:
        rest = values(argv)[1:]
    except flags.Error as error:
        fail(f"{error} (--help lists the flags)")
    if rest:
        fail(f"unexpected argument {rest[0]!r}: flags are --name=value")
    return values


def run(
    main: Callable[[flags.FlagValues], int | None],
    values: flags.FlagValues,
    usage: str,
    argv: Sequence[str] | None = None,
) -> None:
    """Parses the flags, calls ``main`` with them and exits with its result."""
    parse(values, usage, argv)
    try:
        raise SystemExit(main(values) or 0)
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if code is None:
            raise
        fail(str(error), code)


def fail(message: str, code: int = USAGE_ERROR) -> None:
    """Ends the program with one line on standard error, of bounded length."""
    line = " ".join(message.split())[:MOST_CHARACTERS]
    print(f"error: {line}", file=sys.stderr)
    raise SystemExit(code)


def define_config(
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


def read_config(
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


def define_model(values: flags.FlagValues) -> None:
    """Adds --model, --checkpoint and --trust_model to a script's flags."""
    flags.DEFINE_string(
        "model", None, "a run folder, or a SavedModel", flag_values=values
    )
    define_checkpoint(values)
    flags.DEFINE_bool(
        "trust_model",
        False,
        "load a SavedModel of another program, which may run anything",
        flag_values=values,
    )


def define_checkpoint(values: flags.FlagValues) -> None:
    """Adds --checkpoint and --full_rate to a script's flags."""
    flags.DEFINE_string(
        "checkpoint",
        "newest",
        "of a run folder: newest, best or an iteration",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "full_rate",
        False,
        "of a run folder that has not grown up: bring its sounds up to the "
        "full length and rate",
        flag_values=values,
    )


def define_truncation(values: flags.FlagValues) -> None:
    """Adds --truncation to a script's flags."""
    flags.DEFINE_float(
        "truncation",
        1.0,
        "scale of every latent vector that is drawn: below 1 fewer sounds are "
        "odd, and they are more alike",
        1e-3,
        1.0,
        flag_values=values,
    )


def model_loading(values: flags.FlagValues) -> dict:
    """Returns the arguments of ``load.load_model`` beside the path."""
    return {
        "checkpoint": values.checkpoint,
        "trust": values.trust_model,
        "full_rate": values.full_rate,
    }


def import_tensorflow() -> None:
    """Imports TensorFlow without what it prints about itself.

    From 2.17 on, TensorFlow writes some lines on standard error before it reads
    TF_CPP_MIN_LOG_LEVEL: that there is no GPU, that oneDNN is on. They would be
    the first thing a user sees of every command. Other lines still show. And a
    quarter of the time would go to scikit-learn, which Keras imports for
    wrappers that nothing here uses.
    """
    if "tensorflow" in sys.modules:
        return
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            with _without("sklearn"):
                import tensorflow as tf

            tf.config.list_physical_devices()
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
            held.seek(0)
            for line in held:
                if not CHATTER.match(line):
                    os.write(2, line)


@contextlib.contextmanager
def _without(package: str) -> Iterator[None]:
    """Has imports of a package fail, unless it is imported already."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None
    try:
        yield
    finally:
        del sys.modules[package]
