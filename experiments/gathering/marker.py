"""What this command notes of a folder it gathers to, in a file of its own.

A list of labels does not say whose a folder is: users write such lists, too.
"""

import dataclasses
import json
import pathlib

from wavegan_cond.storage import atomic
from wavegan_cond.storage.untrusted import read_json

NAME = ".gather.json"
MAX_BYTES = 1 << 16

Asked = dict[str, str | bool]  # flags by name


@dataclasses.dataclass(frozen=True)
class Marker:
    """What is known of a folder.

    Attributes:
      asked: the flags that say what belongs into it.
      labels: SHA-256 of the list of labels, of two while one replaces another.
    """

    asked: Asked
    labels: tuple[str, ...] = ()


def read(folder: pathlib.Path) -> Marker | None:
    """Returns the marker of a folder, None if there is no whole one."""
    try:
        noted = read_json(folder / NAME, MAX_BYTES)
        return Marker(dict(noted["asked"]), tuple(noted["labels"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write(folder: pathlib.Path, marker: Marker) -> None:
    """Notes a marker in its folder.

    Raises:
      WriteError: it cannot be written.
    """
    text = json.dumps(dataclasses.asdict(marker))
    atomic.write_text(folder / NAME, text + "\n")


def describe(asked: Asked) -> str:
    """Returns flags as a command line has them."""
    return " ".join(
        f"--{'' if value else 'no'}{name}"
        if isinstance(value, bool)
        else f"--{name}={value}"
        for name, value in asked.items()
    )
