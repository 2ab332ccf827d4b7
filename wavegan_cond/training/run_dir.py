"""Run folder: its files and its lock.

run/
  config.json       model, training configuration, fingerprint of the data
  flags.txt         all flags, precision resolved; a flagfile that repeats the
                    run
  log.csv           losses, one line per iteration
  scores.csv        distance to validation sounds and recall of them, one line
                    per checkpoint
  saved.txt         iteration of the last checkpoint that was saved
  loss.png          plot of log.csv
  checkpoints/      iteration_00001000/ ...
  previews/         iteration_00000500/kick_0.wav ... sheet.png
  tensorboard/
  lock              of the process that trains, and its process id
"""

import contextlib
import os
import pathlib
from collections.abc import Iterator

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.settings import ConfigError
from wavegan_cond.storage import lock
from wavegan_cond.storage.atomic import WriteError, remove_leftover_files
from wavegan_cond.storage.untrusted import read_text
from wavegan_cond.training.checkpoint_folder import remove_unfinished
from wavegan_cond.training.config_file import from_json

MAX_BYTES = 1 << 20  # of config.json
MAX_DIGITS = 20  # of an iteration


class RunError(ValueError):
    """Unusable run folder."""

    exit_code = 2


class RunLostError(WriteError):
    """A run folder that was deleted or moved while it is trained in."""


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
        self._locked: os.stat_result | None = None

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

    def read_config(self) -> tuple[ModelConfig, TrainConfig, dict]:
        """Returns what ``config.json`` holds, see ``from_json``.

        Raises:
          RunError: it is not there, or cannot be read.
          ConfigError: it is not a config of this program.
        """
        try:
            text = read_text(self.config, MAX_BYTES)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RunError(
                f"{self.path} is no run folder: it has no {self.config.name}"
            ) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise RunError(f"{self.config} cannot be read: {reason}") from error
        try:
            return from_json(text)
        except ConfigError as error:
            raise ConfigError(f"{self.config}: {error}") from error

    def last_saved(self) -> int:
        """Returns the iteration of the last checkpoint, 0 if none is known."""
        try:
            text = read_text(self.saved, MAX_DIGITS).strip()
        except (OSError, ValueError):
            return 0
        return int(text) if text.isdecimal() else 0

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
                "another folder to begin again"
            )

    def check_unused(self) -> None:
        """Raises RunError if files of others have the names of a run's.

        Without ``config.json`` the folder is no run yet, and what is there
        would be replaced. Checkpoints say themselves whose they are.
        """
        if any(self.checkpoints.glob("iteration_*")):
            return
        for path in (self.flags, self.log, self.scores, self.loss_picture):
            if os.path.lexists(path):
                raise RunError(
                    f"{path} is there, and {self.config.name} of a run is not: "
                    "move it away, or choose another folder"
                )

    def _not_writable(self, error: OSError) -> RunError:
        return RunError(
            f"cannot write to the run folder {self.path}: {error.strerror}; "
            "choose another folder"
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
                # Held open, so that no other folder gets its identity.
                held = os.open(self.path, os.O_RDONLY)
                stack.callback(os.close, held)
                self._locked = os.fstat(held)
            except lock.LockedError as error:
                raise RunError(
                    f"{self.path} is in use by {error}: stop it first, or "
                    "choose another folder"
                ) from error
            except OSError as error:
                raise self._not_writable(error) from error
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Removes what killed processes left half written or half removed."""
        remove_unfinished(self.checkpoints)
        remove_leftover_files(self.path)
        for preview in self.previews.glob("iteration_*"):
            remove_leftover_files(preview)

    def check_there(self) -> None:
        """Checks that the folder is the one that was locked.

        Without this, what is missing would be made anew: a run of nothing but
        its last checkpoints.

        Raises:
          RunLostError: it was deleted, moved or replaced.
        """
        try:
            there = self.checkpoints.is_dir()
            status = os.stat(self.path)
        except OSError:
            there = False
        if there and self._locked:
            there = os.path.samestat(status, self._locked)
        if not there:
            raise RunLostError(
                f"{self.path} was deleted or moved during the training, and "
                "nothing more can be saved: put it back, and the same command "
                "continues from its last checkpoint"
            )
