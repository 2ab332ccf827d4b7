"""Repairs of flag text that shells and editors changed; presets by name."""

import codecs
import os
import pathlib
import re
from collections.abc import Iterator, Sequence

from absl import flags

from wavegan_cond.storage.untrusted import read_bytes

MAX_BYTES = 1 << 20  # of a flagfile
CONFIGS = pathlib.Path(__file__).parent.parent / "configs"
_FLAGFILE = re.compile(r"--?flagfile=(.+)")
_PLACES = ("", "experiments/configs")  # in which a preset is looked for
# What absl says of a flag that has no value, or one of another type.
_SAYINGS = (
    (r"flag (--\w+)=None: Flag \1 must have a value.*", r"\1 is needed"),
    (
        r"flag (--\w+=.*?): invalid literal for int.*",
        r"\1: expected an integer",
    ),
    (r"flag (--\w+=.*?): could not convert.*", r"\1: expected a number"),
)


def without_marks(
    argv: Sequence[str], within: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yields arguments with the lines of flagfiles that begin with a mark.

    Editors of Windows write a byte order mark, which absl takes for a flag.
    Flagfiles without one, or that cannot be read, are left to absl; the name of
    a preset becomes its path.

    Args:
      argv: the arguments.
      within: the flagfiles that they come from.
    """
    for argument in argv:
        match = _FLAGFILE.fullmatch(argument)
        path = find_flagfile(os.path.expanduser(match[1])) if match else None
        if path in within:
            continue  # as absl does where a file names itself
        text = _read_marked(path) if path else None
        if text is None:
            yield f"--flagfile={path}" if path else argument
            continue
        lines = [line.strip() for line in text.splitlines()]
        flag_lines = [
            line for line in lines if line and not line.startswith(("#", "//"))
        ]
        yield from without_marks(flag_lines, (*within, path))


def find_flagfile(path: str) -> str:
    """Returns the path of a flagfile, or of the preset of that name.

    What is there is no name of a preset.

    Raises:
      flags.Error: there is neither.
    """
    if os.path.exists(path):
        return path
    place, name = os.path.split(path)
    for file in (name, f"{name}.flags"):
        if place in _PLACES and (CONFIGS / file).is_file():
            return str(CONFIGS / file)
    presets = ", ".join(sorted(file.stem for file in CONFIGS.glob("*.flags")))
    raise flags.Error(
        f"--flagfile={path}: there is no such file, and the presets are "
        f"{presets}"
    )


def explain(error: Exception) -> str:
    """Returns what absl says of a wrong flag, in words of a person."""
    text = str(error)
    for said, better in _SAYINGS:
        text, found = re.subn(said, better, text, flags=re.DOTALL)
        if found:
            break
    return text


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
    """Returns the text of a file that begins with a byte order mark.

    Raises:
      flags.Error: it is no regular file, or not of a flagfile's size.
    """
    marks = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le"}
    marks[codecs.BOM_UTF16_BE] = "utf-16-be"
    try:
        content = read_bytes(path, MAX_BYTES)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise flags.Error(f"--flagfile={path} cannot be read: {why}") from error
    for mark, encoding in marks.items():
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                return None
    return None
