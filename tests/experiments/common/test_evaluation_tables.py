"""The confusion of a classifier, as text and as a table, is the report's."""

import copy
import json
import re

import pytest

from experiments.common.evaluation_tables import (
    SETS,
    class_table,
    confusion_table,
    confusion_text,
    figures,
    grade,
)
from tests.fixtures.environments import ROOT
from wavegan_cond.evaluation.measures import MEASURES, Measure

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


@pytest.mark.parametrize(
    ("harmless", "made", "expected"),
    [
        ("low", 3.0, ""),  # real 2, noise 1: on the side that does no harm
        ("high", 3.0, "good"),
        ("", 2.5, "middling"),
        ("", 3.0, "bad"),
    ],
)
def test_noise_that_does_no_harm_is_no_yardstick(harmless, made, expected):
    measure = Measure("", "", better="real", harmless=harmless)
    assert grade(made, 2.0, 1.0, measure) == expected
    # The same with all signs turned.
    other = {"low": "high", "high": "low", "": ""}[harmless]
    turned = Measure("", "", better="real", harmless=other)
    assert grade(-made, -2.0, -1.0, turned) == expected


def test_a_figure_that_is_none_is_shown_as_such():
    report = copy.deepcopy(REPORT)
    for of in SETS:
        report[of]["classes"]["kick"]["variety"] = None
    row = class_table(report, "kick").split("Spread")[1].split("</tr>")[0]
    assert re.findall(r"<td[^>]*>(.*?)<", row) == ["-"] * 3
    assert 'class=""' in row


def test_where_noise_is_no_worse_than_real_sounds_nothing_is_far_off():
    """Of the shipped model: noise has a worst comb of 0.1 dB, kicks of 2.7."""
    for name in REPORT["classes"]:
        for key, measure in MEASURES.items():
            _, perfect, noise = figures(REPORT, name, key)
            if not measure.harmless or measure.worst is not None:
                continue
            harm = 1 if measure.harmless == "low" else -1
            if harm * (noise - perfect) <= 0:
                found = grade(perfect + harm, perfect, noise, measure)
                assert found == "", (name, key)
