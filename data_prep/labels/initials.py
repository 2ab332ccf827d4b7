"""Names of initials and letters: ``RD_K_1`` is a kick of a pack called RD."""

import collections
import re
from collections.abc import Iterable

_NAME = re.compile(
    r"((?!CH|CR|CY|HC|HO|OH)[A-Z]{2,3})[ _-]([A-Z])[ _-](?![a-z])"
    r"(?:([A-Z])[ _-])?"
)
_DRUMS = {"K": "kick", "S": "snare", "H": "hat"}
_OTHERS = frozenset("CHPT")  # clap, cymbal or conga; hat, percussion, tom
_CYMBALS = frozenset("CRS")  # crash, ride, splash: C_C, C_R, C_S


class Initials:
    """Knows the letters that stand behind the same initials in a folder."""

    def __init__(self) -> None:
        self._cymbals: set[tuple[str, str]] = set()

    def learn(self, folder: str, stems: Iterable[str]) -> bool:
        """Takes in the names in a folder; says whether they are of drums.

        They are if the same initials stand before K, S and another letter of
        a drum. C is a cymbal then if letters of several cymbals follow it.
        """
        kinds: dict[str, dict[str, set[str]]] = collections.defaultdict(dict)
        for stem in stems:
            if name := _NAME.match(stem):
                initials, drum, kind = name.groups()
                kinds[initials].setdefault(drum, set()).add(kind or "")
        found = False
        for initials, drums in kinds.items():
            if {"K", "S"} <= drums.keys() and _OTHERS & drums.keys():
                found = True
                if len(_CYMBALS & drums.get("C", set())) > 1:
                    self._cymbals.add((folder, initials))
        return found

    def read(self, folder: str, stem: str) -> tuple[str, str]:
        """Returns the letter of a name, and the word it is for, or ""."""
        name = _NAME.match(stem)
        if not name:
            return "", ""
        initials, drum, _ = name.groups()
        if drum == "C" and (folder, initials) in self._cymbals:
            return drum, "cymbal"
        return drum, _DRUMS.get(drum, "")
