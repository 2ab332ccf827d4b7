"""The rules of a store: what they do counts, not how they are described."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from data_prep import inputs

PACKAGE = Path(inputs.__file__).parent


@pytest.fixture
def rules_of(tmp_path):
    """The digest of this package's rules, a text of one file replaced."""

    def digest(file, old, new):
        shutil.copytree(PACKAGE, tmp_path / "copy", dirs_exist_ok=True)
        path = tmp_path / "copy" / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        spec = importlib.util.spec_from_file_location(
            "copied_inputs", tmp_path / "copy/inputs.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.rules_digest()

    return digest


@pytest.mark.parametrize(
    "file", ["audio/decode.py", "labels/rules.py", "selection/split.py"]
)
def test_rules_that_are_described_otherwise_are_the_same(rules_of, file):
    same = inputs.rules_digest()
    assert rules_of(file, '"""Returns ', '"""Gives ') == same
    assert rules_of(file, "\n\n\n", "\n# Of late.\n\n") == same


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("audio/decode.py", " > ", " >= "),
        ("labels/vocabulary.py", '"kick"', '"kik"'),
        ("selection/split.py", " + ", " - "),
    ],
)
def test_other_rules_are_told(rules_of, file, old, new):
    assert rules_of(file, old, new) != inputs.rules_digest()
