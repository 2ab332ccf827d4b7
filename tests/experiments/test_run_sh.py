"""Making an environment, without a network and without installing."""

import ast
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from packaging.requirements import Requirement

import experiments
from experiments import explore
from tests.fixtures.environments import ROOT, read_setup

# Stands in for an interpreter: notes what it was asked, and copies itself to
# where venv would put Python. It is no Python 3.10 to 3.12 where REFUSES says
# so, and waits for ever in a step that HANGS names.
PYTHON = """#!/bin/sh
echo "$@" >> "$CALLS"; pwd > "$CALLS.place"
case "$*" in *"${REFUSES:-never}"*) exit 1;; esac
case "$*" in *"${HANGS:-never}"*) exec sleep 60;; esac
case "$*" in
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python";;
esac
"""
TOOLS = "cat cksum cp dirname flock ls mkdir rm sed sleep tr".split()


@pytest.fixture
def project(tmp_path):
    """A folder with setup.py and run.sh, and a path with one Python."""
    root = tmp_path / "my project"
    (root / "experiments").mkdir(parents=True)
    shutil.copy(ROOT / "experiments/run.sh", root / "experiments/run.sh")
    (root / "setup.py").write_text("setup()")
    (root / "experiments/train.py").write_text('r"""Trains.\n\n  It."""\nx')
    (root / "tests").mkdir()
    (root / "tests/__main__.py").write_text('"""Tests."""\n\nx\n"""y"""')
    (tmp_path / "bin").mkdir()
    for name in TOOLS:
        if path := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(path)
    (tmp_path / "bin/python3.12").write_text(PYTHON)
    (tmp_path / "bin/python3.12").chmod(0o755)
    return root


def start(project, *arguments, **variables):
    environment = {
        "PATH": str(project.parent / "bin"),
        "CALLS": str(project.parent / "calls"),
        **variables,
    }
    return subprocess.Popen(
        [project / "experiments/run.sh", *arguments],
        env=environment,
        cwd=project.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def run(project, *arguments, **variables):
    """Returns the exit code, what the interpreter was asked, and the errors."""
    process = start(project, *arguments, **variables)
    _, errors = process.communicate(timeout=60)
    path = project.parent / "calls"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return process.returncode, lines, errors


def test_it_installs_once_and_runs_the_command(project):
    venv = project / ".venv"
    code, calls, errors = run(project, "experiments.train", "--a b", "--c=d")
    assert not code and f". {venv}/bin/activate" in errors
    assert calls[2:] == [
        f"-m venv {venv}",
        "-m pip install --upgrade pip",
        "-m pip install --editable .[test]",
        "-m experiments.train --a b --c=d",
    ]
    code, calls, _ = run(project, "tests")
    assert (code, calls) == (0, ["-m tests"])


@pytest.mark.parametrize("venv", ["", "made here"])
def test_paths_are_those_of_the_caller(project, venv):
    """Who stands elsewhere means a folder there; tests begin in the root."""
    caller = project.parent
    for command, place in (("experiments.train", caller), ("tests", project)):
        assert not run(project, command, WAVEGAN_VENV=venv)[0]
        assert (caller / "calls.place").read_text().strip() == str(place)
    assert (caller / (venv or project / ".venv") / "bin/python").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [("experiments.train", "Trains.\n\n  It.\n"), ("tests", "Tests.\n")],
)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_needs_no_environment(project, command, said, flag):
    process = start(project, command, "--a=b", flag)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, said, "")
    assert not (project / ".venv").exists()
    run(project)
    calls = run(project, command, flag)[1]
    assert calls == [f"-m {command} {flag}"]


def test_a_flag_that_begins_like_help_is_not_for_help(project):
    words = "--half_life=5000", "--half", "--a=b --help"
    code, calls, _ = run(project, "experiments.train", *words)
    assert code == 0
    assert calls[-1] == f"-m experiments.train {' '.join(words)}"


@pytest.mark.parametrize(
    "typo", ["experiments.quikstart", "experiment.train", "trian", "--help"]
)
def test_a_command_that_is_none_ends_at_once(project, typo):
    code, calls, errors = run(project, typo)
    assert (code, calls) == (2, []) and not (project / ".venv").exists()
    assert errors.startswith(f"error: no command {typo}: ")
    assert errors.count("\n") == 1


def test_the_help_of_a_real_command():
    variables = {**os.environ, "WAVEGAN_VENV": "/nowhere"}
    command = [ROOT / "experiments/run.sh", "experiments.quickstart", "--help"]
    done = subprocess.run(
        command, env=variables, capture_output=True, text=True, check=True
    )
    text = (ROOT / "experiments/quickstart.py").read_text("utf-8")
    assert (
        done.stdout.strip()
        == ast.get_docstring(ast.parse(text), clean=False).strip()
    )


def test_without_a_command_it_only_installs(project):
    code, calls, _ = run(project)
    assert not code and calls[-1].endswith("--editable .[test]")
    assert run(project)[:2] == (0, [])


def test_another_setup_or_place_is_installed_from_scratch(project):
    run(project)
    left = project / ".venv/left_behind"
    left.mkdir()
    (project / "setup.py").write_text("setup(another=True)")
    assert any("-m venv" in call for call in run(project)[1])
    assert not left.exists()
    moved = project.rename(project.with_name("moved"))
    assert any("-m venv" in call for call in run(moved)[1])


@pytest.mark.parametrize("step", ["--upgrade", "--editable"])
def test_a_failed_installation_is_said_and_started_over(project, step):
    code, _, errors = run(project, "tests", REFUSES=step)
    assert code == 2 and errors.startswith("error: ") and ".venv" in errors
    code, calls, _ = run(project, "tests")
    assert not code and "-m venv" in calls[2] and calls[-1] == "-m tests"


def test_a_killed_installation_is_started_over(project):
    process = start(project, "tests", HANGS="--editable")
    calls = project.parent / "calls"
    wait_for(lambda: calls.exists() and "--editable" in calls.read_text())
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    calls.unlink()
    code, calls, _ = run(project, "tests")
    assert not code and "-m venv" in calls[2] and calls[-1] == "-m tests"


@pytest.mark.skipif(not shutil.which("flock"), reason="there is no flock")
def test_a_second_start_waits_for_the_first(project):
    first = start(project, "tests", HANGS="--editable")
    wait_for((project / ".venv/bin/python").exists)
    second = start(project, "tests")
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(0.5)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    second.communicate(timeout=30)
    assert second.returncode == 0


def test_a_folder_that_is_not_its_own_is_left_alone(project):
    kept = project / ".venv/kept.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    code, _, errors = run(project)
    assert code == 2 and "was not made by this command" in errors
    assert kept.read_text() == "mine"


def test_a_variable_puts_it_elsewhere(project, tmp_path):
    (tmp_path / "else where").mkdir()  # empty, as mktemp makes it
    variables = {"WAVEGAN_VENV": str(tmp_path / "else where")}
    assert run(project, **variables)[0] == 0
    assert (tmp_path / "else where/bin/python").exists()
    assert not (project / ".venv").exists()


@pytest.mark.parametrize(
    ("refused", "said"),
    [("version_info", "3.10, 3.11 or 3.12"), ("ensurepip", "python3-venv")],
)
def test_no_python_or_no_venv_is_one_line(project, refused, said):
    code, _, errors = run(project, "tests", REFUSES=refused)
    assert code == 2 and errors.startswith("error: ") and said in errors
    assert errors.count("\n") == 1 and not (project / ".venv").exists()


@pytest.mark.parametrize(
    "command", ["experiments.quickstart --help", "experiments.train", "tests"]
)
def test_a_python_without_the_packages_ends_in_one_line(command):
    bare = [sys.executable, "-I", "-S", "-c"]
    code = (
        "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
        "name = sys.argv.pop(1); runpy.run_module(name, run_name='__main__')"
    )
    done = subprocess.run(
        [*bare, code, str(ROOT), *command.split()],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and not done.stdout
    assert done.stderr.startswith("error: ") and "run.sh" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["experiments", "tests"])
def test_a_python_too_old_can_read_what_says_so(name):
    text = (ROOT / name / "__init__.py").read_text("utf-8")
    ast.parse(text, feature_version=(3, 7))


def test_every_package_of_setup_is_looked_for():
    other = {"absl-py": "absl", "pillow": "PIL", "scikit-learn": "sklearn"}
    names = [Requirement(r).name for r in read_setup()["install_requires"]]
    packages = {other.get(name, name.replace("-", "_")) for name in names}
    assert packages == {*experiments._PACKAGES, *explore.PACKAGES}


def test_the_versions_of_python_are_those_of_setup():
    text = (ROOT / "experiments/run.sh").read_text("utf-8")
    assert read_setup()["python_requires"] == ">=3.10,<3.13"
    assert "(3, 10) <= sys.version_info < (3, 13)" in text


def test_an_installed_copy_has_every_file_of_the_packages():
    patterns = read_setup()["package_data"]
    for package in ("wavegan_cond", "data_prep", "experiments"):
        folder = ROOT / package
        files = {path for path in folder.rglob("*.*") if path.is_file()}
        taken = {
            path
            for pattern in ["**/*.py", *patterns.get(package, [])]
            for path in folder.glob(pattern)
        }
        left = {path for path in files - taken if path.suffix != ".pyc"}
        # Of a checkout alone.
        assert left <= {ROOT / "experiments/run.sh", folder / "README.md"}


def test_ci_runs_the_command_of_the_readme():
    lines = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    assert lines[-1] == 'experiments/run.sh tests "$@"'
    assert "\nexperiments/run.sh tests " in (ROOT / "README.md").read_text()
    for name in (".ci/run", "experiments/run.sh"):
        assert (ROOT / name).stat().st_mode & 0o111
