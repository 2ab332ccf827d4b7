"""Finds the lines of labels CSVs that name nothing there is."""

import os
from collections.abc import Iterable, Mapping, Sequence

from data_prep.labels.label_file import LabelsError, same_form


def check_matches(
    given: Iterable[tuple[Mapping[str, str], Mapping[str, str], Sequence[str]]],
) -> str:
    """Returns what to say of lines that match no file; "" if all do.

    Args:
      given: of every input folder the labels and groups by file or folder, as
        ``read_labels`` has them, and the files below it. A line need match in
        one of the input folders that have it.

    Raises:
      LabelsError: no line matches anything.
    """
    lines: dict[str, bool] = {}  # line -> whether it names something
    there: set[str] = set()
    for labels, groups, files in given:
        if not labels and not groups:
            continue
        paths = _paths(files)
        for line in (*labels, *groups):
            lines[line] = lines.get(line, False) or line in paths
        there |= paths
    wrong = [line for line, matched in lines.items() if not matched]
    if not wrong:
        return ""
    example = f"{wrong[0]!r}{_beside(wrong[0], there)}"
    if len(wrong) == len(lines):
        raise LabelsError(
            f"labels CSV: none of its {len(lines)} lines names a file below "
            f"the input folder, such as {example}; expected the path below "
            "it, with the extension"
        )
    return (
        f"{len(wrong)} of {len(lines)} lines of the labels CSV match no file, "
        f"such as {example}"
    )


def _paths(files: Iterable[str]) -> set[str]:
    """Returns the files, and the folders they are in with a slash behind."""
    paths = set()
    for file in map(same_form, files):
        paths.add(file)
        folder = os.path.dirname(file)
        while folder and f"{folder}/" not in paths:
            paths.add(f"{folder}/")
            folder = os.path.dirname(folder)
    return paths


def _beside(line: str, there: Iterable[str]) -> str:
    """Returns a hint at a file of nearly that name, or ""."""
    wanted = os.path.splitext(os.path.basename(line.rstrip("/")))[0].casefold()
    for path in sorted(there):
        name = os.path.splitext(os.path.basename(path.rstrip("/")))[0]
        if name.casefold() == wanted:
            return f" (there is {path!r})"
    return ""
