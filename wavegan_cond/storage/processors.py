"""How many processors this process may use. Standard library alone."""

import os


def count() -> int:
    """Returns their number, which ``taskset`` and containers limit."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
