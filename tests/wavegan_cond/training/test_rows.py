"""The rows of a log outlive the programs that open it."""

import pytest

from wavegan_cond.training.log import Table
from wavegan_cond.training.rows import read_rows

COLUMNS = ("iteration", "seconds", "wasserstein")
TEXT = "iteration,seconds,wasserstein\n1,0.5,-1.25\n2,0.5,1e-05\n3,0.5,2\n"
ROWS = [["1", "0.5", "-1.25"], ["2", "0.5", "1e-05"], ["3", "0.5", "2"]]


def table(path, first):
    Table(path, COLUMNS, first).close()
    return path.read_text()


@pytest.mark.parametrize(
    "rewritten",
    [
        TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode("utf-8-sig"),
        TEXT.replace(",", ";").replace(".", ",").encode(),
        TEXT.replace(",", "\t").encode(),
        b'"iteration","seconds","wasserstein"\n"1","0.5","-1.25"\n'
        b'"2","0.5","1e-05"\n"3","0.5","2"',
        b",iteration,seconds,wasserstein\n0,1.0,0.5,-1.25\n1,2.0,0.5,1e-05\n"
        b"2,3.0,0.5,2\n",
        b"wasserstein,iteration,seconds\n-1.25,1,0.5\n1e-05,2,0.5\n2,3,0.5\n",
        TEXT.encode() + b"4,0.",  # a killed run's last line
    ],
)
def test_a_file_that_another_program_saved_keeps_its_rows(tmp_path, rewritten):
    path = tmp_path / "log.csv"
    path.write_bytes(rewritten)
    assert table(path, 3) == TEXT
    assert table(path, 2) == "".join(TEXT.splitlines(True)[:3])
    assert [each.name for each in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.parametrize(
    "content",
    [
        b"my notes\nand more\n",
        TEXT.encode("utf-16"),
        TEXT.encode() + b"a remark of mine\n4,0.5,3\n",
        b"\xff\xfe\x00\n\x00\n",
    ],
)
def test_what_is_no_row_is_kept_beside(tmp_path, capsys, content):
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    table(path, 10)
    assert (tmp_path / "log.1.csv").read_bytes() == content
    assert "warning: " in capsys.readouterr().err


def test_rows_are_told_from_what_looks_like_rows():
    text = TEXT + "nan,1,2\n-1,1,2\n1.5,1,2\n5,x,2\n6,1\n7,0.5,8\n"
    rows, whole = read_rows(text, COLUMNS)
    assert rows == [*ROWS, ["7", "0.5", "8"]] and not whole
