"""Hash of what programs do, whatever is said in them and how they are set."""

import ast
import hashlib
import json
from collections.abc import Iterable


def code_digest(programs: Iterable[bytes]) -> str:
    """Returns the SHA-256 of programs in Python, taken of their syntax trees.

    Comments, docstrings, blank lines and formatting do not change it; names,
    constants and the order of statements do. It is the same in Python 3.10 to
    3.13, as what a node leaves empty is left out: later versions added such
    fields. Only a format that ends with a replacement, such as
    ``f"{x:{width}}"``, is read otherwise by an early Python 3.12 (3.12.1).

    Args:
      programs: the source of each.

    Raises:
      SyntaxError: one is no program of this version of Python.
    """
    trees = [_outline(ast.parse(program)) for program in programs]
    text = json.dumps(trees, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _outline(part: object) -> str | list:
    """Returns a part of a syntax tree as JSON has it."""
    if isinstance(part, list):
        return [_outline(each) for each in part if not _is_remark(each)]
    if not isinstance(part, ast.AST):
        return ascii(part)
    filled = {
        name: _outline(value)
        for name, value in ast.iter_fields(part)
        if value not in (None, [])
    }
    return [type(part).__name__, filled]


def _is_remark(part: object) -> bool:
    """Says whether it is a statement that does nothing, such as a docstring."""
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
