"""Trainings side by side: their cores and their end."""

import dataclasses
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

SLOW = LONG.replace(
    'print("saved"',
    """print("asked", flush=True)
    while not pathlib.Path("go").exists():
        time.sleep(0.05)
    print("saved\"""",
).replace("import signal", "import pathlib, signal")

PARENT = """
import pathlib, signal, sys, time
from experiments.common.parallel_runs import (
    Training, Trainings, shares, resumable)

signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored
with resumable(), Trainings() as trainings:
    for log in map(pathlib.Path, sys.argv[1:]):
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


def test_what_still_runs_at_the_end_is_asked_to_stop(training):
    cores = parallel_runs.shares(2)[-1]
    server = dataclasses.replace(
        training("server", "http.server", "0"), cores=cores
    )
    with Trainings() as trainings:
        trainings.start(server)
        (running,) = trainings._running
        assert running.poll() is None
        assert os.sched_getaffinity(running.pid) == cores
    assert running.returncode == -signal.SIGTERM


def test_where_processes_cannot_be_kept_to_cores_they_run_on_all(
    training, monkeypatch
):
    """As on macOS."""
    short = training("short", "platform")
    for name in ("sched_getaffinity", "sched_setaffinity"):
        monkeypatch.delattr(os, name, raising=False)
    parts = parallel_runs.shares(2)
    assert set.union(*parts) <= set(range(os.cpu_count()))
    with Trainings() as trainings:
        trainings.start(dataclasses.replace(short, cores=parts[0]))
        first_ended(trainings)


def test_what_it_prints_is_kept(training):
    short = training("short", "platform")
    with Trainings() as trainings:
        trainings.start(short)
        first_ended(trainings)
    assert sys.platform in short.log.read_text().lower()


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


def test_what_fails_at_once_is_told_one_by_one(training, tmp_path, monkeypatch):
    """And what ended well meanwhile is not lost."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for name, code in (("one", 2), ("two", 3), ("good", 0)):
        (tmp_path / f"{name}.py").write_text(f"import sys; sys.exit({code})")
    codes = []
    with Trainings() as trainings:
        for name in ("one", "good", "two"):
            trainings.start(training(name, name))
        for process in trainings._running:
            process.wait()
        for left in (2, 1):
            with pytest.raises(TrainingError) as error:
                trainings.collect()
            codes.append(error.value.exit_code)
            assert len(trainings) == left
        (good,) = trainings.collect()
    assert codes == [2, 3] and good.name == "good"


@pytest.fixture
def parent(tmp_path):
    """Returns a function: program of a training -> a process with two, logs."""
    started = []

    def start(program):
        (tmp_path / "long.py").write_text(program)
        logs = [tmp_path / "one.log", tmp_path / "two.log"]
        paths = os.pathsep.join([str(tmp_path), os.getcwd()])
        process = subprocess.Popen(
            [sys.executable, "-c", PARENT, *logs],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": paths},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        wait_for("begun", logs)
        return process, logs

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(word, logs):
    """Waits until a word stands in every log."""
    deadline = time.monotonic() + 30
    while not all(log.exists() and word in log.read_text() for log in logs):
        assert time.monotonic() < deadline, word
        time.sleep(0.05)


def test_ctrl_c_reaches_them_once_and_they_save(parent):
    """A terminal sends it to the whole group; a second signal ends at once."""
    process, logs = parent(LONG)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate()
    for log in logs:
        assert log.read_text().split() == ["begun", "saved"]
    assert said == "stopped and saved; the same command continues\n"
    assert process.returncode == 128 + signal.SIGINT


def test_a_second_ctrl_c_leaves_none_that_was_not_asked_to_stop(
    parent, tmp_path
):
    """All are asked before any has saved."""
    process, logs = parent(SLOW)
    os.killpg(process.pid, signal.SIGINT)
    wait_for("asked", logs)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate()
    assert (process.returncode, said) == (128 + signal.SIGINT, "")
    (tmp_path / "go").touch()
    wait_for("saved", logs)


def test_a_signal_while_one_starts_leaves_none_behind(training, monkeypatch):
    """Though it comes before it is known that there is one."""
    keep_to = parallel_runs.processors.keep_to

    def interrupted(*arguments):
        keep_to(*arguments)
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(parallel_runs.processors, "keep_to", interrupted)
    with pytest.raises(SystemExit), parallel_runs.resumable():
        with Trainings() as trainings:
            trainings.start(training("long", "http.server", "0"))
    (process,) = trainings._running
    assert process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("code", [3, 4])
def test_a_failure_keeps_its_code(training, tmp_path, monkeypatch, code):
    """Such as of a training that diverged, or found the disk full."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "bad.py").write_text(f"import sys; sys.exit({code})")
    with pytest.raises(TrainingError) as error, Trainings() as trainings:
        trainings.start(training("bad", "bad"))
        first_ended(trainings)
    assert error.value.exit_code == code


def test_one_that_cannot_save_is_not_said_to_have(
    training, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    full = LONG.replace("sys.exit()", "sys.exit(4)")
    (tmp_path / "full.py").write_text(full)
    long = training("full", "full")
    with (
        pytest.raises(TrainingError, match="full failed") as error,
        parallel_runs.resumable(),
        Trainings() as trainings,
    ):
        trainings.start(long)
        wait_for("begun", [long.log])
        signal.raise_signal(signal.SIGTERM)
    assert error.value.exit_code == 4
    assert not capsys.readouterr().out


def test_one_that_was_killed_has_the_code_of_its_signal():
    assert TrainingError("", -signal.SIGKILL).exit_code == 128 + signal.SIGKILL
