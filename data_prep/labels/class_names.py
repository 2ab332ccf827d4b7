"""Which classes there are, and what their folders may be called."""

import re
from collections.abc import Iterable, Sequence

from data_prep.labels import vocabulary
from data_prep.labels.label_file import LabelsError
from data_prep.labels.words import fold


def settle(
    classes: Sequence[str] | None, given: Iterable[str]
) -> tuple[str, ...]:
    """Returns the classes: those asked for, else the default ones and given."""
    settled = list(classes or vocabulary.CLASSES)
    known = folder_names(settled)
    for label in sorted(set(given)):
        if fold(label) in known:
            continue
        if classes:
            raise LabelsError(
                f"labels CSV: class {label!r} is not one of "
                f"{','.join(classes)}; add it to the classes or change the CSV"
            )
        settled.append(label)
        known = folder_names(settled)
    return tuple(settled)


def folder_names(classes: Sequence[str]) -> dict[str, str]:
    """Returns class by the names of its folder: "kick" and "kicks"."""
    folders: dict[str, str] = {}
    for name in classes:
        if not re.fullmatch(r"(?!\.)[^/\\\0-\x1f]*\w[^/\\\0-\x1f]*", name):
            raise LabelsError(
                f"class {name!r}: expected a name that a folder could have"
            )
        if fold(name) in folders:
            raise LabelsError(
                f"class {name!r} is given twice ({','.join(classes)})"
            )
        folders[fold(name)] = name
    for name in classes:
        for ending in ("s", "es"):
            folders.setdefault(fold(name) + ending, name)
    return folders
