"""What pages say of trainings is what the reports beside them hold."""

import json
import re
from decimal import Decimal

import pytest

from tests.fixtures.environments import ROOT
from tests.fixtures.pages import PAGES, tables

RESULTS = ROOT / "experiments/results"
CLASSES = ("kick", "snare", "cymbal")

# The rows of a table of reports, and where a report has their figures.
ROWS = {
    "KAD, audible": "kad",
    "KAD, absolute": "kad_absolute",
    "recall (variety)": "recall",
    "precision": "precision",
    "grain": "grain",
    "ripple, dB": "comb_depth",
    "worst comb, dB": "comb",
    "spectral peaks, median": "partials",
    "swell again": "swells",
    "octaves that kicks fall": "fall",
    "memory ratio": "memory_ratio",
    "KAD on a music tagger": ("musicnn", "kad"),
    "recall on a music tagger": ("musicnn", "recall"),
    "precision on a music tagger": ("musicnn", "precision"),
    "classified as requested": "accuracy",
}
BEST = {
    "`best.flags`, seed 0": ("best/report.json", "generated"),
    "seed 1": ("best/report_seed1.json", "generated"),
    "at 5e-4, seed 0": ("best/report_rate5.json", "generated"),
    "at 5e-4, seed 1": ("best/report_rate5_seed1.json", "generated"),
    "a perfect generator": ("best/report.json", "perfect"),
}
SHIPPED = {
    "this model": ("open/report.json", "generated"),
    "before": ("open/report_before.json", "generated"),
    "real": ("open/report.json", "perfect"),
}
TRAINED_AGAIN = {
    "at 1e-3": ("open/report_rate10.json", "generated"),
    "at 5e-4": ("open/report_rate5.json", "generated"),
    "the shipped model": ("open/report.json", "generated"),
}


def table(page, columns):
    """The rows of the table with these columns, by their first cell."""
    (found,) = [t for t in tables(page) if t[0] == ["", *columns]]
    return {
        row[0]: dict(zip(columns, row[1:], strict=True)) for row in found[2:]
    }


def report(name):
    return json.loads((RESULTS / name).read_text("utf-8"))


def figures(found, side, key):
    """Returns what a report says in a row of a table, for each class."""
    if key == "accuracy":
        # In place of a perfect generator: the held-out sounds themselves.
        if side == "perfect":
            return found["real"]["per_class"]
        return found[side]["accuracy"]["per_class"]
    if isinstance(key, tuple):
        classes, key = found[key[0]][side], key[1]
    else:
        classes = found[side]["classes"]
    names = CLASSES if key != "fall" else CLASSES[:1]
    return [classes[name][key] for name in names]


def rounds_to(shown, value):
    """Says whether a decimal is a value, rounded to its places."""
    unit = Decimal(1).scaleb(Decimal(shown).as_tuple().exponent)
    return abs(Decimal(shown) - Decimal(str(value))) <= unit / 2


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_all_lines_of_a_table_have_its_columns(page):
    for lines in tables(page):
        for line in lines:
            assert len(line) == len(lines[0]), line


@pytest.mark.parametrize(
    ("page", "columns", "least"),
    [
        ("README.md", BEST, 15),
        ("open/MODEL_CARD.md", SHIPPED, 14),
        ("NOTES.md", TRAINED_AGAIN, 9),
    ],
)
def test_a_table_of_reports_says_what_they_hold(page, columns, least):
    rows = table(RESULTS / page, list(columns))
    assert set(rows) <= set(ROWS)
    assert len(rows) >= least
    for name, row in rows.items():
        for column, (file, side) in columns.items():
            shown = re.findall(r"\d+(?:\.\d+)?", row[column])
            wanted = figures(report(file), side, ROWS[name])
            for text, value in zip(shown, wanted, strict=True):
                assert rounds_to(text, value), (name, column, text, value)


def test_the_readme_says_what_the_report_of_best_flags_holds():
    rows = table(ROOT / "README.md", CLASSES)
    of = report("best/report.json")
    for start, side, key in (
        ("distance to real sounds", "generated", "kad"),
        ("of a perfect generator", "perfect", "kad"),
        ("of noise", "noise", "kad"),
        ("variety", "generated", "recall"),
    ):
        (row,) = [row for name, row in rows.items() if name.startswith(start)]
        wanted = figures(of, side, key)
        for shown, value in zip(row.values(), wanted, strict=True):
            assert rounds_to(shown, value), (start, shown, value)
    (row,) = [row for name, row in rows.items() if "of 300" in name]
    confusion = of["generated"]["accuracy"]["confusion"]
    right = [line[k] for k, line in enumerate(confusion)]
    assert [int(cell) for cell in row.values()] == right
