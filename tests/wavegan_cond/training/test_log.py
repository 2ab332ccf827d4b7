"""CSV files of a run, which other programs may have changed."""

import os

import pytest

from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.training.log import Table, read_estimates


def test_a_table_is_no_pipe(tmp_path):
    os.mkfifo(tmp_path / "log.csv")
    with pytest.raises(WriteError, match="no regular file") as caught:
        Table(tmp_path / "log.csv", ("iteration", "loss"), 5)
    assert caught.value.exit_code == 4
    assert read_estimates(tmp_path / "log.csv", 0) == []


@pytest.mark.parametrize(
    "text", [None, "", "iteration;wasserstein\n1;0,5\n", "iteration,w\n1,2\n"]
)
def test_a_log_that_another_program_changed_has_no_estimates(tmp_path, text):
    log = tmp_path / "log.csv"
    if text is not None:
        log.write_text(text)
    assert read_estimates(log, 0) == []
    log.write_text("iteration,wasserstein\n1,0.5\n2,0.25\n")
    assert read_estimates(log, 1) == [0.25]
