"""Progress of a command in steps, and what it has when it is stopped."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from experiments.common.json_text import to_text
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.training.stop_signal import asking


class Steps:
    """Prints a line when a step begins, and keeps what there is on disk.

    Args:
      total: number of steps.
      partial: file for the unfinished report; without it none is kept.
    """

    def __init__(self, total: int, partial: Path | None = None):
        self._total, self._partial = total, partial
        self._begun, self._number = time.monotonic(), 0
        self._kept = None  # the file with what was measured

    def begin(self, step: str) -> None:
        """Prints that a step begins."""
        self._number += 1
        self._print(f"[{self._number:2}/{self._total}] {step}")

    def note(self, text: str) -> None:
        """Prints how far the step is."""
        self._print(f"        {text}")

    def keep(self, report: dict) -> None:
        """Writes the report as far as it goes."""
        if self._partial:
            write_text(self._partial, to_text(report))
            self._kept = self._partial

    def finish(self, path: Path) -> None:
        """Removes the unfinished report: the whole one is written to a file."""
        if self._partial:
            self._partial.unlink(missing_ok=True)
        self._kept = path

    def stopped(self) -> None:
        """Prints what is left behind."""
        left = f"what was measured is in {self._kept}"
        self._print(
            f"stopped; {left if self._kept else 'nothing was measured yet'}"
        )

    def _print(self, text: str) -> None:
        passed = time.monotonic() - self._begun
        print(f"{passed:4.0f} s  {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Has each signal that asks for it end the work, and says which it was.

    Raises:
      KeyboardInterrupt: of the number of the signal.
    """
    previous = {n: signal.signal(n, _interrupt) for n in asking()}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)
