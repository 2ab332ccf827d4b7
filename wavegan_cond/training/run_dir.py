"""Run folder: its files and its lock.

run/
  config.json       model, training configuration, fingerprint of the data
  flags.txt         the resolved flags; a flagfile that repeats the run
  log.csv           losses, one line per iteration
  scores.csv        distance to validation sounds, one line per checkpoint
  saved.txt         iteration of the last checkpoint that was saved
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
        self.saved = self.path / "saved.txt"
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

    def check_new(self) -> None:
        """Raises RunError if a checkpoint was saved here: it has been lost.

        Without this a folder that is unmounted, unreadable or deleted would
        begin the run again, over the log of what was trained.
        """
        try:
            os.listdir(self.checkpoints)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise RunError(
                f"{self.checkpoints} cannot be read: {error.strerror}"
            ) from error
        if self.saved.exists():
            raise RunError(
                f"{self.saved} says that a checkpoint was saved, and "
                f"{self.checkpoints} has none: bring it back, or choose "
                "another --run_dir to begin again"
            )

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
