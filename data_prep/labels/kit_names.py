"""Kit names: words shared by all files of a folder, which name no drum.

``cr8kbass, cr8ksnar, cr8kohat`` are a bass drum, a snare and a hat of one
machine; ``Tom Kick`` and ``Tom Snare`` are of a machine called Tom, and
``hh3kick`` is of the third hip-hop kit. Such a name says nothing of a sound.
"""

import collections
import os
import re
from collections.abc import Sequence

from data_prep.labels.vocabulary import CODE, OTHER_DRUM
from data_prep.labels.words import WordFinder, fold

_FEWEST_FILES = 3
_SHARED = 0.9  # of the files have the name
_KNOWN = 0.5  # of them say a drum without it
_FEWEST_DRUMS, _FEWEST_CLASSES = 3, 2
_SHORTEST = 2  # letters of a name that is glued to the drum
_NUMBER = re.compile(r"^\d+(?=[ _-])[ _-]+")


class KitNames:
    """Takes the name of the kit from the names of its files.

    Args:
      finder: knows the words for drums.
    """

    def __init__(self, finder: WordFinder):
        self._finder = finder
        self._names: dict[str, re.Pattern] = {}
        self._codes: dict[str, str] = {}

    def learn(self, folder: str, stems: Sequence[str]) -> None:
        """Looks for a name that the files of a folder share.

        Args:
          folder: path of the folder.
          stems: the names of the files in it, without their suffixes.
        """
        if len(stems) < _FEWEST_FILES:
            return
        for name in [*self._glued(stems), *self._words(folder, stems)]:
            if self._tells_apart([name.sub("", stem, 1) for stem in stems]):
                self._names[folder] = name
                return

    def strip(self, folder: str, stem: str) -> str:
        """Returns the name of a file in a folder without that of the kit."""
        name = self._names.get(folder)
        return name.sub("", stem, 1) if name else stem

    def learn_letter(self, folders: Sequence[str]) -> None:
        """Looks for a letter that stands behind the codes of several drums.

        Of folders bdu, sdu, chu and ohu in one place it is a kit's, the u.

        Args:
          folders: paths of all folders in one place.
        """
        groups = collections.defaultdict(dict)
        for path in folders:
            name = fold(path.rpartition("/")[2])
            if name.isalpha() and not self._finder.find(name):
                hits = self._finder.find(name[:-1])
                if hits and hits[0].tier <= CODE and hits[0].label:
                    groups[name[-1]][path] = hits[0]
        for group in groups.values():
            hits = group.values()
            # Codes alone that mean other things too may be syllables.
            sure = any(hit.tier == CODE for hit in hits)
            labels = {hit.label for hit in hits}
            enough = len({hit.word for hit in hits}) >= _FEWEST_DRUMS
            if sure and enough and len(labels) >= _FEWEST_CLASSES:
                self._codes |= {path: hit.word for path, hit in group.items()}

    def strip_letter(self, path: str, folder: str) -> str:
        """Returns the name of a folder without such a letter."""
        return self._codes.get(path, folder)

    def _glued(self, stems: Sequence[str]) -> list[re.Pattern]:
        """Returns the beginning that all share, if it ends within a word."""
        names = [_NUMBER.sub("", fold(stem)) for stem in stems]
        begin = os.path.commonprefix(names)  # noqa: RUF071, by letters
        letters = sum(character.isalpha() for character in begin)
        glued = all(
            name[len(begin) - 1 :][:2].isalnum() and name[len(begin) :]
            for name in names
        )
        if letters < _SHORTEST or not glued or self._finder.find(begin):
            return []
        number = r"^(?:\d+[ _-]+)?"
        return [re.compile(number + re.escape(begin), re.IGNORECASE)]

    def _words(self, folder: str, stems: Sequence[str]) -> list[re.Pattern]:
        """Returns the words for drums that nearly all share.

        A word that the folder says too is no kit's, unless it is a code.
        """
        counts = collections.Counter(
            token for stem in stems for token in set(self._finder.split(stem))
        )
        said = self._finder.find(folder.rpartition("/")[2], folder=True)
        labels = {hit.label for hit in said}
        patterns = []
        for token, count in counts.items():
            hits = self._finder.find(token)
            if count < _SHARED * len(stems) or not hits:
                continue
            if hits[0].tier <= CODE or hits[0].label not in labels:
                word = rf"(?<![^\W\d_]){re.escape(token)}(?![^\W\d_])"
                patterns.append(re.compile(word, re.IGNORECASE))
        return patterns

    def _tells_apart(self, names: Sequence[str]) -> bool:
        """Says whether these names are of different drums."""
        drums, classes, known = set(), set(), 0
        for name in names:
            hits = self._finder.find(name)
            said = {
                hit.label or hit.word
                for hit in hits
                if hit.label or hit.against == OTHER_DRUM
            }
            known += bool(said)
            drums |= said
            classes |= {hit.label for hit in hits} - {""}
        return (
            known >= _KNOWN * len(names)
            and len(drums) >= _FEWEST_DRUMS
            and len(classes) >= _FEWEST_CLASSES
        )
