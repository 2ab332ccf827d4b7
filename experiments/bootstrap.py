"""Sets a command's environment up, then starts the command in it.

A command that must work on a fresh machine calls this before it imports
anything that is not in the standard library::

    from experiments import bootstrap

    if __name__ == "__main__":
        bootstrap.ensure_environment("experiments.quickstart")

Where the packages that setup.py asks for are already installed (a container,
an environment of your own) the call returns at once. Elsewhere it makes
``.venv`` in the project folder, installs into it, and replaces this process by
the same command run there. A stamp in the environment makes the next start
instant, and has an installation redone that was interrupted or that setup.py
has outgrown. ``WAVEGAN_VENV=FOLDER`` puts the environment elsewhere; it is
then used even where the packages are installed.

The syntax is Python 3.8's, so that a Python too old for the project can say
so.
"""

from __future__ import annotations

import ast
import operator
import os
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from experiments import installer
from experiments.installer import InstallError

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "WAVEGAN_VENV"
PYTHONS = ("python3.12", "python3.11", "python3.10")

_COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


def ensure_environment(module: str, extras=(), root: Path = ROOT) -> None:
    """Returns where ``module`` can run, or restarts it where it can.

    Args:
      module: the running module's name, as in ``python -m module``.
      extras: names from setup.py's ``extras_require``.
      root: the project folder, which holds setup.py.

    Raises:
      SystemExit: 2 after one line on standard error, if there can be no
        environment; 130 after Ctrl-C.
    """
    try:
        python = find_environment(module, extras, root)
    except (InstallError, OSError) as error:
        hint = f" ({VARIABLE} names another folder)"
        hint = hint if isinstance(error, OSError) else ""
        print(f"error: {error}{hint}", file=sys.stderr)
        raise SystemExit(InstallError.exit_code) from None
    except KeyboardInterrupt:
        print("\nstopped; the same command starts over", file=sys.stderr)
        raise SystemExit(130) from None
    if python is not None:
        sys.stdout.flush()
        os.execv(python, [python, "-m", module] + sys.argv[1:])


def find_environment(module: str, extras, root: Path) -> str | None:
    """The interpreter to restart with, or None if this one will do.

    Raises:
      InstallError: an environment is needed and cannot be made.
    """
    if not (root / "setup.py").exists():
        return None  # an installed copy: pip brought its packages along
    wanted = read_setup(root)
    chosen = os.environ.get(VARIABLE)
    venv = Path(chosen or root / ".venv").expanduser().absolute()
    inside = os.path.realpath(sys.prefix) == os.path.realpath(str(venv))
    made_here = inside and installer.read_stamp(venv)
    if (inside or not chosen) and not made_here and not unmet(wanted, extras):
        return None
    if os.name != "posix":
        raise InstallError("Windows is not supported: use WSL 2 or docker/")
    if Path.cwd() != root:
        raise InstallError(f"start it as: cd {root} && python3 -m {module}")
    with installer.locked(root / "setup.py"):
        if not installer.is_current(venv, extras, root):
            python = find_python(wanted["python_requires"])
            installer.install(venv, extras, root, python, inside)
        elif inside:
            return None
    return str(venv / "bin" / "python")


def find_python(limits: str) -> str:
    """An interpreter within ``limits``: this one, else one on PATH.

    Raises:
      InstallError: there is none, or it lacks the venv module.
    """
    here = platform.python_version()
    found = [sys.executable] if allows(limits, here) else []
    for name in PYTHONS:
        found += [os.path.join(path, name) for path in os.get_exec_path()]
    found = [python for python in found if _runs(python, "pass")]
    if not found:
        raise InstallError(
            f"Python 3.10, 3.11 or 3.12 is needed and this is {here}: install "
            "one (apt-get install python3.12-venv, brew install python@3.12 "
            "or uv python install 3.12) and start again"
        )
    for python in found:
        if _runs(python, "import ensurepip, venv"):
            return python
    raise InstallError(
        f"{found[0]} cannot make environments: install its venv module "
        "(on Debian and Ubuntu: apt-get install python3-venv)"
    )


def _runs(python: str, code: str) -> bool:
    """Whether ``python -c code`` ends well (a pyenv shim may exist and not)."""
    try:
        command = [python, "-c", code]
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def read_setup(root: Path) -> dict:
    """setup.py's ``python_requires`` and requirements, without running it."""
    names = ("python_requires", "install_requires", "extras_require")
    tree = ast.parse((root / "setup.py").read_text(encoding="utf-8"))
    return {
        node.arg: ast.literal_eval(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in names
    }


def unmet(wanted: dict, extras=()) -> list:
    """What this interpreter and its packages do not meet of ``wanted``."""
    requirements = list(wanted["install_requires"])
    for extra in extras:
        requirements += wanted["extras_require"][extra]
    missing = []
    if not allows(wanted["python_requires"], platform.python_version()):
        missing.append("python" + wanted["python_requires"])
    for requirement in requirements:
        name = re.match(r"[\w.-]+", requirement).group()
        try:
            if not allows(requirement, metadata.version(name)):
                missing.append(requirement)
        except metadata.PackageNotFoundError:
            missing.append(requirement)
    return missing


def allows(requirement: str, version: str) -> bool:
    """Whether ``version`` is within bounds such as ``>=2.16.2,<2.22``.

    Only a release's numbers count: 2.17.0+local and 2.17.0rc1 are 2.17.
    """
    bounds = re.findall(r"(>=|<=|==|<|>)\s*([\d.]+)", requirement)
    return all(
        _COMPARE[sign](_numbers(version), _numbers(bound))
        for sign, bound in bounds
    )


def _numbers(version: str) -> list:
    numbers = re.match(r"\d+(\.\d+)*", version).group().split(".")
    while numbers[-1] == "0" and len(numbers) > 1:  # 2.16.0 is 2.16
        numbers.pop()
    return [int(number) for number in numbers]
