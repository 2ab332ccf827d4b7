"""Every command that a page, a docstring or a preset shows is one that works.

Its module exists and takes its flags; it is not run.
"""

import ast
import copy
import importlib
import re
import shlex

import pytest

from tests.fixtures.environments import ROOT

SHOWN = re.compile(
    r"(?:python3? -m |(?:experiments|docker)/run\.sh )(?=experiments|tests)"
)
OTHER = {"tests", "tests.reliability.sabotage"}  # whose flags are another's
OF_A_RUN = "--flagfile=runs/drums/flags.txt"
LOOP = re.compile(r"\bfor (\w+) in (\S+)")  # of the shell
FOLDERS = ("wavegan_cond", "data_prep", "experiments", "tests", "docker")
KINDS = ("*.md", "*.py", "*.flags", "*.sh")
COMMENT = re.compile(r"^\s*#?\s*")


def pages():
    """Every file that may show a command."""
    yield from ROOT.glob("*.md")
    for folder in FOLDERS:
        for kind in KINDS:
            yield from (ROOT / folder).rglob(kind)


def lines_of(path):
    """Lines as they are read: of a module those of its docstring."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        text = docstring(text)
    return [COMMENT.sub("", line) for line in text.splitlines()]


def docstring(text):
    """The docstring of a module, as --help prints it."""
    return ast.get_docstring(ast.parse(text), clean=False) or ""


def commands_in(lines):
    """Yields (module, arguments) of each command, its lines joined."""
    lines, loop = iter(lines), {}
    for line in lines:
        loop.update(LOOP.findall(line))
        if not SHOWN.match(line):
            continue
        while line.endswith("\\"):
            line = line[:-1] + next(lines)
        line = SHOWN.sub("", line, count=1)
        for name, value in loop.items():
            line = line.replace(f"${name}", value)
        words = shlex.split(re.sub(r"[\[\]]", "", line), comments=True)
        if words:
            yield words[0], words[1:]


SHOWN_COMMANDS = sorted(
    {
        (module, tuple(arguments), str(path.relative_to(ROOT)))
        for path in pages()
        for module, arguments in commands_in(lines_of(path))
    }
)


def module_of(name):
    """The module that ``python -m name`` runs."""
    module = importlib.import_module(name)
    if hasattr(module, "__path__"):
        module = importlib.import_module(f"{name}.__main__")
    return module


@pytest.mark.parametrize(
    ("name", "arguments", "place"),
    SHOWN_COMMANDS,
    ids=[f"{place}: {name}" for name, _, place in SHOWN_COMMANDS],
)
def test_a_command_that_is_shown_is_understood(
    name, arguments, place, monkeypatch
):
    assert not any("\\" in word for word in arguments), "copied, it fails"
    if name in OTHER or "--help" in arguments:
        return
    monkeypatch.chdir(ROOT)  # where flagfiles are
    values = copy.deepcopy(module_of(name).FLAGS)
    values.unparse_flags()
    if OF_A_RUN in arguments:  # it is there once the run is
        arguments = [
            word.replace(OF_A_RUN, "--data_dir=d") for word in arguments
        ]
    # The first word is the program; another one left over is no flag.
    assert values([name, *arguments]) == [name]
    for word in arguments:
        flag, _, said = word.removeprefix("--").partition("=")
        if said and flag != "flagfile" and not values[flag].using_default_value:
            meant, held = values[flag].parser.parse(said), values[flag].value
            meant, held = (
                x if isinstance(x, list) else [x] for x in (meant, held)
            )
            # One that may be repeated holds what the others said as well.
            assert set(meant) <= set(held), f"{word} is lost"


def test_commands_are_found():
    shown = [(module, place) for module, _, place in SHOWN_COMMANDS]
    assert ("experiments.train", "README.md") in shown
    assert ("experiments.train", "experiments/train.py") in shown
    assert ("experiments.train", "experiments/configs/best.flags") in shown
    assert ("experiments.quickstart", "experiments/quickstart.py") in shown
    loop = "for e in d f; do"
    lines = [loop, "python -m experiments.b --c=$e \\", "  [--e]", "pip x"]
    found = list(commands_in(lines))
    assert found == [("experiments.b", ["--c=d", "--e"])]
