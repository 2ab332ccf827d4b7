"""Small projects and stand-in interpreters for the tests of the set-up."""

from experiments import bootstrap

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


def make_project(root):
    """A folder with a setup.py that this interpreter does not satisfy."""
    root.mkdir()
    write_setup(root, "'no-such-package>=1'")
    return root


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
