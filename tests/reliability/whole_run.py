"""A run that nothing disturbed, to compare others with."""

import subprocess
import time
from pathlib import Path

from tests.fixtures import tiny
from wavegan_cond.training.run_dir import RunDir


class WholeRun:
    """A store, and a run on it from its start to its end.

    Attributes:
      store: the store.
      run_dir: folder of the run.
      seconds: how long the run took.
    """

    def __init__(self, folder: Path, iterations: int, stages: str = ""):
        # With so many held-out sounds the checkpoints are scored as well.
        length = tiny.GROWN.length if stages else tiny.LENGTH
        self.store = tiny.make_store(folder / "store", 60, length)
        self._flags = (
            f"--length={length}",
            f"--stages={stages}",
            f"--iterations={iterations}",
            "--checkpoint_every=20",
            "--preview_every=50",
            "--preview_sounds=1",
        )
        self.run_dir = folder / "run"
        started = time.monotonic()
        finish(self.command(self.run_dir))
        self.seconds = time.monotonic() - started
        self._tensors = tiny.tensors(self.run_dir)
        self._rows = tiny.log_rows(self.run_dir)
        self._scores = RunDir(self.run_dir).scores.read_text()

    def command(self, run_dir: Path) -> list[str]:
        """Returns the command that trains, or continues, this run."""
        return tiny.command(self.store.path, run_dir, *self._flags)

    def resume(self, run_dir: Path) -> None:
        """Continues a run; raises AssertionError unless it ends as this one."""
        finish(self.command(run_dir))
        assert tiny.tensors(run_dir) == self._tensors, "other tensors"
        assert tiny.log_rows(run_dir) == self._rows, "log.csv differs"
        scores = RunDir(run_dir).scores.read_text()
        assert scores == self._scores, "scores.csv differs"
        left = [p for p in run_dir.rglob(".*") if p.is_file() or p.is_dir()]
        assert not left, f"left behind: {left}"


def start(command: list[str]) -> subprocess.Popen:
    """Starts a command whose output nobody reads."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=quiet, stderr=quiet)


def finish(command: list[str]) -> None:
    """Runs a command to its end.

    Raises:
      AssertionError: its exit code is not 0; with what it said last.
    """
    result = subprocess.run(command, capture_output=True, text=True)
    said = result.stderr.strip().splitlines()[-1:]
    assert result.returncode == 0, f"exit code {result.returncode}: {said}"
