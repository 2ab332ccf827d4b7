"""Stopping politely: a signal is noted, and heeded between two iterations."""

import os
import signal


class StopSignal:
    """Notes SIGINT and SIGTERM, so that an iteration ends and is saved.

    Before the first iteration there is nothing to save: a signal then ends the
    program, and so does a second one at any time, at once.

    Attributes:
      received: the signal, or 0. It may come at any moment.
      heeded: the same, for all who watch an iteration: one that comes while
        it runs is heeded an iteration later.
    """

    def __init__(self):
        self.received = self.heeded = 0
        self._deferred = False
        self._previous = {}

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *error):
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def defer(self) -> None:
        """From here on a signal waits for the end of an iteration."""
        self._deferred = True
        # Where there are several workers, TensorFlow has put a handler of its
        # own in the place of ours.
        for number in self._previous:
            signal.signal(number, self._note)

    def heed(self, asked: bool) -> None:
        """Takes note that this iteration is the last one, if it is.

        Args:
          asked: whether a signal came here or to another worker, before the
            iteration began.
        """
        if asked:
            self.heeded = self.received = self.received or signal.SIGTERM

    def _note(self, number, frame):
        if self.received:
            os._exit(128 + number)
        self.received = number
        if not self._deferred:
            raise SystemExit(128 + number)
