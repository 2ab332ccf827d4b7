"""The confusion of a classifier, as text and as a table, is the report's."""

import json
import re

import pytest

from experiments.common.evaluation_tables import (
    confusion_table,
    confusion_text,
)
from tests.fixtures.environments import ROOT

REPORT = json.loads(
    (ROOT / "experiments/results/open/report.json").read_text("utf-8")
)


def rows(text, pattern):
    """The counts of each line or row that begins with a class."""
    found = [re.findall(pattern, line) for line in text]
    return [[int(count) for count in line] for line in found if line]


def test_confusion_is_the_same_in_both():
    counts = REPORT["real"]["confusion"]
    _, *lines = confusion_text(REPORT).splitlines()
    assert rows(lines, r"\b\d+\b") == counts
    table = confusion_table(REPORT).split("<tr>")
    assert rows(table, r"<td>(\d+)</td>") == counts
    assert re.findall(r"row'>(\w+)<", "".join(table)) == REPORT["classes"]


@pytest.mark.parametrize("show", [confusion_text, confusion_table])
def test_a_classifier_that_is_often_wrong_is_not_to_be_trusted(show):
    assert "trust no accuracy" not in show(REPORT)
    wrong = {**REPORT, "real": {**REPORT["real"], "accuracy": 0.4}}
    assert "right on 0.400 of real sounds" in show(wrong)


def test_names_are_text():
    named = {**REPORT, "classes": ["<b>", *REPORT["classes"][1:]]}
    assert "<b>" not in confusion_table(named)
