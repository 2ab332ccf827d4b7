"""Fetches files over HTTP: tries again, and says why one cannot be had."""

import contextlib
import http.client
import time
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
CHUNK = 1 << 16


class GoneError(Exception):
    """A file is not given."""


class UnreachableError(GoneError):
    """A host does not answer."""


class Silent:
    """The hosts that did not answer, which are asked for nothing more."""

    def __init__(self):
        self._hosts: set[str] = set()

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
            raise UnreachableError(f"{host} did not answer before")
        try:
            yield
        except UnreachableError:
            self._hosts.add(host)
            raise


def is_address(text: str) -> bool:
    """Says whether something is the address of a host, or of a folder there."""
    try:
        parts = urlsplit(text)
        is_whole = parts.hostname and parts.port != 0
        return parts.scheme in ("http", "https") and bool(is_whole)
    except ValueError:
        return False


def read(url: str) -> bytes:
    """Returns the content of an address.

    Raises:
      GoneError: it is not given.
      UnreachableError: its host does not answer.
    """
    return _try(url, lambda answer: answer.read())


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

    _try(url, copy)


def _try(url: str, use: Callable) -> bytes | None:
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE * 2 ** (attempt - 1))
        kind = UnreachableError
        try:
            request = urllib.request.Request(url, headers=AGENT)
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                kind = GoneError
                return use(answer)
        except urllib.error.HTTPError as error:
            failure = GoneError(f"the answer was {error.code} {error.reason}")
            if error.code in LOST:
                break
        except (OSError, ValueError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) in NO_ROOM:
                raise
            why = getattr(error, "reason", None) or error
            failure = kind(f"{url} cannot be fetched: {why}")
    raise failure
