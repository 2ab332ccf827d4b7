"""Trainings side by side: their cores and their end."""

import os
import signal
import subprocess
import sys
import time

import pytest

from experiments.common import parallel_runs
from experiments.common.parallel_runs import (
    Training,
    TrainingError,
    Trainings,
)

LONG = """
import signal, sys, time

def save(*_):
    print("saved", flush=True)
    sys.exit()

signal.signal(signal.SIGTERM, save)
print("begun", flush=True)
time.sleep(100)
"""

PARENT = """
import pathlib, signal, sys, time
from experiments.common.parallel_runs import Training, Trainings, shares

signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored
log = pathlib.Path(sys.argv[1])
with Trainings() as trainings:
    trainings.start(Training("long", ["long"], log, shares(1)[0]))
    time.sleep(100)
"""


def test_shares_are_apart_and_within_what_is_allowed():
    mine = os.sched_getaffinity(0)
    parts = parallel_runs.shares(2)
    assert len(parts) == 2 and set.union(*parts) <= mine
    assert len(mine) == 1 or not set.intersection(*parts)
    assert parallel_runs.shares(1) == [mine]


def test_more_shares_than_cores_overlap():
    count = len(os.sched_getaffinity(0))
    parts = parallel_runs.shares(3 * count)
    assert [len(part) for part in parts] == [1] * (3 * count)


def test_what_still_runs_at_the_end_is_asked_to_stop(tmp_path):
    cores = parallel_runs.shares(2)[-1]
    with parallel_runs.process(
        ["http.server", "0"], tmp_path / "log", cores
    ) as running:
        assert running.poll() is None
        assert os.sched_getaffinity(running.pid) == cores
    assert running.returncode == -signal.SIGTERM


def test_where_processes_cannot_be_kept_to_cores_they_run_on_all(
    tmp_path, monkeypatch
):
    """As on macOS."""
    for name in ("sched_getaffinity", "sched_setaffinity"):
        monkeypatch.delattr(os, name, raising=False)
    parts = parallel_runs.shares(2)
    assert set.union(*parts) <= set(range(os.cpu_count()))
    with parallel_runs.process(
        ["platform"], tmp_path / "log", parts[0]
    ) as running:
        assert running.wait() == 0


def test_what_it_prints_is_kept(tmp_path):
    with parallel_runs.process(
        ["platform"], tmp_path / "log", os.sched_getaffinity(0)
    ) as running:
        assert running.wait() == 0
    assert sys.platform in (tmp_path / "log").read_text().lower()


@pytest.fixture
def training(tmp_path):
    """Returns a function: arguments of python -m -> a training of them."""

    def make(name, *arguments):
        cores = os.sched_getaffinity(0)
        return Training(name, arguments, tmp_path / f"{name}.log", cores)

    return make


def first_ended(trainings):
    """Waits until one has ended."""
    while not (ended := trainings.collect()):
        time.sleep(0.05)
    return ended


def test_each_is_told_once_when_it_has_ended(training):
    short, long = (
        training("short", "platform"),
        training("long", "http.server", "0"),
    )
    with Trainings() as trainings:
        assert not trainings and not trainings.collect()
        trainings.start(short)
        trainings.start(long)
        assert len(trainings) == 2
        assert first_ended(trainings) == [short]
        assert len(trainings) == 1 and not trainings.collect()


def test_one_that_fails_ends_the_others_with_its_code(
    training, tmp_path, monkeypatch
):
    """They save; and it says where it has said why."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "long.py").write_text(LONG)
    long, bad = training("long", "long"), training("bad", "calendar", "--wrong")
    with pytest.raises(TrainingError) as error, Trainings() as trainings:
        trainings.start(long)
        while "begun" not in long.log.read_text():
            time.sleep(0.05)
        trainings.start(bad)
        first_ended(trainings)
    assert str(error.value) == f"the training bad failed: see {bad.log}"
    assert "--wrong" in bad.log.read_text()
    assert error.value.exit_code == 2
    assert long.log.read_text().split() == ["begun", "saved"]


def test_ctrl_c_reaches_them_once_and_they_save(tmp_path):
    """A terminal sends it to the whole group; a second signal ends at once."""
    (tmp_path / "long.py").write_text(LONG)
    log = tmp_path / "log"
    paths = os.pathsep.join([str(tmp_path), os.getcwd()])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, log],
        env={**os.environ, "PYTHONPATH": paths},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not log.exists() or "begun" not in log.read_text():
        assert parent.poll() is None
        time.sleep(0.05)
    os.killpg(parent.pid, signal.SIGINT)
    parent.wait()
    assert log.read_text().split() == ["begun", "saved"]


def test_one_that_was_killed_has_the_code_of_its_signal():
    assert TrainingError("", -signal.SIGKILL).exit_code == 128 + signal.SIGKILL
