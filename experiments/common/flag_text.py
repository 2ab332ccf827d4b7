"""Repairs of flag text that shells and editors have changed."""

import codecs
import os
import re
from collections.abc import Iterator, Sequence

from absl import flags

_FLAGFILE = re.compile(r"--?flagfile=(.+)")


def without_marks(
    argv: Sequence[str], within: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yields arguments with the lines of flagfiles that begin with a mark.

    Editors of Windows write a byte order mark, which absl takes for a flag.
    Flagfiles without one, or that cannot be read, are left to absl.

    Args:
      argv: the arguments.
      within: the flagfiles that they come from.
    """
    for argument in argv:
        match = _FLAGFILE.fullmatch(argument)
        path = os.path.expanduser(match[1]) if match else None
        if path in within:
            continue  # as absl does where a file names itself
        text = _read_marked(path) if path else None
        if text is None:
            yield argument
            continue
        lines = [line.strip() for line in text.splitlines()]
        flag_lines = [
            line for line in lines if line and not line.startswith(("#", "//"))
        ]
        yield from without_marks(flag_lines, (*within, path))


def expand_home(values: flags.FlagValues) -> None:
    """Puts the home folder for ``~`` at the beginning of values.

    Shells do so for a word, and not behind ``--input_dir=``.
    """
    for name in values:
        flag = values[name]
        if isinstance(flag.value, str):
            flag.value = os.path.expanduser(flag.value)
        elif isinstance(flag.value, list):
            flag.value = [
                ",".join(map(os.path.expanduser, item.split(",")))
                if isinstance(item, str)
                else item
                for item in flag.value
            ]


def _read_marked(path: str) -> str | None:
    """Returns the text of a file that begins with a byte order mark."""
    marks = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le"}
    marks[codecs.BOM_UTF16_BE] = "utf-16-be"
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return None
    for mark, encoding in marks.items():
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                return None
    return None
