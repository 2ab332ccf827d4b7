"""How long the iterations of a run folder took, by its log."""

import csv
import io
import statistics
from pathlib import Path

from wavegan_cond.storage.untrusted import open_regular


def iteration_seconds(
    run: Path, first: int = 0, last: int | None = None
) -> float:
    """Returns the median seconds of the iterations ``first`` + 1 to ``last``.

    The median: what a checkpoint or a new graph costs is not an iteration's.
    By default it is of all that the run has made.
    """
    passed = seconds(run)
    last = max(passed) if last is None else last
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
