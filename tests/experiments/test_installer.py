"""Making an environment, without a network and without installing."""

import os
import signal
import subprocess
import sys
import time

import pytest

from experiments import bootstrap, installer
from tests.fixtures.environments import calls, find, write_python, write_setup


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
