"""Files that others may have written, read with limits."""

import json
import os
from typing import Any


def read_bytes(path: str | os.PathLike, most: int) -> bytes:
    """Returns the content of a file of at most ``most`` bytes.

    Raises:
      OSError: it cannot be read.
      ValueError: it is larger.
    """
    with open(path, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"it has more than {most} bytes")
    return data


def read_json(path: str | os.PathLike, most: int) -> Any:
    """Returns the content of a JSON file of at most ``most`` bytes.

    Raises:
      OSError: it cannot be read.
      ValueError: it is larger, is no UTF-8 or no JSON, or is nested too deep.
    """
    try:
        return json.loads(read_bytes(path, most).decode("utf-8"))
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def one_line(message: object, limit: int = 200) -> str:
    """Returns a message as one line of at most ``limit`` printable letters.

    A name in a file may hold what moves the cursor of a terminal.
    """
    text = " ".join(str(message).split())
    return "".join(c if c.isprintable() else "?" for c in text)[:limit]
