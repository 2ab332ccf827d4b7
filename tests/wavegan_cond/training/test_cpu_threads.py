"""The number of threads that a run is begun with."""

import os

import pytest

from tests.fixtures.processes import printed
from wavegan_cond.training import cpu_threads


def test_the_environment_is_asked_first(monkeypatch):
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "3")
    assert cpu_threads.count() == 3
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "0")  # as TensorFlow: all
    assert cpu_threads.count() == len(os.sched_getaffinity(0))


def test_a_process_that_is_bound_to_one_processor_has_one(monkeypatch):
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system binds no process")
    program = (
        "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
        "from wavegan_cond.training import cpu_threads; "
        "print(cpu_threads.count())"
    )
    assert printed(program) == "1\n"
