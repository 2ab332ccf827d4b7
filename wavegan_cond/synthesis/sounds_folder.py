"""A folder of sounds whose list never says what a file no longer is."""

import contextlib
import os
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from wavegan_cond.storage import lock
from wavegan_cond.storage.atomic import remove_leftover_files, write_bytes
from wavegan_cond.storage.untrusted import read_bytes
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.recipe import SoundListError, sha256

LOCK = ".wavegan_cond.lock"  # of no other program: it is removed


class SoundsFolder:
    """Writes sounds to a folder that may have some, and a list of them.

    Args:
      path: path of the folder.
      content: of its list.
      names: of files that may be put there.
      overwrite: whether to replace existing files that differ.
    """

    def __init__(
        self,
        path: pathlib.Path,
        content: Mapping,
        names: Sequence[str],
        overwrite: bool,
    ):
        self.path, self._overwrite = path, overwrite
        self._content, self._names = content, names
        entries = content["sounds"] + content["joined"]
        self._listed = {e["file"]: e["sha256"] for e in entries}

    def check_listed(self, names: Iterable[str]) -> None:
        """Raises SoundListError for a file that is there and in no list."""
        for name in names:
            if name not in self._listed and os.path.lexists(self.path / name):
                self._refuse(name)

    def _refuse(self, name: str) -> None:
        if not self._overwrite:
            raise SoundListError(
                f"{self.path / name} exists and is another sound: choose "
                "another folder, or pass --overwrite"
            )

    def put(self, name: str, data: bytes) -> None:
        """Writes a file, unless it is there.

        Before the first listed one becomes another, the list is written without
        all that may: whatever interrupts the rest, it stays true.

        Raises:
          SoundListError: another file is there, and is not to be replaced.
        """
        path = self.path / name
        if holds(path, data):
            return
        if path.exists():
            self._refuse(name)
        listed = self._listed.get(name)
        if listed and listed != sha256(data):
            kept = generation_log.without(self._content, self._names)
            generation_log.write(self.path, kept)
            self._listed = {}  # of what may be put here, none is any more
        write_bytes(path, data)


@contextlib.contextmanager
def locked(folder: pathlib.Path) -> Iterator[None]:
    """Creates a folder of sounds, swept, and holds it while the context lasts.

    Its list is read, added to and written again: two that do so at a time would
    each leave out what the other one made.

    Raises:
      SoundListError: another process holds it.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(lock.hold(folder, LOCK))
        except lock.LockedError as error:
            raise SoundListError(
                f"{folder} is in use by {error}: wait for it, or choose "
                "another folder"
            ) from error
        remove_leftover_files(folder)
        yield


def holds(path: pathlib.Path, data: bytes) -> bool:
    """Says whether a file holds these bytes; a pipe is not waited for."""
    try:
        return read_bytes(path, len(data)) == data
    except (OSError, ValueError):
        return False
