"""Tables and checkpoints of a run, callback by callback."""

import os

import pytest

from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.training.callbacks import Table, read_estimates


def test_a_table_is_no_pipe(tmp_path):
    os.mkfifo(tmp_path / "log.csv")
    with pytest.raises(WriteError, match="no regular file") as caught:
        Table(tmp_path / "log.csv", ("iteration", "loss"), 5)
    assert caught.value.exit_code == 4
    with pytest.raises(OSError, match="no regular file"):
        read_estimates(tmp_path / "log.csv", 0)
