"""``manifest.csv``: what became of every file, and the reasons it can give."""

import csv
import dataclasses
import io
import os
import re
from collections.abc import Iterable, Iterator

from wavegan_cond.storage.untrusted import open_regular

# Why a file is left out: what it is called in the manifest, and what it means.
REASONS = {
    "ignored": "not a sound by its name: side files, hidden files",
    "unsupported_format": "sound that libsndfile cannot read, such as AAC",
    "not_audio": "named as sound, but holds something else",
    "unreadable": "cannot be opened, is no regular file, has more than 2 GiB, "
    "or its data is corrupt",
    "empty": "no samples",
    "bad_rate": "sample rate outside 8 to 384 kHz",
    "too_many_channels": "more than 8 channels",
    "non_finite": "NaN or infinite samples",
    "silent": "no sound above -60 dB of full scale in the part read",
    "late": "what lies within --length is 40 dB below a hit behind it",
    "truncated": "the data ends, or is damaged, inside the window",
    "too_short": "less than 64 samples (1.5 ms) of sound",
    "decoder_crash": "the decoder died of this file, twice",
    "decoder_timeout": "decoding took too long, twice",
    "no_label": "no folder or name says which class it is",
    "ambiguous_label": "names, or copies of the sound, say several classes",
    "excluded_word": "a word says it is another drum, a loop or not one hit",
    "duplicate": "the same samples as another file, which is kept",
    "near_duplicate": "the same recording as another file, which is kept",
}
CUT = "cut"  # the note that a sound goes on, to be heard, behind its row
# What spreadsheets run, and what was kept from it.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
COLUMNS = (
    "path status reason label label_source group split row sha256 format rate "
    "channels frames notes"
).split()


@dataclasses.dataclass(slots=True)
class Entry:
    """One line of the manifest; the fields are its columns."""

    path: str
    status: str = "left out"  # or "kept"
    reason: str = ""
    label: str = ""
    label_source: str = ""
    group: str = ""  # kit or folder that stays on one side; empty for none
    split: str = ""  # "train", "validation" or "test"
    row: int | str = ""  # of waveforms.npy
    sha256: str = ""  # of the file
    format: str = ""  # of the source, such as "WAV PCM_24"
    rate: int | str = ""  # of the source, in Hz
    channels: int | str = ""
    frames: int | str = ""
    notes: str = ""


def lines(entries: Iterable[Entry]) -> Iterator[str]:
    r"""Yields the text of a manifest, header first.

    A file name that is no valid Unicode is written with ``\udc..`` escapes. A
    value that a spreadsheet would take for a formula has a ``'`` in front.
    """
    yield _line(COLUMNS)
    for entry in entries:
        yield _line([getattr(entry, column) for column in COLUMNS])


def read(path: str | os.PathLike) -> Iterator[Entry]:
    """Yields the entries of a manifest; every value is text, as it was."""
    with io.TextIOWrapper(open_regular(path), "utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Entry(**{key: unquoted(row[key]) for key in row})


def unquoted(value: str) -> str:
    """Returns a value without the ``'`` that keeps it from being a formula."""
    quoted = value and value[0] == "'" and _FORMULA.match(value)
    return value[1:] if quoted else value


def _line(values: Iterable[str | int]) -> str:
    texts = (printable(str(value)) for value in values)
    safe = [f"'{text}" if _FORMULA.match(text) else text for text in texts]
    text = io.StringIO()
    # Both ends of lines are quoted by a writer whose own end has both.
    csv.writer(text, lineterminator="\r\n").writerow(safe)
    return text.getvalue().removesuffix("\r\n") + "\n"


def printable(text: str) -> str:
    """Returns ``text`` as valid Unicode, as the manifest has it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
