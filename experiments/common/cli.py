"""How every script starts: flags in, an exit code out.

Each script owns its ``FlagValues``, so that many scripts can live in one
process. A wrong flag, or an error that carries ``exit_code``, ends the program
with one line on standard error instead of a traceback.
"""

import os
import sys
from collections.abc import Callable, Sequence

from absl import flags

USAGE_ERROR = 2
MOST_CHARACTERS = 1000  # of a complaint; it may quote what it complains of

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
