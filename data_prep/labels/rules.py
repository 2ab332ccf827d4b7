"""Decides the class of a sound from where its file lies and what it is called.

A file gets its class from the first of these that says one: the user's labels
CSV; a first-level folder named like a class; the words of its name, unless its
folders say otherwise; the words of its folders, the nearest first. A wrong
label costs a model more than a missing sound: what a name or a folder says is
not one hit gets none, in a first-level folder named like a drum as well, and
elsewhere a name that says two classes or another drum.
"""

import collections
import re
from collections.abc import Iterable, Mapping, Sequence

from data_prep.labels import context, verdicts, vocabulary
from data_prep.labels.class_names import first_names, folder_names, settle
from data_prep.labels.initials import Initials
from data_prep.labels.kit_names import KitNames
from data_prep.labels.label_file import lookup
from data_prep.labels.siblings import Siblings
from data_prep.labels.verdicts import Reading, Verdict
from data_prep.labels.words import WordFinder, fold

_LEVELS = 4  # folders read, from the file up
_MICROPHONES = frozenset({"oh"})  # overheads, where another drum is named
# "PT-12_Rhythm" is a machine, no phrase.
_MODEL = re.compile(
    r"\b([A-Z]{1,4}-\d{1,4}[A-Z]?)[ _-]*rhythm\b", re.IGNORECASE
)
# Names of folders that hold drums: "my drums", "LM-2 kit", "808".
_DRUM_PLACE = re.compile(
    r"drum|kit|perc|beat|machine|rhythm|(?<!\d)(?:[6-9]0[5-9]|626)(?!\d)"
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
        self.classes = settle(classes, overrides.values())
        self._class_folders = folder_names(self.classes)
        self._overrides = {
            path: self._class_folders[fold(label)]
            for path, label in overrides.items()
        }
        self._finder = WordFinder(self.classes)
        self._folders: dict[str, Reading] = {}
        self._siblings = Siblings()
        self._initials = Initials()
        self._kits = KitNames(self._finder)
        self._drum_places = self._find_drum_places(list(paths))

    def judge(self, relative_path: str) -> Verdict:
        """Returns the class of a file.

        Args:
          relative_path: below the input folder, with forward slashes.
        """
        if label := lookup(self._overrides, relative_path):
            return Verdict(label, "", "labels CSV")
        return self._judge_path(relative_path)

    def names_class(self, folder: str) -> bool:
        """Says whether a folder's name alone gives its files a class."""
        return bool(self._judge_path(f"{folder}/0.wav").label)

    def _judge_path(self, relative_path: str) -> Verdict:
        """Judges by the path, whatever the labels CSV says."""
        *folders, name = relative_path.split("/")
        # Where no class is a drum, a folder's name at any level is the label.
        named = folders[:1] if self._finder.knows_drums else folders[::-1]
        for folder in named:
            if label := self._class_folders.get(fold(folder)):
                verdict = Verdict(label, "", f"folder {folder!r}")
                if self._finder.is_drum(label):
                    return self._not_one_hit(folders, _stem(name)) or verdict
                return verdict
        return self._judge_words(folders, _stem(name))

    def _not_one_hit(self, folders: list[str], stem: str) -> Verdict | None:
        """Returns why a file in a folder of a drum is not one hit, if so."""
        here = "/".join(folders)
        name = self._read_file(self._kits.strip(here, stem), here)
        _, *below = self._read_folders(folders)
        # A drum that is named is one hit of its break.
        allowed = context.BREAKS if name.labels else ()
        for said in (name, *reversed(below)):
            if verdict := verdicts.not_one_hit(said, allowed):
                return verdict
        return None

    def _judge_words(self, folders: list[str], stem: str) -> Verdict:
        """Weighs the words of the name against those of the folders."""
        here = "/".join(folders)
        stem = self._kits.strip(here, stem)
        above = self._read_folders(folders)
        around = above[-_LEVELS:]
        classes = {c for said in around for c in (*said.labels, *said.hints)}
        name = self._read_file(stem, here, classes)
        if self._siblings.are_spoken(here, around):
            name = name.without_codes()
        tokens = self._finder.split(stem)
        kick = self._finder.label("kick")
        if self._siblings.is_bass_drum(here, tokens, kick):
            return Verdict(
                kick, "", f"{name.where}: {context.BASS}, and no kick here"
            )
        if verdict := verdicts.conflict(name):
            return verdict
        claimed = verdicts.label_from_words(name.labels, name.where)
        spare = None
        if not (claimed or name.against):
            spare = self._hint(name, folders, stem)
            if not _MICROPHONES & set(name.hints.values()):
                claimed = spare
        for depth in range(len(folders), max(0, len(folders) - _LEVELS), -1):
            place = above[depth - 1]
            if claimed:
                verdict = verdicts.check_against_folder(claimed, place)
            else:
                if self._siblings.are_mixed("/".join(folders[:depth])):
                    place = place.without_codes()
                verdict = verdicts.resolve_folder(place)
            if verdict:
                return verdict
            spare = spare or self._hint(place, folders[: depth - 1], stem)
        return claimed or spare or verdicts.reject(name)

    def _read_file(
        self, stem: str, folder: str, around: Iterable[str] = ()
    ) -> Reading:
        """Reads a file's name, in folders that say or hint at some classes."""
        said = Reading("file name")
        hits = self._finder.find(stem)
        plain = [
            bool(hit.label)
            and (hit.word in context.PLAIN or hit.label in around)
            for hit in hits
        ]
        for number, hit in enumerate(hits):
            front = number if hit.word == context.IN_FRONT else 0
            if hit.word in context.DESCRIBING and any(plain[front:]):
                continue
            said.add(hit)
        letter, word = self._initials.read(folder, stem)
        if word:
            said.hints.clear()
            for hit in self._finder.find(word):
                said.add(
                    hit._replace(word=letter, tier=vocabulary.HINT, last=True)
                )
        return said

    def _read_folders(self, folders: list[str]) -> list[Reading]:
        """Reads the names of folders that lie in each other, outer ones first.

        A folder is known by its whole path: its siblings tell what it means.
        """
        return [
            self._read_folder("/".join(folders[:depth]))
            for depth in range(1, len(folders) + 1)
        ]

    def _read_folder(self, path: str) -> Reading:
        """Reads a folder's name: its codes, and what is against, at its end."""
        if path not in self._folders:
            folder = path.rpartition("/")[2]
            said = Reading(f"folder {folder!r}")
            plain = _MODEL.sub(r"\1", self._kits.strip_letter(path, folder))
            hits = self._finder.find(plain, folder=True)
            named = any(hit.label for hit in hits)
            for hit in hits:
                if hit.lettered:
                    hit = hit._replace(last=True)
                if hit.last or (named and hit.tier == vocabulary.WORD):
                    said.add(hit)
            self._folders[path] = said
        return self._folders[path]

    def _hint(
        self, said: Reading, folders: list[str], stem: str
    ) -> Verdict | None:
        """Returns what a code says, if it stands in ``folders`` among drums."""
        here = "/".join(folders)
        hints = self._siblings.allow(said.hints, here)
        if not hints:
            return None
        around = fold(" ".join([*folders[-2:], stem]))
        among_drums = here in self._drum_places
        if not among_drums and not _DRUM_PLACE.search(around):
            return None
        return verdicts.label_from_words(hints, said.where)

    def _find_drum_places(self, paths: Sequence[str]) -> set[str]:
        """Returns the folders with a file or a folder that names a drum.

        What else the names in each folder say of each other is noted.
        """
        names: dict[str, list[str]] = collections.defaultdict(list)
        folders: dict[str, set[str]] = collections.defaultdict(set)
        for path in paths:
            place, _, name = path.rpartition("/")
            names[place].append(_stem(name))
            while place and place not in folders[parent := _parent(place)]:
                folders[parent].add(place)
                place = parent
        for inner in folders.values():
            self._kits.learn_letter(sorted(inner))
        places = set()
        for place, stems in names.items():
            self._kits.learn(place, stems)
            if self._initials.learn(place, stems):
                places.add(place)
            said = {
                plain: self._read_file(plain, place)
                for stem in stems
                for plain in [self._kits.strip(place, stem)]
            }
            if self._note(place, said):
                places.add(place)
        for place, inner in folders.items():
            said = {
                path.rpartition("/")[2]: self._read_folder(path)
                for path in sorted(inner)
            }
            if self._note(place, said):
                places.add(place)
        return places

    def _note(self, place: str, names: Mapping[str, Reading]) -> bool:
        """Takes in the names in a folder; says whether one names a drum."""
        for name, said in names.items():
            self._siblings.add(place, self._finder.split(name), said)
        return any(said.labels for said in names.values())


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
        named = rules.names_class(folder) or rules.judge(path).label
        if not slash or "/" in name or named:
            return None
        folders.add(folder)
    classes = first_names(folders)
    return classes if len(classes) > 1 else None


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
