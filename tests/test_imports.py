"""The package rules: who may import what, and what must stay light."""

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.fixtures.environments import read_setup

ROOT = Path(__file__).resolve().parent.parent
OURS = ("wavegan_cond", "data_prep", "experiments")
TF = {"tensorflow", "tensorflow_io", "keras"}
HEAVY = TF | {"librosa", "matplotlib", "scipy", "numba"}
# Modules imported only by a command that was asked for what they need.
OPTIONAL = {"onnx_format.py", "pytorch.py", "pytorch_wavegan.py"}

# The rooms of wavegan_cond; each may import those above it, none below it.
ROOMS = (
    "storage",
    "settings",
    "config",
    "schedule",
    "model",
    "synthesis",
    "plotting",
    "evaluation",
    "training",
    "saved_models",
)

# Glob of files -> the modules or packages that none of them may import.
NEVER = {
    "wavegan_cond/**/*.py": {"data_prep", "experiments", "tests"},
    "data_prep/**/*.py": {"experiments", "tests"},
    "experiments/**/*.py": {"tests"},
    "wavegan_cond/settings.py": TF,
    "wavegan_cond/config.py": TF,
    "wavegan_cond/schedule.py": TF,
    "wavegan_cond/synthesis/latents.py": TF,
    "experiments/benchmark/textbook.py": {"tensorflow", "tensorflow_io"},
}


def imported(node, inside_functions=True):
    """The modules that the statements under ``node`` import."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (name.name for name in child.names)
        elif isinstance(child, ast.ImportFrom) and not child.level:
            yield from (f"{child.module}.{name.name}" for name in child.names)
        elif inside_functions or not isinstance(child, ast.FunctionDef):
            yield from imported(child, inside_functions)


def imported_by(path, inside_functions=True):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return set(imported(tree, inside_functions))


def packages(path, inside_functions=True):
    """The top-level packages among them."""
    return {n.split(".")[0] for n in imported_by(path, inside_functions)}


def run_fresh(code, *arguments):
    """Runs code in a process that has loaded nothing; it must not fail."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not done.returncode, done.stderr


@pytest.mark.parametrize(("files", "forbidden"), NEVER.items(), ids=NEVER)
def test_packages_keep_apart(files, forbidden):
    paths = list(ROOT.glob(files))
    assert paths, "moved?"
    for path in paths:
        broken = forbidden & packages(path)
        assert not broken, f"{path.relative_to(ROOT)} imports {broken}"


def test_data_prep_has_nothing_of_the_model_but_its_storage():
    for path in (ROOT / "data_prep").rglob("*.py"):
        for name in imported_by(path):
            if name.split(".")[0] == "wavegan_cond":
                assert name.startswith("wavegan_cond.storage."), path


def test_what_a_module_cannot_be_imported_without_is_declared():
    """Here, and not only by a package that brings it."""
    declared = {Requirement(r).name for r in read_setup()["install_requires"]}
    names = metadata.packages_distributions()
    for package in OURS:
        for path in (ROOT / package).rglob("*.py"):
            if path.name in OPTIONAL:
                continue
            others = packages(path, False) - {*OURS, *sys.stdlib_module_names}
            for name in others:
                assert declared & set(names.get(name, ())), f"{path}: {name}"


def test_storage_needs_the_standard_library_alone():
    for path in (ROOT / "wavegan_cond/storage").glob("*.py"):
        for name in imported_by(path):
            top, _, rest = name.partition(".")
            ours = top == "wavegan_cond" and rest.startswith("storage.")
            assert ours or top in sys.stdlib_module_names, (path, name)


def test_no_room_imports_one_that_is_built_upon_it():
    folder = ROOT / "wavegan_cond"
    paths = [path for path in folder.rglob("*.py") if path.parent != folder]
    single = "settings.py", "config.py", "schedule.py"
    paths += [folder / name for name in single]
    there = {path.name for path in folder.glob("*.py")}
    assert there == {"__init__.py", *single}
    for path in paths:
        own = path.relative_to(folder).with_suffix("").parts[0]
        for name in imported_by(path):
            if name.startswith("wavegan_cond."):
                other = name.split(".")[1]
                assert ROOMS.index(other) <= ROOMS.index(own), (path, name)


def test_no_command_is_imported_but_the_one_that_trains():
    """Quickstart is a tour of the others."""
    folder = ROOT / "experiments"
    commands = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert {"train", "quickstart"} < commands
    for path in set(folder.rglob("*.py")) - {folder / "quickstart.py"}:
        for name in imported_by(path):
            if name.startswith("experiments."):
                other = name.split(".")[1]
                assert other not in commands - {"train"}, (path, name)


@pytest.mark.parametrize(
    ("own", "others"), [("common", set()), ("kit", {"common"})]
)
def test_what_commands_use_has_nothing_of_theirs(own, others):
    for path in (ROOT / "experiments" / own).glob("*.py"):
        for name in imported_by(path):
            if name.startswith("experiments."):
                assert name.split(".")[1] in {own, *others}, (path, name)


def test_the_networks_are_pure_keras():
    paths = (ROOT / "wavegan_cond/model").glob("*.py")
    using = {path.name for path in paths if packages(path) & (TF - {"keras"})}
    assert using == {"draws.py", "wavegan.py", "xla.py"}  # the training step


def test_data_prep_needs_tensorflow_for_its_batches_alone():
    paths = (ROOT / "data_prep").rglob("*.py")
    using = {path.name for path in paths if TF & packages(path)}
    assert using == {"batches.py"}


def test_the_top_level_holds_what_it_should():
    command = ["git", "ls-tree", "--name-only", "HEAD"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no git")
    if done.returncode:
        pytest.skip("not a checkout")
    folders = {*OURS, "tests", "docker", ".ci"}
    files = {"setup.py", "pyproject.toml", ".gitignore", "LICENSE"}
    pages = {"README.md", "CHANGELOG.md"}
    assert set(done.stdout.split()) == folders | files | pages


def test_librosa_is_never_imported_when_a_module_loads():
    for package in OURS:
        for path in (ROOT / package).rglob("*.py"):
            loaded = packages(path, inside_functions=False)
            assert "librosa" not in loaded, path


def test_scripts_load_nothing_heavy_before_their_flags_are_checked():
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / "experiments").rglob("*.py")
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
    run_fresh(code, ",".join(HEAVY), *names)


@pytest.mark.parametrize("package", ["wavegan_cond", "data_prep"])
def test_a_package_offers_its_names_without_loading_them(package):
    code = (
        "import importlib, sys\n"
        "package = importlib.import_module(sys.argv[1])\n"
        "assert set(package.__all__) <= set(dir(package))\n"
        "heavy = set(sys.argv[2].split(',')) & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "try:\n"
        "    package.absent\n"
        "except AttributeError as error:\n"
        "    assert 'absent' in str(error)\n"
        "else:\n"
        "    raise AssertionError\n"
        "for name in package.__all__:\n"
        "    assert callable(getattr(package, name)), name\n"
    )
    run_fresh(code, package, ",".join(HEAVY))


@pytest.mark.parametrize("first", ["", "import data_prep.pipeline\n"])
def test_prepare_is_a_function_whatever_was_imported(first):
    code = first + (
        "from data_prep import Options, Source, prepare\n"
        "from data_prep.pipeline import PrepareError\n"
        "import pathlib\n"
        "absent = Source(pathlib.Path('absent'))\n"
        "try:\n"
        "    prepare([absent], 'nowhere', Options())\n"
        "except PrepareError as error:\n"
        "    assert 'absent is not a folder' in str(error)\n"
        "else:\n"
        "    raise AssertionError\n"
    )
    run_fresh(code)
