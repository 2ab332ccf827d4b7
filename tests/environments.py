"""The project folder, and what its setup.py asks for."""

import ast
from pathlib import Path

import experiments

ROOT = Path(experiments.__file__).resolve().parent.parent


def read_setup():
    """The literal arguments of setup.py's one call, without running it."""
    tree = ast.parse((ROOT / "setup.py").read_text("utf-8"))
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            try:
                found[node.arg] = ast.literal_eval(node.value)
            except ValueError:
                continue  # the long description and the list of packages
    return found
