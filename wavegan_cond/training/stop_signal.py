"""Graceful shutdown after the current iteration, when a signal asks for it."""

import os
import signal

from wavegan_cond.schedule import Stage


def asking() -> tuple[signal.Signals, ...]:
    """Returns the signals that ask a program to end.

    SIGHUP, of a terminal that was closed, is not among them where ``nohup`` has
    it ignored.
    """
    asked = (signal.SIGINT, signal.SIGTERM)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return asked
    return (*asked, signal.SIGHUP)


class StopSignal:
    """Handles ``asking()``, so that training ends with a checkpoint.

    Before the first iteration there is nothing to save, so a signal ends the
    program. A second signal always ends it at once.

    Args:
      several: whether other workers train along, which must end with this one.

    Attributes:
      received: number of the signal that this process received, or 0. It may
        change at any moment.
      agreed: number of the signal after which all workers stop at the end of
        this iteration, or 0. It changes only in ``agree``.
    """

    def __init__(self, several: bool = False):
        self._several = several
        self.received = self.agreed = 0
        self._deferred = False
        self._previous = {}

    def __enter__(self) -> "StopSignal":
        for number in asking():
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def defer(self) -> None:
        """Lets later signals wait for the end of an iteration."""
        self._deferred = True
        # Where there are several workers, TensorFlow has put a handler of its
        # own in the place of ours.
        for number in self._previous:
            signal.signal(number, self._handle)

    def agree(self, requested: bool) -> None:
        """Marks the current iteration as the last one if a signal has come.

        Args:
          requested: whether this or another worker had received a signal before
            the iteration began.
        """
        if requested:
            # A signal of this process may still come: it is the first one.
            self.agreed = self.received or signal.SIGTERM

    @property
    def urgent(self) -> bool:
        """Whether a signal ends the training, so that somebody waits for it.

        A subclass may end it for other reasons, which are not urgent.
        """
        return bool(self.agreed)

    @property
    def number(self) -> int:
        """Number of the signal that ends the training, or 0."""
        return self.agreed or self.received

    def ends_before(self, stage: Stage) -> bool:
        """Says whether training ends before a stage of the schedule.

        Of several workers none ends for a signal that the others have not heard
        of: they agree in the first iteration of the stage.
        """
        return bool(self.agreed if self._several else self.number)

    def _handle(self, number, frame):
        if self.received:
            os._exit(128 + number)
        self.received = number
        if not self._deferred:
            raise SystemExit(128 + number)
