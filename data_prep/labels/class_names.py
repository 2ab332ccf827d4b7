"""Names of classes and of their folders."""

import re
from collections.abc import Iterable, Sequence

from data_prep.labels import vocabulary
from data_prep.labels.label_file import LabelsError
from data_prep.labels.words import fold

MAX_BYTES = 100  # of a class's name, which becomes a part of file names


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


def with_given(
    folders: Sequence[str], given: Iterable[str], given_most: bool
) -> list[str] | None:
    """Returns the classes where folders are named for them.

    Args:
      folders: names of first-level folders that may be classes.
      given: the classes in the user's own labels.
      given_most: whether these speak for half of the sounds or more. If so,
        and none is a folder's, the folders are no classes, but folds or
        sessions; then there are none to return.
    """
    known = folder_names(folders)
    more = [name for name in first_names(given) if fold(name) not in known]
    if given_most and more and len(more) == len(first_names(given)):
        return None
    return [*folders, *more]


def first_names(names: Iterable[str]) -> list[str]:
    """Returns names in order, of those that are one class the first alone.

    Nobody who writes "Bird" and "bird" in a table means two classes.
    """
    first: dict[str, str] = {}
    for name in sorted(names):
        first.setdefault(fold(name), name)
    return list(first.values())


def folder_names(classes: Sequence[str]) -> dict[str, str]:
    """Returns class by the names of its folder: "kick" and "kicks"."""
    folders: dict[str, str] = {}
    for name in classes:
        check_name(name)
        if fold(name) in folders:
            raise LabelsError(
                f"class {name!r} is given twice ({','.join(classes)})"
            )
        folders[fold(name)] = name
    for name in classes:
        for ending in ("s", "es"):
            folders.setdefault(fold(name) + ending, name)
    return folders


def check_name(name: str) -> None:
    """Checks that a class can be written into files and named after one.

    Raises:
      LabelsError: it cannot.
    """
    named = name.isprintable() and re.fullmatch(r"(?!\.)[^/\\]*\w[^/\\]*", name)
    if not named or len(name.encode(errors="replace")) > MAX_BYTES:
        raise LabelsError(
            f"class {name[:MAX_BYTES]!a}: expected a name that a folder "
            f"could have, of printable characters and {MAX_BYTES} bytes at "
            "most; rename the folder, or name your classes with --classes"
        )
