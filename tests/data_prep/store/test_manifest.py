import csv

import pytest

from data_prep.store import manifest
from data_prep.store.manifest import Entry


def test_what_is_written_is_read(tmp_path):
    entries = [
        Entry('a/"b", c\n.wav', "kept", label="kick", split="train", row=3),
        Entry("d.wav", reason="silent", rate=44100, notes="first; second"),
    ]
    path = tmp_path / "manifest.csv"
    path.write_text("".join(manifest.lines(entries)), "utf-8", newline="")
    first, second = manifest.read(path)
    assert (first.path, first.label, first.row) == (
        entries[0].path,
        "kick",
        "3",
    )
    assert (second.reason, second.rate) == ("silent", "44100")
    assert second.notes == "first; second"


def test_the_header_names_every_column():
    assert next(manifest.lines([])).strip().split(",") == manifest.COLUMNS
    assert manifest.COLUMNS == list(Entry.__slots__)


def test_names_that_are_no_unicode_are_escaped():
    text = "".join(manifest.lines([Entry("\udcff.wav")]))
    assert "\\udcff.wav" in text
    text.encode()


def test_every_reason_is_explained():
    assert all(name and meaning for name, meaning in manifest.REASONS.items())


@pytest.mark.parametrize("column", ["path", "label", "notes"])
@pytest.mark.parametrize(
    "text",
    [
        "=1+1.wav",
        "+a",
        "-a",
        "@a",
        "\ta",
        "\ra",
        "'=a",
        "''=a",
        "'a",
        "a=b",
        "a\rb.wav",
        "a\r\nb",
        'a "b", c\n',
    ],
)
def test_no_spreadsheet_runs_a_name_and_every_name_comes_back(
    tmp_path, column, text
):
    entry = Entry(**{"path": "x", column: text})
    path = tmp_path / "manifest.csv"
    path.write_text("".join(manifest.lines([entry])), "utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as file:
        (cells,) = csv.DictReader(file)
    assert cells[column][0] not in "=+-@\t\r"
    (found,) = manifest.read(path)
    assert getattr(found, column) == text
