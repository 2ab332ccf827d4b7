"""Setting up an environment, without a network and without installing."""

import ast
import itertools
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from packaging.specifiers import SpecifierSet

from experiments import bootstrap, installer

SETUP = """
from setuptools import setup
setup(
    name="small",
    python_requires=">=3.10,<3.13",
    install_requires=[{requirements}],
    extras_require={{"test": ["pytest>=8"]}},
)
"""

# A stand-in for an interpreter that makes environments and runs their pip:
# it notes what it was asked, and copies itself where venv would put Python.
PYTHON = """#!/bin/sh
echo "$@" >> "{calls}"
case "$*" in
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0;;
  *{fails}*) echo "ERROR: no such thing"; exit 1;;
  *sleep*) exec sleep 60;;
esac
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a setup.py that this interpreter does not satisfy."""
    root = tmp_path.resolve() / "project"
    root.mkdir()
    write_setup(root, "'no-such-package>=1'")
    monkeypatch.chdir(root)
    monkeypatch.delenv(bootstrap.VARIABLE, raising=False)
    return root


@pytest.fixture
def python(tmp_path, monkeypatch):
    """The stand-in takes the place of every interpreter."""
    path = tmp_path / "python3.12"
    write_python(path)
    monkeypatch.setattr(bootstrap, "find_python", lambda limits: str(path))
    return path


def write_setup(root, requirements):
    text = SETUP.format(requirements=requirements)
    (root / "setup.py").write_text(text, encoding="utf-8")


def write_python(path, fails="never"):
    text = PYTHON.format(calls=path.parent / "calls", fails=fails)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def calls(python):
    path = python.parent / "calls"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.unlink()
    return lines


def find(root, extras=()):
    return bootstrap.find_environment("small", extras, root)


def test_version_bounds_agree_with_packaging():
    bounds = [">=2.16.2,<2.22", "==0.37.1", ">=3.8", "<=2.0", ">1.9.9", ""]
    versions = ["2.16", "2.16.2", "2.16.10", "2.22.0", "2.21.9", "0.37.1"]
    versions += ["0.37.1.0", "3.8.0", "3.10", "2", "1.9.9", "0.37.10", "10.0"]
    for bound, version in itertools.product(bounds, versions):
        expected = version in SpecifierSet(bound)
        assert bootstrap.allows("name" + bound, version) == expected


def test_our_setup_is_understood_whole():
    wanted = bootstrap.read_setup(bootstrap.ROOT)
    lists = [wanted["install_requires"], *wanted["extras_require"].values()]
    for requirement in itertools.chain(*lists):
        pattern = r"[\w.-]+((>=|<=|==|<|>)[\d.]+,?)+"
        assert re.fullmatch(pattern, requirement), requirement
    assert not bootstrap.unmet(wanted, ["test"])  # or no test could run


def test_an_installed_copy_has_every_file_of_the_packages():
    text = (bootstrap.ROOT / "setup.py").read_text("utf-8")
    (patterns,) = (
        ast.literal_eval(node.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.keyword) and node.arg == "package_data"
    )
    for package in ("wavegan_cond", "data_prep", "experiments"):
        folder = bootstrap.ROOT / package
        files = {path for path in folder.rglob("*.*") if path.is_file()}
        taken = {
            path
            for pattern in ["**/*.py", *patterns.get(package, [])]
            for path in folder.glob(pattern)
        }
        left = {path for path in files - taken if path.suffix != ".pyc"}
        assert not left


def test_satisfied_interpreter_is_used_as_it_is(project):
    write_setup(project, "'pytest>=8'")
    assert find(project, ["test"]) is None
    assert sorted(os.listdir(project)) == ["setup.py"]


def test_too_old_a_package_does_not_satisfy(project):
    write_setup(project, "'pytest>=999'")
    wanted = bootstrap.read_setup(project)
    assert bootstrap.unmet(wanted) == ["pytest>=999"]


def test_installs_once_and_then_starts_at_once(project, python):
    expected = str(project / ".venv" / "bin" / "python")
    assert find(project) == expected
    venv, upgrade, install = calls(python)
    assert venv == f"-m venv {project / '.venv'}"
    assert upgrade.endswith("--upgrade pip")
    assert install.endswith("--editable .")
    assert find(project) == expected
    assert not (python.parent / "calls").exists()


def test_an_extra_is_added_to_what_is_there(project, python):
    find(project)
    calls(python)
    find(project, ["test"])
    assert calls(python)[-1].endswith("--editable .[test]")
    find(project)
    assert not (python.parent / "calls").exists()


def test_changed_setup_is_installed_from_scratch(project, python):
    find(project)
    left = project / ".venv" / "left_behind"
    left.mkdir()
    calls(python)
    write_setup(project, "'no-such-package>=2'")
    find(project)
    assert calls(python)[0].startswith("-m venv")
    assert not left.exists()


def test_failed_installation_says_why_and_is_redone(project, python, capsys):
    write_python(python, fails="editable")
    with pytest.raises(SystemExit) as stop:
        bootstrap.ensure_environment("small", root=project)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("error: no such thing (see ")
    assert error.count("\n") == 1
    calls(python)
    write_python(python)
    find(project)
    assert calls(python)[0].startswith("-m venv")


def test_killed_installation_is_redone(project, python):
    code = (
        "import sys; from pathlib import Path\n"
        "from experiments import bootstrap, installer\n"
        "bootstrap.find_python = lambda limits: sys.argv[1]\n"
        "installer.PIP = ['sleep']\n"
        "bootstrap.ensure_environment('small', root=Path.cwd())\n"
    )
    command = [sys.executable, "-c", code, str(python)]
    env = {**os.environ, "PYTHONPATH": str(bootstrap.ROOT)}
    process = subprocess.Popen(
        command, cwd=project, env=env, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 30
        while not (project / ".venv" / "bin" / "python").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert installer.read_stamp(project / ".venv")["key"] == ""
    calls(python)
    find(project)
    assert calls(python)[0].startswith("-m venv")
    assert installer.is_current(project / ".venv", (), project)


def test_foreign_folder_is_left_alone(project, python):
    kept = project / ".venv" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(installer.InstallError, match="not made by this"):
        find(project)
    assert kept.read_text(encoding="utf-8") == "mine"


def test_variable_puts_it_elsewhere_even_if_satisfied(
    project, python, tmp_path, monkeypatch
):
    write_setup(project, "'pytest>=8'")
    monkeypatch.setenv(bootstrap.VARIABLE, str(tmp_path / "else" / "where"))
    assert find(project) == str(tmp_path / "else" / "where" / "bin" / "python")
    assert not (project / ".venv").exists()


def test_restarts_the_same_command_in_the_environment(
    project, python, monkeypatch
):
    started = []
    monkeypatch.setattr(os, "execv", lambda *what: started.append(what))
    monkeypatch.setattr(sys, "argv", ["small", "--a b", "--c=d"])
    bootstrap.ensure_environment("small", root=project)
    path = str(project / ".venv" / "bin" / "python")
    assert started == [(path, [path, "-m", "small", "--a b", "--c=d"])]


def test_elsewhere_than_the_project_folder_is_an_error(
    project, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(installer.InstallError, match=f"cd {project} && "):
        find(project)


def test_python_outside_the_range_looks_for_another(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap.platform, "python_version", lambda: "3.13.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    with pytest.raises(installer.InstallError, match=r"this is 3\.13\.0"):
        bootstrap.find_python(">=3.10,<3.13")
    good = tmp_path / "python3.11"
    write_python(good)
    assert bootstrap.find_python(">=3.10,<3.13") == str(good)


def test_missing_venv_module_names_the_package(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(bootstrap, "_runs", lambda _, code: code == "pass")
    with pytest.raises(installer.InstallError, match="python3-venv"):
        bootstrap.find_python(">=3.0")


def test_no_network_is_said_in_one_line(tmp_path):
    (tmp_path / "install.log").write_text(
        "WARNING: Retrying (Retry(total=0)) after connection broken\n"
        "ERROR: Could not find a version (from versions: none)\n",
        encoding="utf-8",
    )
    reason = installer._reason(tmp_path / "install.log")
    assert reason.startswith("the package index cannot be reached")


def test_status_counts_what_pip_has_installed(tmp_path):
    log = tmp_path / "install.log"
    log.write_text("Collecting a\n  Downloading b.whl (600 MB)\n")
    assert installer.status(tmp_path) == "Downloading b.whl (600 MB)"
    log.write_text("Collecting a\nInstalling collected packages: a, b, c\n")
    (tmp_path / "lib/python3.12/site-packages/a-1.dist-info").mkdir(
        parents=True
    )
    assert installer.status(tmp_path) == "Installing: 1 of 3 packages"


@pytest.mark.parametrize(
    "path",
    [
        "experiments/__init__.py",
        "experiments/bootstrap.py",
        "experiments/installer.py",
        "tests/__init__.py",
        "tests/__main__.py",
    ],
)
def test_an_old_python_can_read_it(path):
    text = (bootstrap.ROOT / path).read_text(encoding="utf-8")
    tree = ast.parse(text, feature_version=(3, 8))
    used = {
        name.name.split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert used <= sys.stdlib_module_names


def test_ci_runs_the_command_of_the_readme():
    lines = (bootstrap.ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert lines[-1] == 'python3 -m tests "$@"'
    assert (bootstrap.ROOT / ".ci" / "run").stat().st_mode & 0o111
