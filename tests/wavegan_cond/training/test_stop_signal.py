"""A signal ends training after an iteration; a second one at once."""

import os
import signal
import subprocess
import sys

import pytest

from wavegan_cond.training.stop_signal import StopSignal, asking


def test_a_signal_stops_training_once_it_is_agreed_on():
    before = signal.getsignal(signal.SIGTERM)
    with StopSignal() as stop:
        stop.defer()
        stop.agree(False)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.received == signal.SIGTERM
        assert not stop.agreed
        stop.agree(True)
        assert stop.agreed == signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_closed_terminal_asks_unless_it_is_ignored():
    before = signal.getsignal(signal.SIGHUP)
    try:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        assert signal.SIGHUP in asking()
        with StopSignal() as stop:
            stop.defer()
            os.kill(os.getpid(), signal.SIGHUP)
            stop.agree(True)
            assert stop.agreed == signal.SIGHUP
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nohup
        assert signal.SIGHUP not in asking()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_before_the_first_iteration_a_signal_ends_the_program():
    with pytest.raises(SystemExit) as caught, StopSignal():
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.code == 143


def test_after_the_signal_of_another_worker_ones_own_is_the_first():
    """A scheduler signals all workers; one hears of another's before."""
    with StopSignal() as stop:
        stop.defer()
        stop.agree(True)
        assert stop.agreed == signal.SIGTERM and stop.ends_before(None)
        os.kill(os.getpid(), signal.SIGTERM)  # while it saves
        assert stop.received == signal.SIGTERM


def test_workers_end_before_a_stage_together_or_not_at_all():
    """One hears of a signal between stages; the other has begun the next."""
    with StopSignal(several=True) as asked:
        asked.defer()
        signal.raise_signal(signal.SIGTERM)
    other = StopSignal(several=True)
    assert asked.received and not asked.ends_before(None)
    for stop in (asked, other):
        stop.agree(True)
        assert stop.ends_before(None)


def test_a_second_signal_ends_the_process_at_once():
    program = """
import os, signal
from wavegan_cond.training.stop_signal import StopSignal
with StopSignal() as stop:
    stop.defer()
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    print("still here")
"""
    result = subprocess.run([sys.executable, "-c", program], text=True)
    assert result.returncode == 128 + signal.SIGTERM
