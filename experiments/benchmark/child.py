"""Programs in processes of their own: each has its own TensorFlow."""

import subprocess
import sys

from experiments.common.parallel_runs import TrainingError


def printed_number(program: str, *arguments: str) -> float:
    """Returns the last word that a program of Python prints, a number.

    What it writes on standard error is seen.

    Raises:
      TrainingError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise TrainingError(
            f"the training of {' '.join(arguments)} failed, see above",
            done.returncode,
        )
    return float(done.stdout.split()[-1])
