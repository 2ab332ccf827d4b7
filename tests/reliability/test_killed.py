"""R1: a killed run resumes bit for bit.

SIGKILL at random moments and at named points; the same command then ends with
every saved tensor, and the log, of a run that nothing disturbed.
"""

import os
import random
import signal
import subprocess

import pytest

from tests.fixtures.processes import started
from tests.reliability.cases import each, seeds
from tests.reliability.sabotage import POINTS
from tests.reliability.whole_run import WholeRun, finish, start
from wavegan_cond.saved_models.load import load_model

pytestmark = pytest.mark.slow
NAMED = [p for p in POINTS if p not in ("in an export", "while growing")]


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A run that grows, and that nothing disturbed."""
    folder = tmp_path_factory.mktemp("grown")
    return WholeRun(folder, iterations=60, stages="64:25,256/20")


@seeds(20, quick=0)
def test_at_a_random_moment(whole, tmp_path, seed):
    kill_at_random(whole, seed, tmp_path)


@each("point", NAMED, quick=["before the commit"])
def test_at_a_point(whole, tmp_path, point):
    kill_at_point(whole, point, tmp_path)


@seeds(4, quick=0)
def test_growing_at_a_random_moment(grown, tmp_path, seed):
    kill_at_random(grown, seed, tmp_path)


@each("point", [*NAMED, "while growing"], quick=0)
def test_growing_at_a_point(grown, tmp_path, point):
    kill_at_point(grown, point, tmp_path)


@pytest.mark.full
def test_in_an_export(whole, tmp_path):
    folders = {"model": whole.run_dir, "output_dir": tmp_path / "model"}
    command = started("export", **folders)
    code = start(sabotaged("in an export", command)).wait()
    assert code == -signal.SIGKILL, "the export was not reached"
    [left] = os.listdir(tmp_path)
    assert left.startswith(".model.partial-")
    finish(command)
    exported = load_model(tmp_path / "model").info.fingerprint
    assert exported == load_model(whole.run_dir).info.fingerprint
    assert os.listdir(tmp_path) == ["model"]


def kill_at_random(whole, seed, run_dir):
    moment = random.Random(seed).uniform(0, whole.seconds)
    process = start(whole.command(run_dir))
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    whole.resume(run_dir)


def kill_at_point(whole, point, run_dir):
    code = start(sabotaged(point, whole.command(run_dir))).wait()
    assert code == -signal.SIGKILL, f"{point} was not reached"
    whole.resume(run_dir)


def sabotaged(point, command):
    """A ``python -m`` command that dies at a point."""
    python, option, *script = command
    return [python, option, "tests.reliability.sabotage", point, *script]
