"""Context of a file: its neighbours, by which short codes and a bass are read.

``HC`` beside ``LC`` and ``MC`` is a high conga, beside ``HO`` a closed hat.
``HH`` among ``AA``, ``EY`` and ``ZH`` is a phoneme. ``bass`` among drums that
have no kick is the bass drum.
"""

import collections
import dataclasses
from collections.abc import Mapping, Sequence

from data_prep.labels.context import BASS, CODES, NEEDS, SPOKEN
from data_prep.labels.verdicts import Reading
from data_prep.labels.vocabulary import MODIFIERS, NOT_A_DRUM, OTHER_DRUM

_FEWEST = 4  # codes of no drum that make a folder one of speech
_DRUMS = 2  # other drums beside a bass that is one


@dataclasses.dataclass
class _Place:
    """Names in one folder.

    Attributes:
      codes: the short words of names.
      strange: names that are nothing but a short word, and no drum's.
      known: names that are nothing but a drum's code.
      labels: the classes that names say.
      drums: the drums that names say, of a class or not.
      melodic: whether a name says an instrument that is no drum.
    """

    codes: set[str] = dataclasses.field(default_factory=set)
    strange: set[str] = dataclasses.field(default_factory=set)
    known: set[str] = dataclasses.field(default_factory=set)
    labels: set[str] = dataclasses.field(default_factory=set)
    drums: set[str] = dataclasses.field(default_factory=set)
    melodic: bool = False


class Siblings:
    """Knows what the files and folders in each folder are called."""

    def __init__(self) -> None:
        self._places = collections.defaultdict(_Place)

    def add(self, folder: str, tokens: Sequence[str], said: Reading) -> None:
        """Takes in one name.

        Args:
          folder: where it stands.
          tokens: the words it is split into.
          said: what it says.
        """
        place = self._places[folder]
        letters = [token for token in tokens if not token.isdigit()]
        place.codes.update(token for token in letters if len(token) <= 4)
        if len(letters) == 1 and 2 <= len(letters[0]) <= 3:
            known = letters[0] in CODES or said.labels or said.against
            (place.known if known else place.strange).add(letters[0])
        place.labels.update(said.labels)
        place.drums.update([*said.labels, *said.hints])
        if drum := said.against.get(OTHER_DRUM):
            place.drums.add(drum)
        other = said.against.get(NOT_A_DRUM, BASS)
        place.melodic |= other != BASS

    def allow(self, hints: Mapping[str, str], folder: str) -> dict[str, str]:
        """Returns the hints that what lies beside them does not contradict."""
        place = self._places[folder]
        allowed = {}
        for label, word in hints.items():
            partners, rivals = NEEDS.get(word, ((), ()))
            alone = partners and place.codes.isdisjoint(partners)
            if not alone and place.codes.isdisjoint(rivals):
                allowed[label] = word
        return allowed

    def are_mixed(self, folder: str) -> bool:
        """Says whether names in a folder say several classes."""
        return len(self._places[folder].labels) > 1

    def are_spoken(self, folder: str, around: Sequence[Reading]) -> bool:
        """Says whether the codes in a folder are pieces of speech.

        Args:
          folder: where the files are.
          around: what its name and those above it say.
        """
        if any(said.against.get(NOT_A_DRUM) in SPOKEN for said in around):
            return True
        place = self._places[folder]
        return len(place.strange) > max(_FEWEST - 1, len(place.known))

    def is_bass_drum(
        self, folder: str, tokens: Sequence[str], kick: str
    ) -> bool:
        """Says whether a file called bass is the bass drum of its folder.

        Args:
          folder: where it is.
          tokens: the words of its name.
          kick: the class of kicks; "" if there is none.
        """
        others = {t for t in tokens if not t.isdigit()} - MODIFIERS
        place = self._places[folder]
        if not kick or others != {BASS} or place.melodic:
            return False
        return kick not in place.labels and len(place.drums) >= _DRUMS
