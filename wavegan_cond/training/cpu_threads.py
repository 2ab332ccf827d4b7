"""How many threads TensorFlow computes with on a CPU.

Sums are split among them: another number of threads, or another machine, adds
in another order and rounds otherwise.
"""

import os

from wavegan_cond.storage import processors


def count() -> int:
    """Returns the number of threads of one operation, as TensorFlow takes it.

    It is that of the processors this process may use, unless
    TF_NUM_INTRAOP_THREADS says another.
    """
    given = os.environ.get("TF_NUM_INTRAOP_THREADS", "")
    if given.isdecimal() and int(given):
        return int(given)
    return processors.count()
