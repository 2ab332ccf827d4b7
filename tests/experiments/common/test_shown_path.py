"""Where a page is, as Linux has it and as Windows around it does."""

import pytest

from experiments.common import shown_path

WSL = "Linux version 5.15.167.4-microsoft-standard-WSL2 (root@1) (gcc 11.2.0)"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function: makes this a machine of a kernel and a ``wslpath``."""

    def become(version, script):
        (tmp_path / "version").write_text(version)
        monkeypatch.setattr(shown_path, "VERSION", tmp_path / "version")
        if script:
            (tmp_path / "wslpath").write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / "wslpath").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=None)

    return become


def test_on_linux_it_is_the_whole_path(machine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    machine("Linux version 6.1.0-18-amd64 (debian)", "echo never")
    assert shown_path.shown("a.html") == str(tmp_path / "a.html")


def test_in_windows_both_paths_are_told(machine, tmp_path):
    machine(WSL, r"""printf '%s of %s\n' "$1" "$2" """)
    path = tmp_path / "a b.html"
    assert shown_path.shown(path) == f"{path} (in Windows: -w of {path})"


@pytest.mark.parametrize("script", ["", "exit 1", "true"])
def test_without_an_answer_it_is_the_path_here(machine, tmp_path, script):
    machine(WSL, script)
    assert shown_path.shown(tmp_path / "a") == str(tmp_path / "a")
