"""Run folder: its files and its lock.

run/
  config.json       model, training configuration, fingerprint of the data
  flags.txt         the resolved flags; a flagfile that repeats the run
  log.csv           losses, one line per iteration
  scores.csv        distance to validation sounds, one line per checkpoint
  loss.png          plot of log.csv
  checkpoints/      iteration_00001000/ ...
  previews/         iteration_00000500/kick_0.wav ... sheet.png
  tensorboard/
"""

import contextlib
import os
import pathlib
from collections.abc import Iterator

from wavegan_cond.storage import lock
from wavegan_cond.storage.untrusted import read_text

MAX_BYTES = 1 << 20  # of config.json


class RunError(ValueError):
    """Unusable run folder."""

    exit_code = 2


class RunDir:
    """Paths of the files in a run folder."""

    def __init__(self, path: str | os.PathLike):
        self.path = pathlib.Path(path)
        self.config = self.path / "config.json"
        self.flags = self.path / "flags.txt"
        self.log = self.path / "log.csv"
        self.scores = self.path / "scores.csv"
        self.loss_picture = self.path / "loss.png"
        self.checkpoints = self.path / "checkpoints"
        self.previews = self.path / "previews"
        self.tensorboard = self.path / "tensorboard"

    def create(self) -> None:
        """Creates the folder.

        Raises:
          RunError: the folder cannot be written to.
        """
        try:
            self.checkpoints.mkdir(parents=True, exist_ok=True)
            self.previews.mkdir(exist_ok=True)
        except OSError as error:
            raise self._not_writable(error) from error

    def read_config(self) -> str:
        """Returns the text of ``config.json``.

        Raises:
          RunError: it cannot be read.
        """
        try:
            return read_text(self.config, MAX_BYTES)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise RunError(f"{self.config} cannot be read: {reason}") from error

    def _not_writable(self, error: OSError) -> RunError:
        return RunError(
            f"cannot write to the run folder {self.path}: {error.strerror}; "
            "choose another --run_dir"
        )

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Locks the folder while the context lasts.

        Raises:
          RunError: another process has the lock, which the message names, or
            the folder cannot be written to.
        """
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(lock.acquire(self.path, "lock"))
            except lock.LockedError as error:
                raise RunError(
                    f"{self.path} is in use by {error}: stop it first, or "
                    "choose another --run_dir"
                ) from error
            except OSError as error:
                raise self._not_writable(error) from error
            yield
