"""The drums of a kit: which sound is which drum, on which key.

All sounds of a drum take turns on its key of General MIDI; where there are
several, each is alone on a key outside the range of General MIDI too.
"""

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from experiments.kit import keys
from experiments.kit.choose import KitError
from experiments.kit.keys import OTHER_KEYS, SINGLE_KEYS, SLOTS, Slot


@dataclasses.dataclass(frozen=True)
class Instrument:
    """Sounds of one key.

    Attributes:
      slot: the drum and its key.
      files: WAV files that take turns.
    """

    slot: Slot
    files: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Kit:
    """A kit, as every format needs it.

    Attributes:
      name: its name, plain ASCII.
      drums: the drums on their keys of General MIDI.
      singles: single sounds on keys of their own.
    """

    name: str
    drums: tuple[Instrument, ...]
    singles: tuple[Instrument, ...]

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """All that is on a key, General MIDI first."""
        return self.drums + self.singles


def assign(
    sounds: Mapping[str, Sequence[int]],
    decay: np.ndarray,
    brightness: np.ndarray,
) -> list[tuple[Slot, list[int]]]:
    """Returns the drums of a kit with their sounds, in the order of the keys.

    A class that may be several drums is divided among those that are no class
    of their own: see ``divide``.

    Args:
      sounds: indices of the sounds of each class.
      decay: decay time of each sound, [N].
      brightness: mean frequency of each sound, [N].

    Raises:
      KitError: more classes than keys.
    """
    drums: dict[str, tuple[Slot, list[int]]] = {}
    codes = keys.drums_of(sounds)
    # Classes that are one drum first, so that their key is theirs.
    for name in sorted(sounds, key=lambda name: len(codes[name])):
        rows = np.array(sounds[name])
        free = [code for code in codes[name] if code not in drums]
        if free:
            parts = divide(free, decay[rows], brightness[rows])
            for code, part in parts.items():
                drums[code] = SLOTS[code], rows[part].tolist()
        else:
            slot = _other_slot(name, drums)
            drums[slot.code] = slot, rows.tolist()
    return sorted(drums.values(), key=lambda drum: drum[0].key)


def check_keys(class_names: Iterable[str]) -> None:
    """Raises KitError unless there is a key for each of these classes."""
    one = np.ones(1)
    assign({name: [0] for name in class_names}, one, one)


def divide(
    codes: Sequence[str], decay: np.ndarray, brightness: np.ndarray
) -> dict[str, np.ndarray]:
    """Divides the sounds of one class among drums.

    The shortest cymbals are closed hats; of the others the brighter and
    shorter ones are open hats, the darker and longer ones crashes. Toms are
    low to high by brightness. The parts are as equal as can be, the first ones
    one larger. All is by comparison: the shortest of some long cymbals is the
    closed hat.

    Args:
      codes: codes of the drums.
      decay: decay time of each sound, [n].
      brightness: mean frequency of each sound, [n].

    Returns:
      Indices of the sounds of each drum that has any, ascending, by its code.
    """
    parts, left, rest = {}, list(codes), np.arange(len(decay))
    if left[0] == "hh":
        order = np.argsort(decay, kind="stable")
        parts["hh"] = np.array_split(order, len(left))[0]
        rest = np.setdiff1d(rest, parts["hh"])
        del left[0]
    place = _rank(brightness[rest])
    if "lt" not in codes:
        place = _rank(decay[rest]) - place
    order = rest[np.argsort(place, kind="stable")]
    if left:
        split = np.array_split(order, len(left))
        parts.update(zip(left, split, strict=True))
    return {code: np.sort(part) for code, part in parts.items() if len(part)}


def _rank(values: np.ndarray) -> np.ndarray:
    """Returns how many values are smaller than each, ties in their order."""
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def _other_slot(name: str, drums: Mapping) -> Slot:
    """Returns the slot of a class that no drum of General MIDI is left for.

    A second class of a drum has another key of that drum, if there is one, and
    cuts off what the drum does.
    """
    codes = keys.find_drums(name)
    free = {}
    for code in codes:
        free |= keys.MORE_KEYS.get(code, {})
    free |= dict.fromkeys(OTHER_KEYS, "")
    for slot, _ in drums.values():
        free.pop(slot.key, None)
    if not free:
        raise KitError(
            f"there is no key left for {name}: leave classes out with --counts"
        )
    key, standard = next(iter(free.items()))
    choke = max((SLOTS[code].choke for code in codes), default=0)
    plain = _free_name(name, {*drums, *SLOTS}, key)
    return Slot(plain.replace("_", " "), plain, key, standard, choke)


def _free_name(name: str, codes: Iterable[str], number: int) -> str:
    """Returns a plain name that is no drum's and in no use.

    Args:
      name: of the class.
      codes: in use, among them the plain names of other classes.
      number: first one to tell it by, if its own name is taken.
    """
    taken = {"", *codes, *(slot.stem for slot in SLOTS.values())}
    plain = keys.plain_name(name)
    start = (plain or "drum")[:20]  # its files are called so: no longer ones
    numbered = (
        keys.plain_name(f"{start}_{n}") for n in itertools.count(number)
    )
    return next(
        free for free in itertools.chain([plain], numbered) if free not in taken
    )


def lay_out(name: str, files: Sequence[tuple[Slot, Sequence[str]]]) -> Kit:
    """Returns a kit.

    A single sound is told from its drum by a hyphen and a number: no drum's
    name has a hyphen, so no two names are the same.

    Args:
      name: its name.
      files: each drum with the names of its files.
    """
    drums = tuple(Instrument(slot, tuple(names)) for slot, names in files)
    single_keys, singles = iter(SINGLE_KEYS), []
    for drum in drums:
        if len(drum.files) > 1:
            for number, file in enumerate(drum.files, 1):
                slot = Slot(
                    f"{drum.slot.name}-{number}",
                    f"{drum.slot.code}-{number}",
                    next(single_keys),
                    choke=drum.slot.choke,
                )
                singles.append(Instrument(slot, (file,)))
    return Kit(name, drums, tuple(singles))
