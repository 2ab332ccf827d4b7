"""Temporary names that are unmistakably ours, held while a process lives.

``.store.partial-`` and 32 hex digits: half of them are random, the others are
checks of the final name and of the temporary one, so that nothing else has such
a name by chance. A process holds what it has so named with a lock of the
operating system, which ends with the process. A process id would not do: in a
container the same one comes back.
"""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from wavegan_cond.storage import lock

PARTIAL = "partial"  # not complete: of no use once its process has ended
FORMER = "former"  # the old folder, until the new one has its name
READY = "ready"  # a complete folder whose files are to be moved one level up
SHOWN = 50  # characters of a final name that its temporary name shows
_NAME = re.compile(
    r"(\.(.{1,50})\.(partial|former|ready)-[0-9a-f]{16}([0-9a-f]{8}))"
    r"([0-9a-f]{8})",
    re.DOTALL,
)


def make_name(final: str, kind: str) -> str:
    """Returns a temporary name.

    Args:
      final: the name it stands for.
      kind: ``PARTIAL``, ``FORMER`` or ``READY``.
    """
    start = f".{final[:SHOWN]}.{kind}-{secrets.token_hex(8)}{_check(final)}"
    return start + _check(start)


def is_temporary(name: str, kind: str, final: str | None = None) -> bool:
    """Says whether ``make_name`` made a name.

    Args:
      name: the name.
      kind: the kind it must be of.
      final: the name it must stand for; None for any.
    """
    parts = _NAME.fullmatch(name)
    if not parts or parts[3] != kind or parts[5] != _check(parts[1]):
        return False
    return final is None or parts[4] == _check(final)


@contextlib.contextmanager
def hold(path: Path) -> Iterator[bool]:
    """Holds a file or folder against other processes.

    Yields:
      Whether that is sure: some file systems have no locks.

    Raises:
      LockedError: another process holds it.
      OSError: it is a link, or cannot be opened.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    try:
        yield lock.lock(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def create(
    place: Path, final: str, make: Callable[[Path], None]
) -> Iterator[Path]:
    """Yields a new temporary file or folder, held while the context lasts.

    Args:
      place: the folder it is made in.
      final: the name it stands for.
      make: makes a file or a folder of a path.
    """
    while True:
        path = place / make_name(final, PARTIAL)
        make(path)
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(hold(path))
                if not path.exists():
                    continue  # swept before it was held
            except (lock.LockedError, FileNotFoundError):
                continue  # being swept
            yield path
            return


def find_left(
    place: Path, kind: str, final: str | None = None
) -> Iterator[Path]:
    """Yields what processes that have ended left, each held meanwhile.

    Where there are no locks, an old folder alone is: putting it back destroys
    nothing.

    Args:
      place: the folder to look in, which need not exist.
      kind: the kind of temporary name.
      final: the name it stands for; None for any.
    """
    try:
        names = os.listdir(place)
    except OSError:
        return
    for name in names:
        if is_temporary(name, kind, final):
            with contextlib.suppress(OSError, lock.LockedError):
                with hold(place / name) as sure:
                    if sure or kind == FORMER:
                        yield place / name


def _check(text: str) -> str:
    """Returns 8 hex digits of a text."""
    data = b"wavegan-cond " + os.fsencode(text)
    return hashlib.sha256(data).hexdigest()[:8]
