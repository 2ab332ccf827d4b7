"""How long the iterations of a run folder took, by its log."""

import statistics
from pathlib import Path

from experiments.common import cli, run_rows


def iteration_seconds(
    run: Path, first: int = 0, last: int | None = None
) -> float:
    """Returns the median seconds of the iterations ``first`` + 1 to ``last``.

    The median: what a checkpoint or a new graph costs is not an iteration's.
    By default it is of all that the run has made.

    Raises:
      UsageError: the log has none of them, or lines that are no rows.
    """
    each = [
        seconds
        for iteration, seconds in read(run)
        if iteration > first and (last is None or iteration <= last)
    ]
    if not each:
        raise cli.UsageError(f"{run}: its log.csv lacks its iterations")
    return statistics.median(each)


def seconds(run: Path) -> dict[int, float]:
    """Returns the seconds of training behind each iteration of a run folder.

    A run that has not begun has done iteration 0 in no time.

    Raises:
      UsageError: the log has lines that are no rows.
    """
    passed, total = {0: 0.0}, 0.0
    for iteration, each in read(run):
        total += each
        passed[int(iteration)] = total
    return passed


def read(run: Path) -> list[tuple[float, ...]]:
    """Returns each iteration of a run folder and the seconds that it took.

    Raises:
      UsageError: the log has lines that are no rows.
    """
    path = run / "log.csv"
    return run_rows.read(path, "iteration", "seconds") if path.exists() else []
