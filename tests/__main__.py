"""Checks the code and runs its tests, from a bare Python on.

    python3 -m tests                    everything
    python3 -m tests -m "not slow"      arguments go to pytest
    python3 -m tests tests/experiments/test_bootstrap.py -k allows

The first start makes the environment (see experiments.bootstrap).
"""

import os
import subprocess
import sys

from experiments import bootstrap


def main(arguments) -> int:
    """Lint, format, then pytest in this process; the first failure ends it."""
    os.chdir(str(bootstrap.ROOT))
    for check in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "."]
        print("$ ruff", *check, ".", flush=True)
        code = subprocess.run(command).returncode
        if code:
            return code
    import pytest

    return int(pytest.main(arguments))


if __name__ == "__main__":
    bootstrap.ensure_environment("tests", extras=["test"])
    raise SystemExit(main(sys.argv[1:]))
