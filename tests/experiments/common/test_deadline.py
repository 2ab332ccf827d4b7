"""A deadline ends training as a signal does, and is told from one."""

import signal
import types

import pytest

from experiments.common import deadline
from wavegan_cond.training.stop_signal import StopSignal


@pytest.fixture
def now(monkeypatch):
    time = [100.0]
    monkeypatch.setattr(deadline.time, "monotonic", lambda: time[0])
    return time


def stage(index, length):
    return types.SimpleNamespace(index=index, length=length)


def test_no_iteration_is_begun_that_would_end_too_late(now):
    stop = deadline.Deadline(120)
    stop.defer()
    for time in (110, 114):  # the first compiles, 4 s the second
        now[0] = time
        stop.agree(False)
        assert not stop.passed and not stop.agreed
    now[0] = 118
    stop.agree(False)
    assert stop.passed and stop.agreed
    assert not stop.urgent  # it was planned with: what is saved is scored


def test_no_stage_is_compiled_for_longer_than_is_left(now):
    stop = deadline.Deadline(120, {256: 50, 1024: 10, 4096: 30})
    assert not stop.ends_before(stage(0, 256))  # some training there must be
    assert not stop.ends_before(stage(1, 1024))
    assert stop.ends_before(stage(2, 4096)) and stop.passed
    assert not stop.agreed


def test_a_signal_is_no_deadline(now):
    stop = deadline.Deadline(0)
    with stop:
        stop.defer()
        signal.raise_signal(signal.SIGINT)
        stop.agree(True)
        assert stop.agreed == signal.SIGINT and stop.urgent
        assert stop.ends_before(stage(1, 1024))
    assert not stop.passed


def test_without_a_deadline_a_stage_is_begun_until_a_signal_comes():
    with StopSignal() as stop:
        assert not stop.ends_before(stage(1, 1024))
        stop.defer()
        signal.raise_signal(signal.SIGTERM)
        assert stop.ends_before(stage(1, 1024))
