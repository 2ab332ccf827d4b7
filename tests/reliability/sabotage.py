"""Runs a script that kills itself with SIGKILL at a named point.

  python -m tests.reliability.sabotage POINT SCRIPT [flags of the script]

The script is unchanged: a function it calls is replaced from outside.
"""

import importlib
import os
import runpy
import signal
import sys

# point: the module and the function, and at which call of it to die
POINTS = {
    "inside a save": ("wavegan_cond.storage.checksums", "write_manifest", 3),
    "before the commit": ("wavegan_cond.training.checkpoints", "commit", 3),
    "after the commit": ("wavegan_cond.training.checkpoints", "outdated", 3),
    "in a preview": ("wavegan_cond.training.previews", "write_wav", 5),
    "while growing": ("wavegan_cond.training.loop", "carry_weights", 1),
    "in an export": ("wavegan_cond.storage.checksums", "write_manifest", 1),
}


def die_at(point: str) -> None:
    """Makes this process kill itself when it comes to ``point``."""
    module, name, count = POINTS[point]
    module = importlib.import_module(module)
    function, calls = getattr(module, name), 0

    def counted(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)

    setattr(module, name, counted)


if __name__ == "__main__":
    die_at(sys.argv[1])
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
