"""How many threads TensorFlow computes with on a CPU.

Sums are split among them: another number of threads, or another machine, adds
in another order and rounds otherwise.
"""

import os


def count() -> int:
    """Returns the number of threads of one operation, as TensorFlow takes it.

    It is that of the processors this process may use, which ``taskset`` and
    containers limit, unless TF_NUM_INTRAOP_THREADS says another.
    """
    given = os.environ.get("TF_NUM_INTRAOP_THREADS", "")
    if given.isdecimal() and int(given):
        return int(given)
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
