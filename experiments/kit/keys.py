"""General MIDI: which drum a class is, and its key.

A slot is a drum of General MIDI: its name here, the short name that Strudel
and other live coders know it by, and its key on channel 10.
"""

import dataclasses
import re
from collections.abc import Iterable, Sequence

from data_prep.labels.vocabulary import FAMILIES


@dataclasses.dataclass(frozen=True)
class Slot:
    """A drum of a kit.

    Attributes:
      name: its name, plain ASCII.
      code: its short name, such as bd.
      key: MIDI note.
      standard: what General MIDI calls the key; "" for one it has no drum for.
      choke: drums of the same number, if it is not 0, cut each other off.
    """

    name: str
    code: str
    key: int
    standard: str = ""
    choke: int = 0

    @property
    def stem(self) -> str:
        """Beginning of the names of its files."""
        return plain_name(self.name)


HATS = 1  # choke group
SLOTS = {
    slot.code: slot
    for slot in (
        Slot("kick", "bd", 36, "Bass Drum 1"),
        Slot("rim", "rim", 37, "Side Stick"),
        Slot("snare", "sd", 38, "Acoustic Snare"),
        Slot("clap", "cp", 39, "Hand Clap"),
        Slot("closed hat", "hh", 42, "Closed Hi-Hat", HATS),
        Slot("pedal hat", "ph", 44, "Pedal Hi-Hat", HATS),
        Slot("low tom", "lt", 45, "Low Tom"),
        Slot("open hat", "oh", 46, "Open Hi-Hat", HATS),
        Slot("mid tom", "mt", 47, "Low-Mid Tom"),
        Slot("crash", "cr", 49, "Crash Cymbal 1"),
        Slot("high tom", "ht", 50, "High Tom"),
        Slot("ride", "rd", 51, "Ride Cymbal 1"),
        Slot("china", "ch", 52, "Chinese Cymbal"),
        Slot("ride bell", "rb", 53, "Ride Bell"),
        Slot("tambourine", "tb", 54, "Tambourine"),
        Slot("splash", "sp", 55, "Splash Cymbal"),
        Slot("cowbell", "cb", 56, "Cowbell"),
        Slot("shaker", "sh", 70, "Maracas"),
    )
}
# Drums that a class may be, by the family of words that its name is of.
DRUMS = {
    "kick": ("bd",),
    "snare": ("sd",),
    "rim": ("rim",),
    "sidestick": ("rim",),
    "clap": ("cp",),
    "cymbal": ("hh", "oh", "cr"),
    "hat": ("hh", "oh"),
    "closed hat": ("hh",),
    "pedal hat": ("ph",),
    "open hat": ("oh",),
    "crash": ("cr",),
    "splash": ("sp",),
    "china": ("ch",),
    "ride": ("rd",),
    "ride bell": ("rb",),
    "tom": ("lt", "mt", "ht"),
    "low tom": ("lt",),
    "mid tom": ("mt",),
    "high tom": ("ht",),
    "cowbell": ("cb",),
    "tambourine": ("tb",),
    "shaker": ("sh",),
}
# More keys that General MIDI has for a drum: for several sounds or classes.
MORE_KEYS = {
    "bd": {35: "Acoustic Bass Drum"},
    "sd": {40: "Electric Snare"},
    "cr": {57: "Crash Cymbal 2"},
    "rd": {59: "Ride Cymbal 2"},
    "lt": {43: "High Floor Tom", 41: "Low Floor Tom"},
    "ht": {48: "Hi-Mid Tom"},
}
# Drums whose keys sounds of another have rather than those of bongos.
RELATED = {"hh": ("ph",), "cr": ("sp", "ch"), "rd": ("rb",)}
# Keys of classes that are none of these drums: bongos, congas and so on.
OTHER_KEYS = tuple(key for key in range(60, 82) if key != 70)
# Keys above and below those of General MIDI, for every sound alone.
SINGLE_KEYS = (*range(82, 128), *range(1, 35))


def find_drums(class_name: str) -> tuple[str, ...]:
    """Returns the codes of the drums that a class may be; none if unknown."""
    word = re.sub(r"[\W_]", "", class_name.casefold())
    for family, entry in FAMILIES.items():
        words = f"{entry.words} {entry.codes} {entry.hints}".split()
        words.append(family.replace(" ", ""))
        one = {word, word.removesuffix("s"), word.removesuffix("es")}
        if family in DRUMS and one & set(words):
            return DRUMS[family]
    return ()


def drums_of(class_names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Returns the codes of the drums that each of several classes may be.

    A drum that a class is leaves those that are wider: beside hats a cymbal is
    none, and beside low toms a tom is none.
    """
    found = {name: find_drums(name) for name in class_names}
    return {
        name: tuple(
            code
            for code in codes
            if not any(
                code in others and len(others) < len(codes)
                for others in found.values()
            )
        )
        for name, codes in found.items()
    }


def keys_of(codes: Sequence[str]) -> tuple[int, ...]:
    """Returns the keys that sounds of a class may have, the usual one first.

    Keys of related drums follow, then those of no drum, for more sounds than
    the class has keys.

    Args:
      codes: of the drums that the class may be.
    """
    more = [key for code in codes for key in MORE_KEYS.get(code, ())]
    related = [near for code in codes for near in RELATED.get(code, ())]
    own, near = ([SLOTS[c].key for c in some] for some in (codes, related))
    return (*own, *more, *near, *OTHER_KEYS)


def plain_name(text: str) -> str:
    """Returns a name of a to z, 0 to 9 and _, at most 24 characters."""
    return re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")[:24].strip("_")
