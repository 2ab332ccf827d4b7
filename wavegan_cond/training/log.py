"""CSV files of a run: the log of its losses, the scores of its checkpoints."""

import contextlib
import csv
import os
import pathlib
import time
from collections.abc import Mapping, Sequence

from wavegan_cond.storage.atomic import write_text, writing
from wavegan_cond.training.rows import kept_rows, read_numbers

COLUMNS = (
    "iteration",
    "seconds",
    "wasserstein",
    "penalty",
    "critic_loss",
    "generator_loss",
    "spread",
)


class Table:
    """CSV file of a run, flushed line by line.

    Args:
      path: path of the file.
      columns: names of the columns; the first is the iteration.
      first: number of iterations done when the run starts or resumes. Lines of
        later iterations, whose checkpoint was lost, are removed, so that no
        iteration is missing or listed twice. A file that another program has
        saved again keeps its rows.

    Raises:
      WriteError: the file cannot be written.
    """

    def __init__(self, path: pathlib.Path, columns: Sequence[str], first: int):
        self.path = path
        with writing(path):
            kept = kept_rows(path, columns, first)
        lines = [",".join(row) for row in [columns, *kept]]
        write_text(path, "\n".join(lines) + "\n")
        self._file = open(path, "a", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")

    def add(self, iteration: int, *values: str) -> None:
        """Adds a line."""
        with writing(self.path):
            self._writer.writerow([iteration, *values])
            self._file.flush()

    def sync(self) -> None:
        """Waits until every line has reached the disk."""
        with writing(self.path):
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Closes the file."""
        with contextlib.suppress(OSError):  # reported when a line was added
            self._file.close()


class Log:
    """Callback that writes ``log.csv``, one line per iteration."""

    def __init__(self, path: pathlib.Path, first: int):
        self._table = Table(path, COLUMNS, first)
        self._last = time.monotonic()
        self.sync, self.close = self._table.sync, self._table.close

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        values = [f"{logs[name]:.9g}" for name in COLUMNS[2:]]
        self._table.add(iteration, f"{seconds:.6f}", *values)


def read_estimates(log: pathlib.Path, after: int) -> list[float]:
    """Returns the Wasserstein estimates of the iterations after ``after``.

    None of a log that another program has removed or saved in its own way.
    """
    try:
        found = read_numbers(log, "iteration", "wasserstein")
    except (OSError, ValueError, LookupError, TypeError):
        return []
    return [estimate for iteration, estimate in found if iteration > after]
