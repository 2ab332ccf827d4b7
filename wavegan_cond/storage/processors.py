"""The processors this process may use. Standard library alone."""

import os
from collections.abc import Iterable


def usable() -> set[int]:
    """Returns their numbers, which ``taskset`` and containers limit."""
    if hasattr(os, "sched_getaffinity"):  # Linux
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))


def count() -> int:
    """Returns how many there are."""
    return len(usable())


def keep_to(cores: Iterable[int], process: int = 0) -> None:
    """Keeps a process to some of them, where the system can.

    Args:
      cores: their numbers.
      process: its number; 0 for this one.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, cores)
