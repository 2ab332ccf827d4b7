"""Reads the user's own labels: a CSV with a line per file or folder."""

import codecs
import csv
import dataclasses
import io
import pathlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, TextIO

from wavegan_cond.storage.untrusted import open_regular

MAX_BYTES = 1 << 28  # of a labels CSV


class LabelsError(ValueError):
    """The labels the user gave cannot be used; the message says what to do."""

    exit_code = 2


@dataclasses.dataclass(frozen=True)
class Labels:
    """Content of a labels CSV, by path below the input folder.

    A path that ends with a slash is a folder and speaks for every file below
    it; ``lookup`` finds what holds for one file.

    Attributes:
      label: the class.
      group: the kit or other set of sounds that belong together.
    """

    label: dict[str, str]
    group: dict[str, str]


def lookup(table: Mapping[str, str], relative_path: str) -> str | None:
    """Returns what ``table`` says of a file, or of its nearest folder."""
    if not table:
        return None
    path = same_form(relative_path)
    while path:
        if path in table:
            return table[path]
        path = path.rstrip("/")
        path = path[: path.rfind("/") + 1]
    return None


def read_labels(path: str | pathlib.Path) -> Labels:
    """Reads a CSV with the columns file, label and, if wanted, group (or kit).

    ``file`` is relative to the input folder; a backslash is a slash. An empty
    label leaves the class to the file's name; other columns are ignored.
    Spreadsheets may put ``;`` or tabs for commas, and write UTF-16.

    Raises:
      LabelsError: the file cannot be read, a column is missing, or a line is
        wrong; the message has the line's number.
    """
    labels = Labels({}, {})
    for line, row in _rows(path):
        where = f"{path} line {line}"
        file = _check_path(row["file"], where)
        label, group = (
            row.get(name, "").strip() for name in ("label", "group")
        )
        if not label and not group:
            raise LabelsError(f"{where}: {file!r} has neither label nor group")
        for table, value in ((labels.label, label), (labels.group, group)):
            known = table.setdefault(file, value) if value else value
            if known.casefold() != value.casefold():
                raise LabelsError(
                    f"{where}: {file!r} is {value!r} here and "
                    f"{table[file]!r} above; keep one of the two lines"
                )
    return labels


def _rows(path: str | pathlib.Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields line numbers and rows; the kit column is called group.

    Lines of nothing but separators are left out.
    """
    try:
        data = open_regular(path, MAX_BYTES)
        with io.TextIOWrapper(data, _encoding(data), newline="") as file:
            separator, skipped = _find_separator(file)
            reader = csv.DictReader(
                file, restval="", skipinitialspace=True, delimiter=separator
            )
            reader.fieldnames = _check_columns(reader.fieldnames or [], path)
            for row in reader:
                line = skipped + reader.line_num
                if any(row.pop(None, ())):
                    raise LabelsError(
                        f"{path} line {line}: more values than columns; quote "
                        f"names that have a {separator!r}"
                    )
                if any(row.values()):
                    yield line, row
    except OSError as error:
        raise LabelsError(f"labels CSV {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LabelsError(
            f"labels CSV {path} is not UTF-8 text; save it as CSV UTF-8"
        ) from error
    except csv.Error as error:
        raise LabelsError(f"{path} line {reader.line_num}: {error}") from error


def _encoding(data: BinaryIO) -> str:
    """Returns how the text of a CSV is written, by the mark in front of it."""
    mark = data.read(2)
    data.seek(0)
    utf_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "utf-16" if mark in utf_16 else "utf-8-sig"


def _find_separator(file: TextIO) -> tuple[str, int]:
    """Goes to the header; returns what separates it, and the lines before.

    A first line ``sep=;`` is a spreadsheet's.
    """
    first = file.readline()
    if match := re.fullmatch(r"sep=(.)\s*", first):
        return match[1], 1
    file.seek(0)
    columns = re.findall(r'"[^"]*"|[;\t,]', first)
    found = [text for text in columns if len(text) == 1]
    return (found or [","])[0], 0


def _check_columns(
    columns: Sequence[str], path: str | pathlib.Path
) -> list[str]:
    received = ",".join(columns) or "nothing"
    columns = [column.strip().lower() for column in columns]
    if "group" not in columns:
        columns = ["group" if name == "kit" else name for name in columns]
    if not {"file", "label"} <= set(columns):
        raise LabelsError(
            f"labels CSV {path} line 1: expected the columns file,label and, "
            f"if wanted, group; received {received}"
        )
    return columns


def _check_path(file: str, where: str) -> str:
    """Returns the path as ``lookup`` asks for it."""
    path = file.replace("\\", "/")
    parts = path.rstrip("/").split("/")
    is_whole = path.startswith("/") or re.match("[A-Za-z]:/", path)
    if is_whole or not parts[0] or ".." in parts:
        raise LabelsError(
            f"{where}: {file!r} is no path below the input folder; expected "
            "one such as 'Kit 1/Kick.wav'"
        )
    return same_form(path.removeprefix("./"))


def same_form(path: str) -> str:
    """Returns a path as tables have it.

    Accented letters come composed or not, depending on the file system.
    """
    return unicodedata.normalize("NFC", path)
