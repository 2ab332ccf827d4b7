"""Fetches files over HTTP: tries again, and says why one cannot be had.

A host that asks for a pause gets it, and one that does not answer, or is busy
again and again, is asked for nothing more.
"""

import contextlib
import http.client
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from experiments.common.cli import NO_ROOM

TRIES = 4
PAUSE = 1.0  # s, after a first failure; twice as long after each other one
PATIENCE = 30  # s without a byte
AGENT = {"User-Agent": "wavegan-cond"}  # some hosts refuse Python's own
LOST = 404, 410, 451  # answers that will not change
BUSY = 429, 503  # answers that speak for all of a host
LONGEST = 60.0  # s of a pause that a host asks for; it is else given up
CHUNK = 1 << 16
NEVER = threading.Event()


class GoneError(Exception):
    """A file is not given."""


class UnreachableError(GoneError):
    """A host does not answer, or says no more than that it is busy."""


class Silent:
    """The hosts that did not answer, which are asked for nothing more."""

    def __init__(self):
        self._hosts: dict[str, str] = {}  # and what the first failure was

    @contextlib.contextmanager
    def asking(self, url: str) -> Iterator[None]:
        """Notes whether a host can be reached inside the context.

        Args:
          url: what it will be asked for.

        Raises:
          UnreachableError: it did not answer, now or before.
        """
        host = urlsplit(url).netloc
        if host in self._hosts:
            why = self._hosts[host]
            raise UnreachableError(f"{host} did not answer before: {why}")
        try:
            yield
        except UnreachableError as error:
            self._hosts.setdefault(host, str(error))
            raise


def is_address(text: str) -> bool:
    """Says whether something is the address of a host, or of a folder there."""
    try:
        parts = urlsplit(text)
        is_whole = parts.hostname and parts.port != 0
        return parts.scheme in ("http", "https") and bool(is_whole)
    except ValueError:
        return False


def read(url: str, stop: threading.Event = NEVER) -> bytes:
    """Returns the content of an address.

    Args:
      url: the address.
      stop: once it is set, there are no more tries.

    Raises:
      GoneError: it is not given.
      UnreachableError: its host does not answer.
    """
    return _try(url, lambda answer: answer.read(), stop)


def save(url: str, file: BinaryIO, report: Callable[[int, int], None]) -> None:
    """Copies the content of an address to a file, which is truncated before.

    Args:
      url: the address.
      file: open for writing, seekable.
      report: called with the bytes there are and those there will be, 0 if
        that is not known.

    Raises:
      GoneError: it is not given.
      UnreachableError: its host does not answer.
    """

    def copy(answer: http.client.HTTPResponse) -> None:
        file.seek(0)
        file.truncate()
        size = int(answer.headers.get("Content-Length", 0))
        while part := answer.read(CHUNK):
            file.write(part)
            report(file.tell(), size)
        if file.tell() < size:
            raise http.client.IncompleteRead(b"", size - file.tell())

    _try(url, copy, NEVER)


def _try(url: str, use: Callable, stop: threading.Event) -> bytes | None:
    pause, failure = 0.0, None
    for attempt in range(TRIES):
        if pause > LONGEST or stop.wait(pause):
            break
        pause = PAUSE * 2**attempt
        kind = UnreachableError
        try:
            request = urllib.request.Request(url, headers=AGENT)
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                kind = GoneError
                return use(answer)
        except urllib.error.HTTPError as error:
            kind = UnreachableError if error.code in BUSY else GoneError
            failure = kind(f"the answer was {error.code} {error.reason}")
            if error.code in LOST:
                break
            pause = max(pause, _asked_pause(error))
        except (OSError, ValueError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) in NO_ROOM:
                raise
            why = getattr(error, "reason", None) or error
            failure = kind(f"{url} cannot be fetched: {why}")
    raise failure or GoneError("it was not asked for: the work was stopped")


def _asked_pause(answer: urllib.error.HTTPError) -> float:
    """Returns the seconds a host wants to be left alone, 0 if it says none.

    RFC 9110, section 10.2.3. A date is not understood.
    """
    asked = answer.headers.get("Retry-After", "").strip()
    return float(asked) if asked.isascii() and asked.isdigit() else 0.0
