"""Trainings side by side, each a process of its own on its own cores."""

import contextlib
import csv
import io
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from wavegan_cond.storage import processors
from wavegan_cond.storage.untrusted import open_regular


def shares(count: int) -> list[set[int]]:
    """Returns the cores this process may use, in ``count`` equal shares.

    With fewer cores than shares, shares overlap.
    """
    cores = sorted(processors.usable())
    size = max(1, len(cores) // count)
    starts = [number * size % len(cores) for number in range(count)]
    return [set(cores[start : start + size]) for start in starts]


@contextlib.contextmanager
def process(
    arguments: Sequence[str], log: str | os.PathLike, cores: set[int]
) -> Iterator[subprocess.Popen]:
    """Runs ``python -m arguments`` meanwhile; asks it to stop at the end.

    Args:
      arguments: module and flags.
      log: what it prints is added to this file.
      cores: it may use.
    """
    with open(log, "a") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", *arguments], stdout=said, stderr=said
        )
    processors.keep_to(cores, running.pid)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.terminate()  # it saves
            running.wait()


def iteration_seconds(run: Path, first: int, last: int) -> float:
    """Returns the median seconds of the iterations ``first`` + 1 to ``last``.

    The median: what a checkpoint or a new graph costs is not an iteration's.
    """
    passed = seconds(run)
    each = [passed[i] - passed[i - 1] for i in range(first + 1, last + 1)]
    return statistics.median(each)


def seconds(run: Path) -> dict[int, float]:
    """Returns the seconds of training behind each iteration of a run folder.

    A run that has not begun has done iteration 0 in no time.
    """
    passed, total = {0: 0.0}, 0.0
    path = run / "log.csv"
    if path.exists():
        with io.TextIOWrapper(open_regular(path), newline="") as file:
            for row in csv.DictReader(file):
                total += float(row["seconds"] or 0)
                passed[int(row["iteration"])] = total
    return passed
