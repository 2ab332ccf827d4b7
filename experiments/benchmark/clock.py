"""How versions of one thing are timed against each other."""

import statistics
import time
from collections.abc import Callable, Mapping


def take_turns(
    versions: Mapping[str, Callable[[], object]], repeats: int
) -> dict[str, float]:
    """Returns the median seconds of each version.

    Each is run once before the clock starts, then they take turns, so that a
    busy moment of the machine falls on all of them.
    """
    for version in versions.values():
        version()
    seconds = {name: [] for name in versions}
    for _ in range(repeats):
        for name, version in versions.items():
            started = time.perf_counter()
            version()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(s) for name, s in seconds.items()}
