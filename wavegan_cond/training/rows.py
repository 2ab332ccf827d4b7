"""Rows of a run's CSV files, also where another program has saved them again.

Spreadsheets write other separators, decimal commas, quotes, a mark of the byte
order and columns of their own.
"""

import csv
import io
import pathlib
import shutil
import sys
from collections.abc import Sequence

from wavegan_cond.storage.untrusted import open_regular, read_bytes

MAX_BYTES = 1 << 30
SEPARATORS = ",;\t"


def read_numbers(path: pathlib.Path, *columns: str) -> list[tuple[float, ...]]:
    """Returns some columns of a file that this program has written.

    Raises:
      OSError: it is no regular file, or cannot be read.
      ValueError, KeyError: it is not as it was written.
    """
    with io.TextIOWrapper(open_regular(path), "utf-8", newline="") as file:
        return [
            tuple(float(row[name]) for name in columns)
            for row in csv.DictReader(file)
        ]


def kept_rows(
    path: pathlib.Path, columns: Sequence[str], first: int
) -> list[list[str]]:
    """Returns the rows of a file up to an iteration.

    A file with lines that are no rows is copied beside, with a warning on
    standard error; only its last line may be unfinished.

    Args:
      path: path of the file, which need not exist.
      columns: names of the columns; the first is the iteration.
      first: last iteration that is kept.

    Raises:
      OSError: the file cannot be read or copied.
      ValueError: it is larger than 1 GiB.
    """
    if not path.exists():
        return []
    text = read_bytes(path, MAX_BYTES).decode("utf-8-sig", errors="replace")
    rows, whole = read_rows(text, columns)
    if not whole:
        print(
            f"warning: {path} has lines that are no rows of this program; "
            f"they are kept in {_copy(path)}",
            file=sys.stderr,
        )
    return [row for row in rows if int(row[0]) <= first]


def read_rows(
    text: str, columns: Sequence[str]
) -> tuple[list[list[str]], bool]:
    """Returns the rows of a CSV text, and whether there is nothing else in it.

    Args:
      text: content of the file.
      columns: names of the columns, in the order of the rows that are returned.
    """
    header, _, body = text.partition("\n")
    separator = max(SEPARATORS, key=header.count)
    names = next(csv.reader([header.strip()], delimiter=separator), [])
    if not set(columns) <= set(names):
        return [], not body.strip()
    places = [names.index(name) for name in columns]
    lines = [line for line in body.splitlines() if line.strip()]
    rows = [_row(line, separator, places) for line in lines]
    whole = None not in rows[:-1]
    return [row for row in rows if row], whole


def _row(line: str, separator: str, places: Sequence[int]) -> list[str] | None:
    """Returns the cells of a line at some places; None if it is no row."""
    try:
        (cells,) = csv.reader(io.StringIO(line), delimiter=separator)
        row = [cells[place].strip() for place in places]
        if separator != ",":
            row = [cell.replace(",", ".") for cell in row]
        numbers = [float(cell) for cell in row]
    except (ValueError, IndexError, csv.Error):
        return None
    if not 0 <= numbers[0] < 1 << 53 or numbers[0] != int(numbers[0]):
        return None
    return [str(int(numbers[0])), *row[1:]]


def _copy(path: pathlib.Path) -> pathlib.Path:
    """Copies a file beside itself, under a name that is free."""
    number = 1
    while (copy := path.with_name(f"{path.stem}.{number}.csv")).exists():
        number += 1
    shutil.copyfile(path, copy)
    return copy
