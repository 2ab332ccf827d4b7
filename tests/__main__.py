"""Checks the code and runs its tests.

experiments/run.sh tests                    everything
experiments/run.sh tests -m "not slow"      arguments go to pytest
python -m tests tests/wavegan_cond/model    in an environment that is there
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import experiments  # ends with one line where packages are missing

ROOT = Path(experiments.__file__).resolve().parent.parent


def main(arguments) -> int:
    """Lint, format, then pytest in this process; the first failure ends it."""
    for name in ("pytest", "xdist", "ruff"):
        if not importlib.util.find_spec(name):
            line = f"error: no {name}: pip install -e '.[test]' brings it"
            print(line, file=sys.stderr)
            return 2
    os.chdir(ROOT)
    for check in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "."]
        print("$ ruff", *check, ".", flush=True)
        code = subprocess.run(command).returncode
        if code:
            return code
    import pytest

    if not {"-n", "-s", "--pdb", "--collect-only"} & set(arguments):
        # A process a core; what shares fixtures stays together, in the order
        # of conftest.py.
        spread = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
        arguments = [*spread, *arguments]
    return int(pytest.main(arguments))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
