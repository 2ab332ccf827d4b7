"""Trainings side by side, each a process of its own on its own cores."""

import contextlib
import dataclasses
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from wavegan_cond.storage import processors
from wavegan_cond.training.stop_signal import StopSignal

# What a training ends with that was asked to stop: it was done, it had not
# begun, or it has saved.
STOPPED = (0, -signal.SIGTERM, 128 + signal.SIGTERM)


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


class Trainings:
    """Trainings that run meanwhile.

    A context manager: at its end all that still run are asked to stop, each of
    them before any is waited for; they save. Where a signal is why it ends,
    TrainingError is raised for one that could not. Its length is how many have
    not been seen to end.
    """

    def __init__(self):
        self._running: dict[subprocess.Popen, Training] = {}

    def __enter__(self) -> "Trainings":
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        try:
            with _held():
                for each in self._running:
                    each.terminate()
        finally:
            try:
                self._wait()
            finally:  # a first signal came only now
                self._wait()
        if kind is SystemExit:
            for process, training in self._running.items():
                if process.returncode not in STOPPED:
                    raise _failed(training, process.returncode)

    def __len__(self) -> int:
        return len(self._running)

    def start(self, training: Training) -> None:
        """Starts a training beside the others."""
        with _held(), open(training.log, "a") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", *training.arguments],
                stdout=said,
                stderr=said,
                # A signal of the terminal would reach it too, and ours would be
                # its second one, which ends it at once.
                start_new_session=True,
            )
            self._running[process] = training
            processors.keep_to(training.cores, process.pid)

    def collect(self) -> list[Training]:
        """Returns the trainings that have ended since this was last called.

        Raises:
          TrainingError: one has failed. What else has ended is left for the
            next call.
        """
        ended = [each for each in self._running if each.poll() is not None]
        for each in ended:
            if each.returncode:
                raise _failed(self._running.pop(each), each.returncode)
        return [self._running.pop(each) for each in ended]

    def _wait(self) -> None:
        for each in self._running:
            each.wait()


def _failed(training: Training, code: int) -> TrainingError:
    said = f"the training {training.name} failed: see {training.log}"
    return TrainingError(said, code)


@contextlib.contextmanager
def resumable() -> Iterator[None]:
    """Has a signal that asks for it end trainings, and says how to go on.

    Raises:
      SystemExit: of 128 and the number of the signal.
    """
    with StopSignal() as stop:
        try:
            yield
        except SystemExit:
            if stop.received:
                print("stopped and saved; the same command continues")
            raise


@contextlib.contextmanager
def _held() -> Iterator[None]:
    """Has a signal wait, lest a process is started or left out unseen."""
    with StopSignal() as stop:
        stop.defer()
        yield
    if stop.received:
        signal.raise_signal(stop.received)


def shares(count: int) -> list[set[int]]:
    """Returns the cores this process may use, in ``count`` equal shares.

    With fewer cores than shares, shares overlap.
    """
    cores = sorted(processors.usable())
    size = max(1, len(cores) // count)
    starts = [number * size % len(cores) for number in range(count)]
    return [set(cores[start : start + size]) for start in starts]
