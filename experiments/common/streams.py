"""Standard streams that a command may write to whatever becomes of them.

A reader that leaves (``| head``), a closed terminal, a full disk behind ``2>``
or a stream that was never open must not end hours of work: what cannot be
written is dropped.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

# The reader has gone, as it may: nothing was lost that anyone waited for.
GONE = (errno.EPIPE, errno.EIO, errno.EBADF)


class Unbreakable:
    """Text stream whose errors are kept and not raised.

    Behind the first one it goes nowhere.

    Args:
      stream: where the text goes.

    Attributes:
      error: the first error, or None.
    """

    def __init__(self, stream: TextIO):
        self._stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Writes text; returns its length."""
        with self._keeping():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Writes what is buffered."""
        with self._keeping():
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextlib.contextmanager
    def _keeping(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.error = self.error or error
            # What is still buffered is tried again, at the latest at the end.
            with contextlib.suppress(OSError):
                _point_nowhere(self._stream.fileno())


def open_missing() -> None:
    """Opens the null device in the place of standard streams that are closed.

    The next file that is opened would else take the place of standard error,
    and be written into.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            _point_nowhere(number)
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)


def _point_nowhere(number: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    if null == number:
        os.set_inheritable(number, True)
    else:
        os.dup2(null, number)
        os.close(null)


@contextlib.contextmanager
def unbreakable() -> Iterator[Callable[[], OSError | None]]:
    """Has standard output and error swallow their errors in the context.

    What the encoding of standard output lacks is escaped.

    Yields:
      A function that returns the error by which a result was lost: standard
      output could not be written, and not for want of a reader.
    """
    open_missing()
    before = sys.stdout, sys.stderr
    out, err = Unbreakable(sys.stdout), Unbreakable(sys.stderr)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")

    def lost() -> OSError | None:
        out.flush()
        known = out.error and out.error.errno in GONE
        return None if known else out.error

    sys.stdout, sys.stderr = out, err
    try:
        yield lost
    finally:
        out.flush()
        err.flush()
        sys.stdout, sys.stderr = before
