"""Splits the names of files and folders into words and looks them up."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from data_prep.labels import context, vocabulary
from data_prep.labels.vocabulary import (
    CODE,
    COMPOUNDS,
    FAMILIES,
    HINT,
    OTHER_DRUM,
    PHRASES,
    SILENT,
    WORD,
    WordEntry,
)

_RUN = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
_REPEATED = re.compile(r"(.)\1+")
# Names of machines that begin like a code for a crash (CR-78, CR8000).
_MACHINE = re.compile(
    r"(?<![^\W\d_])CR[-_ ]?(?:68|78|800|1000|5000|8000|8k)(?!\d)", re.IGNORECASE
)
# Machines that have no bass but a drum. The 808 is not among them: a bass of
# that name is a note.
_MACHINE_BASS = re.compile(
    r"(?<![^\W\d_])(?:CR[-_ ]?(?:68|78|800|1000|5000|8000|8k)|"
    r"TR[-_ ]?(?:66|77|505|606|626|707|909)|DR[-_ ]?(?:55|110|220)|"
    r"KR[-_ ]?(?:33|55)|LM[-_ ]?[12])[-_ ]*bass(?![^\W\d_])",
    re.IGNORECASE,
)
# "2bd4581d_HAT (3)": eight or more hexadecimal digits that a server put there.
_HASH = re.compile(r"^(?=[a-f]*\d)[0-9a-f]{8,64}[_-]")
_MAX_JOINED = 3  # "open hi hat"
_SHORTEST_JOINED = 5  # letters; keeps "b d" and "o h" apart
_SHORTEST_GLUED = 5


class Hit(NamedTuple):
    """A known word in a name.

    Attributes:
      word: as it is looked up, in lower case.
      tier: how sure it is, WORD, CODE or HINT of ``vocabulary``.
      label: the class it names, or "".
      against: where it names none, why (a parent in ``vocabulary``).
      last: whether nothing but numbers and modifiers follow.
      lettered: whether beside these one letter follows, as in KD_A, and says
        nothing: behind OH it is a side, behind RD a drum.
    """

    word: str
    tier: int
    label: str
    against: str
    last: bool
    lettered: bool = False


def fold(name: str) -> str:
    """Returns a name in lower case without accents, composed or not."""
    return _plain(name).casefold()


def _plain(name: str) -> str:
    if name.isascii():
        return name
    parts = unicodedata.normalize("NFKD", name)
    return "".join(c for c in parts if not unicodedata.combining(c))


class WordFinder:
    """Finds the words for some classes in names, the longest match first.

    A class that is a word of a family brings the whole family along; of two in
    one family the first does. Any other class is itself the word. Words of
    drums that are not among the classes speak against one, unless no class is
    a drum.

    Args:
      classes: the class names.
    """

    def __init__(self, classes: Sequence[str]):
        self._words = vocabulary.vocabulary()
        self._labels: dict[str, str] = {}  # family -> class
        self._meanings: dict[str, tuple[str, str]] = {}
        own = {name: key for name in classes if (key := self._claim(name))}
        self.knows_drums = len(own) < len(classes)
        if not self.knows_drums:
            self._words.clear()
        self._own = frozenset(own.values())
        for name, word in own.items():
            entry = WordEntry(f"class {name}", WORD)
            self._labels[entry.family] = name
            self._words[word] = entry
            for plural in vocabulary.plurals(word):
                self._words.setdefault(plural, entry)
        self._doubled = self._index_doubled()
        self._played = self._played_pattern()
        self._glued = self._glue_pattern()

    def _claim(self, name: str) -> str:
        """Gives a class its family; else returns the word it adds."""
        word = "".join(_RUN.findall(fold(name))) or fold(name)
        entry = self._words.get(word)
        if entry is None or entry.family in (*self._labels, PHRASES, COMPOUNDS):
            return word
        self._labels[entry.family] = name
        return ""

    def find(self, name: str, folder: bool = False) -> list[Hit]:
        """Returns the known words of a name without its suffix, in order.

        Args:
          name: what a file or a folder is called.
          folder: whether it is a folder. "Snare Kit" is no folder of snares,
            but "Snare Kit 2" is the snare of a file.
        """
        tokens = self.split(name)
        hits = []
        start = 0
        while start < len(tokens):
            size, words = self._longest(tokens, start, folder)
            start += size
            hits += [self._hit(*word, tokens[start:]) for word in words]
        return [hit for hit in hits if hit.label or hit.against != SILENT]

    def label(self, family: str) -> str:
        """Returns the class of a family, or ""."""
        return self._meaning(family)[0]

    def is_drum(self, label: str) -> bool:
        """Says whether a class is a drum of the vocabulary."""
        return any(
            name == label and vocabulary.is_drum(family)
            for family, name in self._labels.items()
        )

    def split(self, name: str) -> list[str]:
        """Returns the words and numbers of a name, in lower case."""
        name = _MACHINE_BASS.sub(" bassdrum ", _HASH.sub("", _plain(name)))
        name = _MACHINE.sub(" ", name)
        tokens = []
        for run in _RUN.findall(name):
            word = run.casefold()
            entry = self._words.get(word)
            # "OHat" is two words, "ohat" a code; "KickIn" two, "Kickin" one.
            mixed = run != word and run != run.upper()
            parted = entry and (entry.tier == HINT or entry.family == COMPOUNDS)
            known = entry and not (mixed and parted)
            if run == word or known or self._played.fullmatch(word):
                tokens.append(word)
            else:
                tokens += [part.casefold() for part in _CAMEL.findall(run)]
        return tokens

    def _longest(
        self, tokens: list[str], start: int, folder: bool
    ) -> tuple[int, list[tuple[str, WordEntry]]]:
        """Returns how many tokens were used up, and the words in them."""
        for size in range(min(_MAX_JOINED, len(tokens) - start), 1, -1):
            word = "".join(tokens[start : start + size])
            if len(word) >= _SHORTEST_JOINED or word in self._own:
                entry = self._words.get(word)
                if entry and (folder or entry.family != COMPOUNDS):
                    return size, [(word, entry)]
        token = tokens[start]
        entry = self._words.get(token) or self._undoubled(token)
        if entry:
            return 1, [(token, entry)]
        if played := self._played.fullmatch(token):
            return 1, [(played[1], self._words[played[1]])]
        glued = self._glued.findall(token)
        return 1, [(word, self._words[word]) for word in glued]

    def _undoubled(self, token: str) -> WordEntry | None:
        """Looks up "kickkk" and "SNAREE"."""
        single = _REPEATED.sub(r"\1", token)
        return self._doubled.get(single) if single != token else None

    def _hit(self, word: str, entry: WordEntry, rest: list[str]) -> Hit:
        label, against = self._meaning(entry.family)
        more = [
            token
            for token in rest
            if not token.isdigit() and token not in vocabulary.MODIFIERS
        ]
        lettered = len(more) == 1 and len(more[0]) == 1
        lettered &= entry.tier == CODE or word in context.LETTERED
        return Hit(word, entry.tier, label, against, not more, lettered)

    def _meaning(self, family: str) -> tuple[str, str]:
        """Returns the class of a family, or "" and what speaks against one."""
        if family not in self._meanings:
            if label := self._labels.get(family):
                self._meanings[family] = (label, "")
            elif family in FAMILIES:
                parent = FAMILIES[family].parent or OTHER_DRUM
                self._meanings[family] = self._meaning(parent)
            else:
                self._meanings[family] = ("", family)
        return self._meanings[family]

    def _index_doubled(self) -> dict[str, WordEntry]:
        return {
            _REPEATED.sub(r"\1", word): entry
            for word, entry in self._words.items()
            if entry.tier == WORD and vocabulary.names_class(entry)
        }

    def _played_pattern(self) -> re.Pattern:
        """Returns what "bdshort" is: a class's code, and how it is played."""
        codes = [
            re.escape(word)
            for word, entry in self._words.items()
            if entry.tier == CODE and vocabulary.names_class(entry)
        ]
        how = "|".join(sorted(vocabulary.MODIFIERS))
        return re.compile(f"({'|'.join(codes) or '(?!)'})(?:{how})")

    def _glue_pattern(self) -> re.Pattern:
        inside = {word for word in self._own if len(word) >= _SHORTEST_GLUED}
        inside |= self._words.keys() & set(vocabulary.INSIDE.split())
        at_end = self._words.keys() & set(vocabulary.AT_END.split())
        choices = [(len(w), re.escape(w)) for w in inside]
        choices += [(len(w), re.escape(w) + "$") for w in at_end]
        choices.sort(reverse=True)
        return re.compile("|".join(c for _, c in choices) or "(?!)")
