"""The model card tells what the model learned from as the list of files does.

``experiments/results/open/training_files.csv`` names them; no sound is there.
"""

import csv
import re
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.fixtures.environments import ROOT

OPEN = ROOT / "experiments/results/open"
CLASSES = ("kick", "snare", "cymbal")
HASH = re.compile(r"blob:[0-9a-f]{40}|sha256:[0-9a-f]{64}")


@pytest.fixture(scope="module")
def files():
    path = OPEN / "training_files.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_is_named_once_with_its_hash(files):
    assert len({(row["source"], row["path"]) for row in files}) == len(files)
    for row in files:
        assert HASH.fullmatch(row["hash"]), row
        assert row["label"] in CLASSES and row["licence"] and row["version"]
        path = PurePosixPath(row["path"])
        assert not path.is_absolute() and ".." not in path.parts
        assert not row["path"].startswith(("=", "+", "-", "@"))


def test_the_card_counts_the_files(files):
    found = {}
    for row in files:
        key = (row["source"], row["licence"])
        found.setdefault(key, Counter())[row["label"]] += 1
    text = (OPEN / "MODEL_CARD.md").read_text(encoding="utf-8")
    _, table = re.split(r"\| source \| licence .*\n\|-.*\n", text)
    told = {}
    for line in table.split("\n\n")[0].splitlines():
        source, licence, *counts = (
            cell.strip() for cell in line.strip("|").split("|")
        )
        told[source, licence] = Counter(
            dict(zip(CLASSES, map(int, counts), strict=True))
        )
    total = told.pop(("all", ""))
    assert told == found
    assert total == sum(found.values(), Counter())
    assert f"{len(files):,} openly licensed one-shots" in text
