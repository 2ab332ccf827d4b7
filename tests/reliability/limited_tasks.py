"""What a decoder may do wrong, for the child processes that decode."""

import os
import signal
import time


def memory_left(_: int) -> int:
    """Returns how many more bytes this process may take, -1 for any."""
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    return -1 if limit == resource.RLIM_INFINITY else limit - used


def allocate(size: int) -> str:
    """Takes ``size`` bytes, and says what came of it."""
    try:
        bytearray(size)
    except MemoryError:
        return "MemoryError"
    return "it was given"


def sleep(seconds: float) -> str:
    """Answers after ``seconds``."""
    time.sleep(seconds)
    return "awake"


def crash(fatal: int) -> str:
    """Ends its process as a fault in C code would, if ``fatal``."""
    if fatal:
        os.kill(os.getpid(), signal.SIGSEGV)
    return "alive"
