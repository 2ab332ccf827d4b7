"""Trainings side by side, each a process of its own on its own cores."""

import contextlib
import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from wavegan_cond.storage import processors


class TrainingError(Exception):
    """A training ended with an error, whose exit code is carried on."""

    def __init__(self, message: str, exit_code: int):
        super().__init__(message)
        self.exit_code = exit_code if exit_code > 0 else 128 - exit_code


@dataclasses.dataclass(frozen=True)
class Training:
    """What a process is to train.

    Attributes:
      name: by which it is told when it fails.
      arguments: module and flags.
      log: what it prints is added to this file.
      cores: it may use.
    """

    name: str
    arguments: Sequence[str]
    log: Path
    cores: set[int]


class Trainings(contextlib.ExitStack):
    """Trainings that run meanwhile.

    A context manager: what still runs at its end is asked to stop, saves, and
    is waited for. Its length is how many have not been seen to end.
    """

    def __init__(self):
        super().__init__()
        self._running: dict[subprocess.Popen, Training] = {}

    def __len__(self) -> int:
        return len(self._running)

    def start(self, training: Training) -> None:
        """Starts a training beside the others."""
        running = process(training.arguments, training.log, training.cores)
        self._running[self.enter_context(running)] = training

    def collect(self) -> list[Training]:
        """Returns the trainings that have ended since this was last called.

        Raises:
          TrainingError: one has failed.
        """
        over = [each for each in self._running if each.poll() is not None]
        ended = [self._running.pop(each) for each in over]
        for training, each in zip(ended, over, strict=True):
            if each.returncode:
                raise TrainingError(
                    f"the training {training.name} failed: see {training.log}",
                    each.returncode,
                )
        return ended


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
            [sys.executable, "-m", *arguments],
            stdout=said,
            stderr=said,
            # A signal of the terminal would reach it too, and ours would be
            # its second one, which ends it at once.
            start_new_session=True,
        )
    processors.keep_to(cores, running.pid)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.terminate()  # it saves
            running.wait()


def shares(count: int) -> list[set[int]]:
    """Returns the cores this process may use, in ``count`` equal shares.

    With fewer cores than shares, shares overlap.
    """
    cores = sorted(processors.usable())
    size = max(1, len(cores) // count)
    starts = [number * size % len(cores) for number in range(count)]
    return [set(cores[start : start + size]) for start in starts]
