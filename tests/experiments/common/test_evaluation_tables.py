"""The confusion of a classifier, as text and as a table, is the report's."""

import copy
import json
import re

import pytest

from experiments.common.evaluation_tables import (
    SETS,
    accuracy_table,
    class_table,
    confusion_table,
    confusion_text,
    figures,
    grade,
    latent_table,
    summary,
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


def cells(table):
    """The numbers of each row of a table."""
    found = [
        re.findall(r"<td[^>]*>([\d.e+-]+)", row) for row in table.split("<tr>")
    ]
    return [[float(number) for number in row] for row in found if row]


def test_the_summary_has_the_figures_of_the_report():
    made, perfect = (
        [REPORT[of]["classes"][name]["kad"] for name in REPORT["classes"]]
        for of in ("generated", "perfect")
    )
    of = REPORT["generated"]["accuracy"]
    accuracy, kad = summary(REPORT).split("; of real sounds ")
    counts, shares = accuracy.split(" (")
    assert [int(n) for n in re.findall(r"\d+", counts)] == [
        of["hits"],
        of["trials"],
    ]
    assert re.findall(r"0\.\d+", shares) == [
        f"{number:.3f}" for number in (of["accuracy"], *of["interval"])
    ]
    real, kads = kad.split(". KAD ")
    assert real == f"{REPORT['real']['accuracy']:.3f}"
    assert re.findall(r"\d+\.\d", kads) == [
        f"{number:.1f}" for number in (*made, *perfect)
    ]
    assert re.findall("[a-z]+", kads)[:3] == REPORT["classes"]
    assert f"the {REPORT['side']} side" in kads


def test_accuracies_are_those_of_the_report():
    expected = [
        REPORT["generated"]["accuracy"],
        REPORT["real"],
        REPORT["noise"]["accuracy"],
        REPORT["transfer"],
    ]
    table = accuracy_table(REPORT)
    for row, of in zip(cells(table), expected, strict=True):
        accuracy, low, *rates = row
        assert accuracy == pytest.approx(of["accuracy"], abs=5.1e-4)
        assert low == pytest.approx(of["interval"][0], abs=5.1e-4)
        assert f"to {of['interval'][1]:.3f}</td>" in table
        assert rates == pytest.approx(of["per_class"], abs=5.1e-3)
    titles = re.findall(r"<tr><th>([^<]+)", table)
    assert [title.split()[0] for title in titles] == [
        "generated",
        "held-out",
        "noise",
        "real",
    ]
    assert re.findall(r"<th>(\w+)</th>", table.partition("<tbody>")[0])[
        -3:
    ] == list(REPORT["classes"])


def test_figures_of_a_class_are_those_of_the_report():
    head = re.sub("<.*?>", " ", class_table(REPORT, "kick")).split()
    assert head[:3] == ["made", "real", "noise"]
    for name in REPORT["classes"]:
        sides = [
            REPORT[side]["classes"][name]
            for side in ("generated", "perfect", "noise")
        ]
        table = cells(class_table(REPORT, name))
        for key, row in zip(MEASURES, table, strict=True):
            expected = [side[key] for side in sides]
            assert row == pytest.approx(expected, rel=5.1e-3), (name, key)


def test_figures_of_the_latent_space_are_those_of_the_report():
    latent, paths = REPORT["latent"], REPORT["paths"]
    expected = [latent[key] for key in ("explained", "stable_rank", "linear")]
    for method in ("lerp", "slerp", "crossfade"):
        expected += [
            paths[method][key]
            for key in (
                "step_ratio",
                "step_ratio_95",
                "constancy",
                "middle_kad",
                "ends_kad",
            )
        ]
    table = latent_table(REPORT)
    found = [row[0] for row in cells(table)]
    assert found == pytest.approx(expected, rel=5.1e-3)
    titles = re.findall(r"<th>([^<]+)", table)
    said = zip(titles, found, strict=True)
    (middle,) = (n for title, n in said if title == "slerp: KAD at the middle")
    assert middle == pytest.approx(paths["slerp"]["middle_kad"], rel=5.1e-3)


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


@pytest.mark.parametrize(
    ("better", "made", "perfect", "noise", "expected"),
    [
        ("low", 0.0, 0.06, 0.0, "good"),  # fewer copies than real sounds
        ("low", 0.1, 0.06, 0.0, ""),  # noise is no ceiling
        ("low", 1.1, 1.0, 2.0, "good"),
        ("low", 1.4, 1.0, 2.0, "middling"),
        ("low", 1.8, 1.0, 2.0, "bad"),
        ("real", 0.2, 0.9, 0.0, "bad"),
        ("real", 1.5, 0.9, 0.0, "bad"),  # beyond real is as far from it
        ("real", 0.91, 0.9, 0.92, ""),
    ],
)
def test_a_figure_is_graded_on_the_way_to_noise(
    better, made, perfect, noise, expected
):
    measure = Measure("", "", better=better)
    assert grade(made, perfect, noise, measure) == expected


@pytest.mark.parametrize("noise", [0.0, 0.039, 0.04, 0.5])
def test_better_than_real_is_never_red(noise):
    clipped, recall = MEASURES["clipped"], MEASURES["recall"]
    assert grade(0.0002, 0.04, noise, clipped) == "good"
    assert grade(0.04, 0.04, noise, clipped) == "good"
    assert grade(0.9, 0.8, noise, recall) == "good"
    # Noise copies nothing, and is no worst case of it.
    for name, copied in (
        ("copies", 1),
        ("close_share", 1),
        ("memory_ratio", 0),
    ):
        of = MEASURES[name]
        real = 0.86 if name == "memory_ratio" else 0.01
        assert grade(copied, real, real, of) == "bad"
    assert grade(0.1, 0.8, 0.0, recall) == "bad"
