"""How steady a training was, from its log."""

import numpy as np
import pytest

from experiments.claims import spread
from experiments.common import cli
from tests.fixtures import commands


def test_each_whole_window_has_its_deviation_and_median():
    steady, wild = np.full(250, 3.0), np.tile([-100.0, 100.0], 125)
    found = spread.spread([*steady, *wild, 7.0])
    assert found == {"deviation": [0.0, 100.0], "median": [3.0, 0.0]}


def test_a_run_is_read_from_its_folder(tmp_path):
    (tmp_path / "log.csv").write_text(
        "iteration,seconds,wasserstein\n"
        + "".join(f"{i + 1},0.1,{i % 2}\n" for i in range(250))
    )
    (tmp_path / "scores.csv").write_text("iteration,kad\n250,1.26\n")
    found = spread.read_run(tmp_path)
    assert found["deviation"] == [0.5] and found["kad"] == {250: 1.3}
    assert found["run"] == tmp_path.name


def test_a_folder_without_a_log_is_no_run(tmp_path):
    with pytest.raises(cli.UsageError, match="no run folder"):
        spread.read_run(tmp_path)


@pytest.mark.parametrize("log", ["iteration,x\n1,2\n", "wasserstein\nmany\n"])
def test_a_log_of_something_else_is_told(tmp_path, log):
    (tmp_path / "log.csv").write_text(log)
    with pytest.raises(cli.UsageError, match=r"log\.csv"):
        spread.read_run(tmp_path)


@pytest.mark.parametrize("given", ["", ",", "{run},"])
def test_no_run_is_refused(tmp_path, capsys, given):
    (tmp_path / "log.csv").write_text("iteration,seconds,wasserstein\n")
    flag = f"--run_dirs={given.format(run=tmp_path)}"
    said = commands.refused(capsys, spread, flag)
    assert "--run_dirs is needed: it is empty" in said
