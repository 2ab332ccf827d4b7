"""The clock of a run folder is its log."""

import pytest

from experiments.common import cli, run_clock


def test_seconds_add_up(tmp_path):
    assert run_clock.seconds(tmp_path) == {0: 0.0}
    log = "iteration,seconds,wasserstein\n1,2.0,0\n2,1.0,0\n3,0.5,0\n"
    (tmp_path / "log.csv").write_text(log)
    assert run_clock.read(tmp_path) == [(1, 2.0), (2, 1.0), (3, 0.5)]
    assert run_clock.seconds(tmp_path) == {0: 0.0, 1: 2.0, 2: 3.0, 3: 3.5}


def test_an_iteration_takes_the_median_of_those_asked_for(tmp_path):
    log = "iteration,seconds\n1,9.0\n2,1.0\n3,3.0\n4,2.0\n5,40.0\n"
    (tmp_path / "log.csv").write_text(log)
    assert run_clock.iteration_seconds(tmp_path, 1, 4) == 2.0
    assert run_clock.iteration_seconds(tmp_path, 0, 1) == 9.0
    assert run_clock.iteration_seconds(tmp_path) == 3.0


def test_a_log_that_a_spreadsheet_saved_is_the_same_clock(tmp_path):
    (tmp_path / "log.csv").write_text("iteration;seconds\n1;2,0\n2;1,5\n")
    assert run_clock.seconds(tmp_path) == {0: 0.0, 1: 2.0, 2: 3.5}
    assert run_clock.iteration_seconds(tmp_path) == 1.75


def test_iterations_that_are_not_in_the_log_are_told(tmp_path):
    with pytest.raises(cli.UsageError, match=r"log\.csv lacks"):
        run_clock.iteration_seconds(tmp_path)
    (tmp_path / "log.csv").write_text("iteration,seconds\n1,2.0\n4,1.0\n")
    assert run_clock.iteration_seconds(tmp_path) == 1.5
    with pytest.raises(cli.UsageError, match=r"log\.csv lacks"):
        run_clock.iteration_seconds(tmp_path, 4)


def test_half_a_line_is_not_read(tmp_path):
    (tmp_path / "log.csv").write_text("iteration,seconds\n1,2.0\n2")
    assert run_clock.seconds(tmp_path)[1] == 2.0
