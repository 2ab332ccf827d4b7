"""Columns of a run's files, whoever saved them last."""

import pytest

from experiments.common import cli, run_rows

LOG = "iteration,seconds,wasserstein\n1,0.5,-1\n2,1.5,2\n"


@pytest.mark.parametrize(
    "text",
    [
        LOG,
        LOG.replace(",", ";").replace(".", ","),
        LOG.replace("\n", "\r\n"),
        LOG + "3",  # written just now
    ],
)
def test_a_spreadsheet_may_have_saved_it(tmp_path, text):
    (tmp_path / "log.csv").write_bytes(text.encode("utf-8-sig"))
    rows = run_rows.read(tmp_path / "log.csv", "iteration", "seconds")
    assert rows == [(1, 0.5), (2, 1.5)]


@pytest.mark.parametrize(
    "text", ["notes\nof mine\n", LOG + "a remark\n3,1,1\n", "iteration\n1\n"]
)
def test_what_is_none_of_a_training_is_named(tmp_path, text):
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(cli.UsageError, match=f"{path} has lines without"):
        run_rows.read(path, "iteration", "seconds")
