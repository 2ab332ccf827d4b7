"""JSON that people read too."""

import json
from collections.abc import Sequence
from typing import Any

_plain = json.JSONEncoder(ensure_ascii=False).encode  # on one line


def to_text(value: Any) -> str:
    """Returns JSON with a line for each value, and one for a list of numbers.

    A hundred numbers below each other would hide the rest.
    """
    return _indented(value, "\n") + "\n"


def _indented(value: Any, margin: str) -> str:
    """Returns JSON whose lines begin with a margin, a newline and spaces."""
    if isinstance(value, dict):
        parts = [
            f"{_plain(key)}: {_indented(part, margin + ' ')}"
            for key, part in value.items()
        ]
        return _enclosed("{", parts, "}", margin)
    if isinstance(value, list | tuple) and not _are_numbers(value):
        parts = [_indented(part, margin + " ") for part in value]
        return _enclosed("[", parts, "]", margin)
    return _plain(value)


def _enclosed(start: str, parts: list[str], end: str, margin: str) -> str:
    """Returns the parts on lines of their own, within brackets."""
    lines = ",".join(f"{margin} {part}" for part in parts)
    return f"{start}{lines}{margin if parts else ''}{end}"


def _are_numbers(values: Sequence) -> bool:
    return all(isinstance(value, int | float) for value in values)
