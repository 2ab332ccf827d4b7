"""The lists of the sounds that figures and models are of: whole and safe.

They name public files, and the pages count as they do; no sound is there.
"""

import csv
import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from data_prep.labels.label_file import read_labels
from tests.fixtures.environments import ROOT
from tests.fixtures.pages import tables

RESULTS = ROOT / "experiments/results"
CLASSES = ("kick", "snare", "cymbal")
LISTS = ("data/drums", "data/others", "open/training_files")
HASH = re.compile("(?:blob:)?[0-9a-f]{40}|sha256:[0-9a-f]{64}")


def rows(name):
    """The lines of a list, by the columns of its header.

    The model's list has other names for two columns, and no source's number.
    """
    path = RESULTS / f"{name}.csv"
    names = {"path": "file", "hash": "blob"}
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return [{names.get(k, k): row[k] for k in row} for row in found]


@pytest.fixture(scope="module")
def sources():
    return {row["source"]: row for row in rows("data/sources")}


def table(page, first_cell):
    """The cells of the rows of a page's table that begins so."""
    (found,) = [
        lines for lines in tables(RESULTS / page) if lines[0][0] == first_cell
    ]
    return [
        [re.sub(r"(?<=\d),(?=\d)", "", cell) for cell in line]
        for line in found[2:]
    ]


def cells(files):
    """Counts of some files as a table has them: by class, and all."""
    labels = Counter(row["label"] for row in files)
    return [str(labels[label]) for label in CLASSES] + [str(len(files))]


@pytest.mark.parametrize("name", LISTS)
def test_every_file_is_named_once_with_its_hash_and_label(name):
    files = rows(name)
    assert len({(row["source"], row["file"]) for row in files}) == len(files)
    for row in files:
        assert HASH.fullmatch(row["blob"]), row
        assert row["label"] in CLASSES


@pytest.mark.parametrize("name", LISTS)
def test_no_path_leaves_its_repository(name):
    for row in rows(name):
        path = PurePosixPath(row["file"])
        assert str(path) == row["file"] and not path.is_absolute()
        assert ".." not in path.parts
        assert "\\" not in row["file"] and row["file"].isprintable()


@pytest.mark.parametrize("name", LISTS[:2])
def test_a_file_is_of_its_source_and_of_a_kit(name, sources):
    for row in rows(name):
        repository = sources[row["source"]]["repository"]
        assert row["file"].startswith(f"{repository}/") and row["kit"]


@pytest.mark.parametrize("name", [*LISTS, "data/sources"])
def test_no_cell_is_a_formula(name):
    for row in rows(name):
        assert not any(cell.startswith(tuple("=+-@")) for cell in row.values())


def test_sources_count_their_files(sources):
    drums = Counter((row["source"], row["label"]) for row in rows("data/drums"))
    others = Counter(row["source"] for row in rows("data/others"))
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
    files = [{**sources[row["source"]], **row} for row in rows("data/drums")]

    def used(column, name):
        """The files of a tier or a repository, and what they are found in."""
        found = [row for row in files if row[column] == name]
        return found, {row["repository"] for row in found}

    *tiers, whole = table("README.md", "licences")
    for name, said, *counts in tiers:
        found, repositories = used("tier", re.match("`(.*?)`", name)[1])
        assert [said, *counts] == [str(len(repositories)), *cells(found)]
    sizes = Counter(row["repository"] for row in files)
    assert whole[1:] == [str(len(sizes)), *cells(files)]
    largest = table("README.md", "repository")
    assert [row[0] for row in largest] == [
        name for name, _ in sizes.most_common(len(largest))
    ]
    for name, said, *counts in largest:
        found, _ = used("repository", name)
        tiers = sorted({row["tier"] for row in found})
        assert said == ", ".join(f"`{tier}`" for tier in tiers)
        assert counts == cells(found)


def test_the_card_counts_the_files_of_the_model():
    files = rows("open/training_files")
    assert all(row["licence"] and row["version"] for row in files)
    *sources, whole = table("open/MODEL_CARD.md", "source")
    found = {}
    for row in files:
        found.setdefault((row["source"], row["licence"]), []).append(row)
    assert {(name, licence): told for name, licence, *told in sources} == {
        key: cells(some)[:3] for key, some in found.items()
    }
    assert whole[2:] == cells(files)[:3]
    text = (RESULTS / "open/MODEL_CARD.md").read_text("utf-8")
    assert f"{len(files):,} openly licensed one-shots" in text


def test_the_list_is_a_labels_csv_with_kits():
    labels = read_labels(RESULTS / "data/drums.csv")
    files = rows("data/drums")
    assert labels.label == {row["file"]: row["label"] for row in files}
    assert labels.group == {row["file"]: row["kit"] for row in files}


def test_no_sound_of_the_list_is_here():
    assert {path.suffix for path in (RESULTS / "data").iterdir()} == {".csv"}
