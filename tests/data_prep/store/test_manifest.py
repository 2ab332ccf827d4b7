import csv

import pytest

from data_prep.store import manifest
from data_prep.store.manifest import Entry


def test_the_header_names_every_column():
    assert next(manifest.lines([])).strip().split(",") == manifest.COLUMNS
    assert manifest.COLUMNS == list(Entry.__slots__)


def test_names_that_are_no_unicode_are_escaped():
    text = "".join(manifest.lines([Entry("\udcff.wav")]))
    assert "\\udcff.wav" in text
    text.encode()


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
