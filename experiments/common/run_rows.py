"""Columns of a run folder's CSV files, as numbers."""

from pathlib import Path

from experiments.common import cli
from wavegan_cond.storage.untrusted import read_bytes
from wavegan_cond.training.rows import MAX_BYTES, read_rows


def read(path: Path, *columns: str) -> list[tuple[float, ...]]:
    """Returns columns of a file, which a spreadsheet may have saved again.

    Half a line at the end is left out: the file may be written just now.

    Args:
      path: such as of ``log.csv``.
      columns: their names; the first is "iteration".

    Raises:
      OSError: it cannot be read.
      UsageError: something in it is no row of a training.
    """
    try:
        content = read_bytes(path, MAX_BYTES)
    except ValueError as error:  # too large
        raise cli.UsageError(f"{path}: {error}") from error
    text = content.decode("utf-8-sig", errors="replace")
    rows, whole = read_rows(text, columns)
    if not whole:
        raise cli.UsageError(
            f"{path} has lines without {' and '.join(columns)} of a training: "
            "take them out, or put back the file as it was"
        )
    return [tuple(map(float, row)) for row in rows]
