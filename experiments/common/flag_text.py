"""Flagfiles and presets, and repairs of flags that shells left alone."""

import codecs
import os
import pathlib
import re
from collections.abc import Iterator, Sequence

from absl import flags

from wavegan_cond.storage.untrusted import read_bytes

MAX_BYTES = 1 << 20  # of a flagfile
CONFIGS = pathlib.Path(__file__).parent.parent / "configs"
_FLAGFILE = re.compile(r"--?flagfile(?:[=\s]\s*(.*))?")
_COMMENTS = ("#", "//")
_ENCODINGS = {  # by the mark in front; without one it is UTF-8
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"": "utf-8",
}
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


def expanded(
    argv: Sequence[str], within: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yields arguments, and in the place of a flagfile its lines.

    Empty lines and comments (``#``, ``//``) are left out, and so is a flagfile
    within itself.

    Args:
      argv: the arguments.
      within: the flagfiles that they come from.

    Raises:
      flags.Error: a flagfile is absent or cannot be read.
    """
    arguments = iter(argv)
    for argument in arguments:
        match = _FLAGFILE.fullmatch(argument)
        if argument == "--":  # what follows is no flag
            yield from (argument, *arguments)
        elif not match:
            yield argument
        else:
            name = next(arguments, "") if match[1] is None else match[1]
            path = find_flagfile(os.path.expanduser(name))
            if path not in within:
                yield from expanded(_flag_lines(path), (*within, path))


def find_flagfile(path: str) -> str:
    """Returns the path of a flagfile, or of the preset of that name.

    What is there is no name of a preset.

    Raises:
      flags.Error: there is neither, or no name.
    """
    if not path:
        raise flags.Error("--flagfile needs the name of a file or a preset")
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


def _flag_lines(path: str) -> list[str]:
    """Returns the lines of a flagfile that are flags.

    Editors of Windows write a byte order mark in front of the first.
    """
    try:
        content = read_bytes(path, MAX_BYTES)
        mark, encoding = next(
            pair for pair in _ENCODINGS.items() if content.startswith(pair[0])
        )
        text = content[len(mark) :].decode(encoding)
    except OSError as error:
        raise flags.Error(f"--flagfile={path}: {error.strerror}") from error
    except UnicodeError as error:
        raise flags.Error(f"--flagfile={path}: this is no text") from error
    except ValueError as error:
        raise flags.Error(f"--flagfile={path}: {error}") from error
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(_COMMENTS)]
