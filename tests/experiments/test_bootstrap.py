"""Which interpreter a command runs in; without a network."""

import ast
import itertools
import os
import re
import sys

import pytest
from packaging.specifiers import SpecifierSet

from experiments import bootstrap, installer
from tests.fixtures.environments import find, write_python, write_setup


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
