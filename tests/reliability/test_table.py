"""How the table counts."""

import re
from pathlib import Path

import pytest

from tests.reliability.table import HEAD, render

TESTS = Path(__file__).parent.parent


def report(row, case, outcome, when="call", reason=None, seconds=1.0):
    return pytest.TestReport(
        case,
        ("", 0, ""),
        {},
        outcome,
        ("file", 1, f"Skipped: {reason}") if reason else None,
        when,
        duration=seconds,
        user_properties=[("promise", (row, "a promise"))] if row else [],
    )


def test_a_case_counts_once_and_rows_are_in_order():
    reports = [
        report("R10", "a", "passed"),
        report("R2", "b", "passed", "setup"),
        report("R2", "b", "passed"),
        report("R2", "b", "failed", "teardown"),
        report("R2", "c", "passed"),
        report(None, "d", "failed"),
    ]
    assert render(reports) == [
        *HEAD,
        "| R2 | a promise | 1 of 2 | 4 |",
        "| R10 | a promise | 1 of 1 | 1 |",
    ]


def test_what_cannot_be_tried_says_why():
    reason = "mounting needs root"
    reports = [
        report("R3", "a", "passed", "setup"),
        report("R3", "a", "skipped", reason=reason),
    ]
    assert f"| {reason} |" in render(reports)[-1]
    reports.append(report("R3", "b", "passed"))
    assert f"| 1 of 1; {reason} |" in render(reports)[-1]


def test_without_a_case_there_is_no_table():
    assert render([report(None, "a", "passed")]) == []


def test_every_test_that_the_readme_names_is_there():
    text = (TESTS / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+/test_\w+\.py)(?:::(\w+))?`", text)
    assert len(named) > 25
    for file, function in named:
        if (TESTS / file).is_file():
            source = (TESTS / file).read_text(encoding="utf-8")
        else:  # of the first lines, from the root of the project
            source = (TESTS.parent / file).read_text(encoding="utf-8")
        assert not function or f"def {function}(" in source, function
