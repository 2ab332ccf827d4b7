"""The package rules: who may import what, and what must stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TF = {"tensorflow", "tensorflow_io", "keras"}
HEAVY = TF | {"librosa", "matplotlib", "scipy", "numba"}

# Glob of files -> the packages that none of them may import anywhere.
NEVER = {
    "wavegan_cond/**/*.py": {"data_prep", "experiments", "tests"},
    "data_prep/**/*.py": {"wavegan_cond", "experiments", "tests"},
    "experiments/**/*.py": {"tests"},
    "wavegan_cond/config.py": TF,
    "wavegan_cond/latents.py": TF,
    "wavegan_cond/schedule.py": TF,
    "wavegan_cond/conditional.py": {"tensorflow", "tensorflow_io"},
    "wavegan_cond/layers.py": {"tensorflow", "tensorflow_io"},
    "wavegan_cond/networks.py": {"tensorflow", "tensorflow_io"},
    "wavegan_cond/resample.py": {"tensorflow", "tensorflow_io"},
    "wavegan_cond/textbook.py": {"tensorflow", "tensorflow_io"},
}


def imported(node, inside_functions=True):
    """The top-level packages that the statements under ``node`` import."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (name.name.split(".")[0] for name in child.names)
        elif isinstance(child, ast.ImportFrom) and not child.level:
            yield child.module.split(".")[0]
        elif inside_functions or not isinstance(child, ast.FunctionDef):
            yield from imported(child, inside_functions)


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("files", "forbidden"), NEVER.items(), ids=NEVER)
def test_packages_keep_apart(files, forbidden):
    for path in ROOT.glob(files):
        broken = forbidden & set(imported(parse(path)))
        assert not broken, f"{path.relative_to(ROOT)} imports {broken}"


def test_data_prep_needs_tensorflow_for_its_batches_alone():
    paths = (ROOT / "data_prep").rglob("*.py")
    using = {path.name for path in paths if TF & set(imported(parse(path)))}
    assert using == {"batches.py"}


def test_librosa_is_never_imported_when_a_module_loads():
    for package in ("wavegan_cond", "data_prep", "experiments"):
        for path in (ROOT / package).rglob("*.py"):
            loaded = set(imported(parse(path), inside_functions=False))
            assert "librosa" not in loaded, path


def test_scripts_load_nothing_heavy_before_their_flags_are_checked():
    names = [
        f"experiments.{path.stem}"
        for path in (ROOT / "experiments").glob("*.py")
        if "\nif __name__ ==" in path.read_text(encoding="utf-8")
    ]
    assert "experiments.train" in names
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[2:]:\n"
        "    importlib.import_module(name)\n"
        "    heavy = set(sys.argv[1].split(',')) & set(sys.modules)\n"
        "    assert not heavy, f'{name} loads {heavy}'\n"
    )
    command = [sys.executable, "-c", code, ",".join(HEAVY), *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
