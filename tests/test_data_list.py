"""The list of the sounds that figures are of: whole, safe, and as it is told.

``experiments/results/data`` names public files; the sounds are not there.
"""

import csv
import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from data_prep.labels.label_file import read_labels
from tests.fixtures.environments import ROOT

RESULTS = ROOT / "experiments/results"
CLASSES = ("kick", "snare", "cymbal")
LISTS = ("drums", "others")
HASH = re.compile("[0-9a-f]{40}")


def rows(name):
    """The lines of a list, by the columns of its header."""
    path = RESULTS / "data" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sources():
    return {row["source"]: row for row in rows("sources")}


def table(first_cell):
    """The cells of the rows of the README's table that begins so."""
    text = (RESULTS / "README.md").read_text("utf-8")
    body = text.split("## The data")[1].split("\n## ")[0]
    (found,) = re.findall(
        rf"(?m)^\| {first_cell} \|.*\n\|-.*\n((?:\|.*\n)+)", body
    )
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.sub(r"(?<=\d),(?=\d)", "", found).splitlines()
    ]


@pytest.mark.parametrize("name", LISTS)
def test_every_file_is_named_once_with_its_hash_and_source(name, sources):
    files = rows(name)
    assert len({row["file"] for row in files}) == len(files)
    for row in files:
        assert HASH.fullmatch(row["blob"]), row
        assert row["label"] in CLASSES and row["kit"]
        repository = sources[row["source"]]["repository"]
        assert row["file"].startswith(f"{repository}/")


@pytest.mark.parametrize("name", LISTS)
def test_no_path_leaves_its_repository(name):
    for row in rows(name):
        path = PurePosixPath(row["file"])
        assert str(path) == row["file"] and not path.is_absolute()
        assert len(path.parts) > 2 and ".." not in path.parts
        assert "\\" not in row["file"] and row["file"].isprintable()


@pytest.mark.parametrize("name", [*LISTS, "sources"])
def test_no_cell_is_a_formula(name):
    for row in rows(name):
        assert not any(cell.startswith(tuple("=+-@")) for cell in row.values())


def test_sources_count_their_files(sources):
    drums = Counter((row["source"], row["label"]) for row in rows("drums"))
    others = Counter(row["source"] for row in rows("others"))
    for number, source in sources.items():
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", source["repository"])
        assert HASH.fullmatch(source["commit"])
        assert source["tier"] in ("open", "repo", "unstated")
        assert source["licence"]
        for label in CLASSES:
            assert int(source[label]) == drums.pop((number, label), 0)
        assert int(source["others"]) == others.pop(number, 0)
    assert not drums and not others


def test_the_readme_counts_as_the_list_does(sources):
    files = rows("drums")
    by_row = {
        column: Counter(
            (sources[row["source"]][column], row["label"]) for row in files
        )
        for column in ("tier", "repository")
    }

    def cells(column, name):
        counts = [by_row[column][name, label] for label in CLASSES]
        return [str(count) for count in (*counts, sum(counts))]

    *tiers, whole = table("licences")
    for name, repositories, *counts in tiers:
        tier = re.match("`(.*?)`", name)[1]
        assert counts == cells("tier", tier)
        found = {
            row["repository"]
            for row in sources.values()
            if row["tier"] == tier and any(int(row[x]) for x in CLASSES)
        }
        assert repositories == str(len(found))
    labels = Counter(row["label"] for row in files)
    used = {sources[row["source"]]["repository"] for row in files}
    assert whole[1:] == [
        str(len(used)),
        *(str(labels[label]) for label in CLASSES),
        str(len(files)),
    ]
    largest = table("repository")
    sizes = Counter(sources[row["source"]]["repository"] for row in files)
    assert [row[0] for row in largest] == [
        name for name, _ in sizes.most_common(len(largest))
    ]
    for name, said, *counts in largest:
        assert counts == cells("repository", name)
        tiers = {
            row["tier"] for row in sources.values() if row["repository"] == name
        }
        assert said == ", ".join(f"`{tier}`" for tier in sorted(tiers))


def test_the_list_is_a_labels_csv_with_kits():
    labels = read_labels(RESULTS / "data/drums.csv")
    files = rows("drums")
    assert labels.label == {row["file"]: row["label"] for row in files}
    assert labels.group == {row["file"]: row["kit"] for row in files}


def test_no_sound_of_the_list_is_here():
    assert {path.suffix for path in (RESULTS / "data").iterdir()} == {".csv"}
