"""Trainings side by side: their cores, their end and their clock."""

import os
import signal
import sys

from experiments.claims import parallel_runs


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


def test_seconds_add_up(tmp_path):
    assert parallel_runs.seconds(tmp_path) == {0: 0.0}
    log = "iteration,seconds,wasserstein\n1,2.0,0\n2,1.0,0\n3,0.5,0\n"
    (tmp_path / "log.csv").write_text(log)
    assert parallel_runs.seconds(tmp_path) == {0: 0.0, 1: 2.0, 2: 3.0, 3: 3.5}


def test_an_iteration_takes_the_median_of_those_asked_for(tmp_path):
    log = "iteration,seconds\n1,9.0\n2,1.0\n3,3.0\n4,2.0\n5,40.0\n"
    (tmp_path / "log.csv").write_text(log)
    assert parallel_runs.iteration_seconds(tmp_path, 1, 4) == 2.0
    assert parallel_runs.iteration_seconds(tmp_path, 0, 1) == 9.0


def test_half_a_line_is_not_read(tmp_path):
    (tmp_path / "log.csv").write_text("iteration,seconds\n1,2.0\n2")
    assert parallel_runs.seconds(tmp_path)[1] == 2.0
