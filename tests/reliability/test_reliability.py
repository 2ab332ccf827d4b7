"""The reliability table: how it counts, and every row in its quick form."""

import json

import pytest

from experiments.common import cli
from tests.reliability import __main__ as reliability
from tests.reliability.row import Case, NotRunError, Result, Row, try_row
from tests.reliability.rows import ROWS


def hold(place):
    (place / "file").write_text("made by a case")


def fail(place):
    hold(place)
    raise AssertionError("it does not hold")


def made_up(*cases):
    """A row whose cases are given."""

    class MadeUp(Row):
        def cases(self, folder, quick):
            yield from cases

    return MadeUp("R0", "nothing", "")


def test_a_row_counts_and_names_its_failures(tmp_path):
    row = made_up(Case("good", hold), Case("bad, seed 7", fail))
    result = try_row(row, tmp_path / "R0", quick=True)
    assert (result.tried, result.passed) == (2, 1)
    assert result.failed == [
        {"case": "bad, seed 7", "error": "AssertionError: it does not hold"}
    ]
    # The files of the case that failed stay, those of the good one do not.
    assert [p.name for p in tmp_path.rglob("file")] == ["file"]
    assert (tmp_path / "R0" / "case_0002" / "file").exists()


def test_what_holds_leaves_nothing(tmp_path):
    result = try_row(made_up(Case("good", hold)), tmp_path / "R0", quick=True)
    assert result.passed == result.tried == 1 and not result.failed
    assert not list(tmp_path.iterdir())


def test_a_row_that_cannot_be_tried_says_why(tmp_path):
    class Elsewhere(Row):
        def cases(self, folder, quick):
            yield Case("never", hold)
            raise NotRunError("mounting needs root")

    result = try_row(Elsewhere("R0", "", ""), tmp_path / "R0", quick=True)
    assert result.not_run == "mounting needs root"


def test_the_table_shows_score_and_failures():
    results = {
        "R1": Result(tried=25, seconds=1.0),
        "R3": Result(not_run="mounting needs root"),
        "R4": Result(tried=2, failed=[{"case": "flip 3", "error": "silent"}]),
    }
    text = reliability.table(results)
    assert "| R1 | a killed run resumes bit for bit | 25 of 25 | 1 |" in text
    assert "mounting needs root" in text and "1 of 2" in text
    assert "R4 failed: flip 3: silent" in text


def test_an_unknown_row_is_refused(tmp_path, capsys):
    flags = ["reliability", "--only=R99", f"--output_dir={tmp_path / 'out'}"]
    with pytest.raises(SystemExit) as caught:
        cli.run(reliability.main, reliability.FLAGS, "", flags)
    assert caught.value.code == 2
    assert "the rows are R1, " in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_every_promise_holds_in_its_quick_form(row, tmp_path):
    result = try_row(row, tmp_path / row.key, quick=True)
    assert not result.failed, json.dumps(result.failed, indent=1)
    if result.not_run:
        pytest.skip(result.not_run)
    assert result.tried
