"""Decides the class of a sound from where its file lies and what it is called.

A file gets its class from the first of these that says one: the user's labels
CSV; a first-level folder named like a class; the words of its name, unless its
folders say otherwise; the words of its folders, the nearest first. A name that
says two classes, a loop, a roll or another drum gets none: a wrong label costs
a model more than a missing sound.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from data_prep.labels import verdicts, vocabulary
from data_prep.labels.label_file import Labels, LabelsError, lookup, read_labels
from data_prep.labels.verdicts import Reading, Verdict
from data_prep.labels.words import WordFinder, fold

__all__ = [
    "LabelRules",
    "Labels",
    "LabelsError",
    "Verdict",
    "folder_classes",
    "lookup",
    "read_labels",
]

_LEVELS = 4  # folders read, from the file up
_MICROPHONES = frozenset({"oh"})  # overheads, where another drum is named
# "RD_K_1": the initials of a pack, then one letter for the drum.
_INITIALS = re.compile(
    r"(?!CH|CR|CY|HC|HO|OH)[A-Z]{2,3}[ _-]([KSH])[ _-](?![a-z])"
)
_LETTERS = {"K": "kick", "S": "snare", "H": "hat"}
# Names of folders that hold drums: "my drums", "LM-2 kit", "808".
_DRUM_PLACE = re.compile(
    r"drum|kit|perc|beat|machine|(?<!\d)(?:[6-9]0[5-9]|626)(?!\d)"
)


class LabelRules:
    """Gives each file its class.

    Args:
      classes: the class names; kick, snare and cymbal by default. A name the
        vocabulary knows ("tom", "hihat") brings its synonyms along, any other
        is itself the word to look for.
      overrides: class by file, or by folder with a slash at its end, as
        ``read_labels`` returns it. Without ``classes``, labels that appear
        only here are added to the default ones.
      paths: the files that will be judged. Codes that mean other things too
        (oh, ch, cr, rd, cy) are trusted among files that name drums.

    Attributes:
      classes: the class names in order.

    Raises:
      LabelsError: a class is given twice or cannot be a name, or ``overrides``
        has one that is not among ``classes``.
    """

    def __init__(
        self,
        classes: Sequence[str] | None = None,
        overrides: Mapping[str, str] | None = None,
        paths: Iterable[str] = (),
    ):
        overrides = overrides or {}
        self.classes = _settle(classes, overrides.values())
        self._class_folders = _folder_names(self.classes)
        self._overrides = {
            path: self._class_folders[fold(label)]
            for path, label in overrides.items()
        }
        self._finder = WordFinder(self.classes)
        self._folders: dict[str, Reading] = {}
        self._drum_places = self._find_drum_places(paths)

    def judge(self, relative_path: str) -> Verdict:
        """Returns the class of a file.

        Args:
          relative_path: below the input folder, with forward slashes.
        """
        if label := lookup(self._overrides, relative_path):
            return Verdict(label, "", "labels CSV")
        *folders, name = relative_path.split("/")
        # Where no class is a drum, a folder's name at any level is the label.
        named = folders[:1] if self._finder.knows_drums else folders[::-1]
        for folder in named:
            if label := self._class_folders.get(fold(folder)):
                return Verdict(label, "", f"folder {folder!r}")
        return self._judge_words(folders, _stem(name))

    def _judge_words(self, folders: list[str], stem: str) -> Verdict:
        """Weighs the words of the name against those of the folders."""
        name = self._read_file(stem)
        if verdict := verdicts.objection(name):
            return verdict
        claimed = verdicts.claim(name.labels, name.where)
        spare = None
        if not (claimed or name.against):
            spare = self._hint(name, folders, stem)
            if not _MICROPHONES & set(name.hints.values()):
                claimed = spare
        for depth in range(len(folders), max(0, len(folders) - _LEVELS), -1):
            place = self._read_folder(folders[depth - 1])
            if claimed:
                verdict = verdicts.confirm(claimed, place)
            else:
                verdict = verdicts.decide(place)
            if verdict:
                return verdict
            spare = spare or self._hint(place, folders[: depth - 1], stem)
        return claimed or spare or verdicts.nothing(name)

    def _read_file(self, stem: str) -> Reading:
        said = Reading("file name")
        for hit in self._finder.find(stem):
            said.note(hit)
        if initials := _INITIALS.match(stem):
            said.hints.clear()
            letter = initials[1]
            for hit in self._finder.find(_LETTERS[letter]):
                said.note(hit._replace(word=letter, tier=vocabulary.HINT))
        return said

    def _read_folder(self, folder: str) -> Reading:
        """Reads a folder's name: its codes, and what is against, at its end."""
        if folder not in self._folders:
            said = Reading(f"folder {folder!r}")
            hits = self._finder.find(folder)
            named = any(hit.label for hit in hits)
            for hit in hits:
                if hit.last or (named and hit.tier == vocabulary.WORD):
                    said.note(hit)
            self._folders[folder] = said
        return self._folders[folder]

    def _hint(
        self, said: Reading, folders: list[str], stem: str
    ) -> Verdict | None:
        """Returns what a code says, if it stands in ``folders`` among drums."""
        if not said.hints:
            return None
        around = fold(" ".join([*folders[-2:], stem]))
        among_drums = "/".join(folders) in self._drum_places
        if not among_drums and not _DRUM_PLACE.search(around):
            return None
        return verdicts.claim(said.hints, said.where)

    def _find_drum_places(self, paths: Iterable[str]) -> set[str]:
        """Returns the folders with a file or a folder that names a drum."""
        places: set[str] = set()
        for path in paths:
            *folders, name = path.split("/")
            for depth, folder in enumerate(folders):
                if self._read_folder(folder).labels:
                    places.add("/".join(folders[:depth]))
            place = "/".join(folders)
            if place not in places and self._read_file(_stem(name)).labels:
                places.add(place)
        return places


def folder_classes(relative_paths: Iterable[str]) -> list[str] | None:
    """Returns the classes of an input that has one folder for each.

    That is so where every file lies in a first-level folder, there are two of
    these at least, and no name among them is a word for a kick, a snare or a
    cymbal: then the words cannot help, and the folders are all there is.
    Otherwise None: the words decide, or the classes must be given.
    """
    rules = LabelRules()
    folders = set()
    for path in relative_paths:
        folder, slash, name = path.partition("/")
        if not slash or "/" in name or rules.judge(path).label:
            return None
        folders.add(folder)
    return sorted(folders) if len(folders) > 1 else None


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _settle(
    classes: Sequence[str] | None, given: Iterable[str]
) -> tuple[str, ...]:
    """Returns the classes: those asked for, else the default ones and given."""
    settled = list(classes or vocabulary.CLASSES)
    known = _folder_names(settled)
    for label in sorted(set(given)):
        if fold(label) in known:
            continue
        if classes:
            raise LabelsError(
                f"labels CSV: class {label!r} is not one of "
                f"{','.join(classes)}; add it to the classes or change the CSV"
            )
        settled.append(label)
        known = _folder_names(settled)
    return tuple(settled)


def _folder_names(classes: Sequence[str]) -> dict[str, str]:
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
