"""The run folder: its files, its lock, and that it stays where it is."""

import os

import pytest

from wavegan_cond.training.run_dir import RunDir, RunError


def test_a_config_that_never_ends_is_not_read(tmp_path):
    run_dir = RunDir(tmp_path)
    os.mkfifo(run_dir.config)
    with pytest.raises(RunError, match="no regular file") as caught:
        run_dir.read_config()
    assert caught.value.exit_code == 2
    run_dir.config.unlink()
    with open(run_dir.config, "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(RunError, match="more than"):
        run_dir.read_config()
