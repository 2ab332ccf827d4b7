"""R1 and R2: runs that are killed, or asked to stop, and started again."""

import functools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.reliability import tiny
from tests.reliability.row import Case
from tests.reliability.sabotage import POINTS
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.training import checkpoints
from wavegan_cond.training.run_dir import RunDir

SECONDS_TO_LEAVE = 10
NAMED = [p for p in POINTS if p not in ("in an export", "while growing")]


class Reference:
    """A store, and a run on it that nothing disturbed."""

    def __init__(self, folder: Path, iterations: int, stages: str = ""):
        # With so many held-out sounds the checkpoints are scored as well.
        length = tiny.GROWN.length if stages else tiny.LENGTH
        self.store = tiny.make_store(folder / "store", 60, length)
        self.flags = (
            f"--length={length}",
            f"--stages={stages}",
            f"--iterations={iterations}",
            "--checkpoint_every=20",
            "--preview_every=50",
            "--preview_sounds=1",
        )
        self.run_dir = folder / "whole"
        started = time.monotonic()
        finish(self.command(self.run_dir))
        self.seconds = time.monotonic() - started
        self.tensors = tiny.tensors(self.run_dir)
        self.rows = tiny.log_rows(self.run_dir)
        self.scores = RunDir(self.run_dir).scores.read_text()

    def command(self, run_dir: Path) -> list[str]:
        """Returns the command that trains, or continues, this run."""
        return tiny.command(self.store.path, run_dir, *self.flags)

    def compare(self, run_dir: Path) -> None:
        """Raises AssertionError unless a run ended as the reference did."""
        assert tiny.tensors(run_dir) == self.tensors, "other tensors"
        assert tiny.log_rows(run_dir) == self.rows, "log.csv differs"
        scores = RunDir(run_dir).scores.read_text()
        assert scores == self.scores, "scores.csv differs"
        left = [p for p in run_dir.rglob(".*") if p.is_file() or p.is_dir()]
        assert not left, f"left behind: {left}"


def killed(folder: Path, quick: bool) -> Iterator[Case]:
    """R1: SIGKILL at random moments and at every named point."""
    whole = Reference(folder, iterations=100 if quick else 300)
    for seed in range(2 if quick else 20):
        check = functools.partial(_killed_at_random, whole, seed)
        yield Case(f"random moment, seed {seed}", check)
    for point in NAMED[1:2] if quick else NAMED:
        check = functools.partial(_killed_at_point, whole, point)
        yield Case(point, check)
    yield Case("in an export", functools.partial(_killed_export, whole))
    grown = Reference(folder / "grown", iterations=60, stages="64:25,256/20")
    points = ["while growing"] if quick else [*NAMED, "while growing"]
    for point in points:
        check = functools.partial(_killed_at_point, grown, point)
        yield Case(f"{point}, a run that grows", check)
    for seed in range(0 if quick else 4):
        check = functools.partial(_killed_at_random, grown, seed)
        yield Case(f"random moment, seed {seed}, a run that grows", check)


def _killed_at_random(whole: Reference, seed: int, place: Path) -> None:
    moment = random.Random(seed).uniform(0, whole.seconds)
    process = start(whole.command(place))
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finish(whole.command(place))
    whole.compare(place)


def _killed_at_point(whole: Reference, point: str, place: Path) -> None:
    code = start(sabotaged(point, whole.command(place))).wait()
    assert code == -signal.SIGKILL, f"{point} was not reached: {code}"
    finish(whole.command(place))
    whole.compare(place)


def _killed_export(whole: Reference, place: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "experiments.export",
        f"--run_dir={whole.run_dir}",
        f"--output_dir={place / 'model'}",
    ]
    code = start(sabotaged("in an export", command)).wait()
    assert code == -signal.SIGKILL, f"the export was not reached: {code}"
    assert not (place / "model").exists(), "half an export is there"
    finish(command)
    exported = load_model(place / "model").info.fingerprint
    assert exported == load_model(whole.run_dir).info.fingerprint
    assert os.listdir(place) == ["model"], "something was left behind"


def terminated(folder: Path, quick: bool) -> Iterator[Case]:
    """R2: SIGTERM at random moments; every fourth time a second one."""
    whole = Reference(folder, iterations=100 if quick else 300)
    for seed in range(2 if quick else 20):
        twice = seed % 4 == 1
        check = functools.partial(_terminated, whole, seed, twice)
        yield Case(f"seed {seed}{', two signals' if twice else ''}", check)


def _terminated(whole: Reference, seed: int, twice: bool, place: Path) -> None:
    moment = random.Random(seed).uniform(0.05, 0.95) * whole.seconds
    process = start(whole.command(place))
    time.sleep(moment)
    process.terminate()
    if twice:
        time.sleep(0.02)
        process.terminate()
    sent = time.monotonic()
    # As a shell and Docker count; it is negative before Python has started.
    code = process.wait(60)
    code = 128 - code if code < 0 else code
    seconds = time.monotonic() - sent
    assert seconds < SECONDS_TO_LEAVE, f"it took {seconds:.1f} s to leave"
    assert code in (143, 0), f"exit code {code}"
    if code == 143 and not twice and RunDir(place).log.exists():
        _check_saved(place)
    finish(whole.command(place))
    whole.compare(place)


def _check_saved(run_dir: Path) -> None:
    """Raises unless the checkpoint is of the last iteration that was run."""
    rows = tiny.log_rows(run_dir)
    if not rows:
        return
    _, iteration, damaged = checkpoints.latest(RunDir(run_dir).checkpoints)
    last = int(rows[-1][0])
    assert iteration == last, f"saved {iteration}, stopped at {last}"
    assert not damaged, damaged


def sabotaged(point: str, command: list[str]) -> list[str]:
    """Returns a ``python -m`` command that dies at a point."""
    python, option, *script = command
    sabotage = "tests.reliability.sabotage"
    return [python, option, sabotage, point, *script]


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
