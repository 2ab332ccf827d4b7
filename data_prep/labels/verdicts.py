"""Weighs what the name of a file and the names of its folders say."""

import dataclasses
from collections.abc import Collection, Mapping

from data_prep.labels.context import BREAKS
from data_prep.labels.vocabulary import (
    CODE,
    HINT,
    NOT_A_DRUM,
    NOT_ONE_HIT,
    OTHER_DRUM,
)
from data_prep.labels.words import Hit

AMBIGUOUS = "ambiguous_label"
NO_LABEL = "no_label"
EXCLUDED = "excluded_word"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The class of one file, or why it has none.

    Attributes:
      label: the class, or None.
      reason: "" with a label, else "ambiguous_label", "no_label" or
        "excluded_word".
      source: what decided, for the manifest.
    """

    label: str | None
    reason: str
    source: str


@dataclasses.dataclass
class Reading:
    """Classes that one name states, each with the word that states it.

    Attributes:
      where: what was read, for messages.
      labels: the classes it names.
      hints: the classes it may name, by codes that mean other things too.
      against: why the sound is of no class (the parents in ``vocabulary``).
      coded: the classes that nothing but a code names.
    """

    where: str
    labels: dict[str, str] = dataclasses.field(default_factory=dict)
    hints: dict[str, str] = dataclasses.field(default_factory=dict)
    against: dict[str, str] = dataclasses.field(default_factory=dict)
    coded: set[str] = dataclasses.field(default_factory=set)

    def add(self, hit: Hit) -> None:
        """Adds what a word says.

        A hint counts at the end of a name only, a break where nothing else is
        against the same.
        """
        if hit.tier == HINT:
            if hit.label and hit.last:
                self.hints.setdefault(hit.label, hit.word)
        elif hit.label:
            if hit.tier == CODE and hit.label not in self.labels:
                self.coded.add(hit.label)
            elif hit.tier > CODE:
                self.coded.discard(hit.label)
            self.labels.setdefault(hit.label, hit.word)
        elif self.against.get(hit.against) in (None, *BREAKS):
            self.against[hit.against] = hit.word

    def without_codes(self) -> "Reading":
        """Returns what is said if codes say nothing."""
        labels = {
            label: word
            for label, word in self.labels.items()
            if label not in self.coded
        }
        return Reading(self.where, labels, {}, self.against)


def label_from_words(labels: Mapping[str, str], where: str) -> Verdict | None:
    """Returns the class that a name says, if it says exactly one."""
    if len(labels) != 1:
        return None
    ((label, word),) = labels.items()
    return Verdict(label, "", f"{where}: {word}")


def reject(said: Reading) -> Verdict:
    """Returns the verdict on a name that says no class."""
    if not said.against:
        return Verdict(None, NO_LABEL, "")
    return _excluded(said, next(iter(said.against)))


def _excluded(said: Reading, reason: str) -> Verdict:
    """Returns the verdict on a name with a word against it."""
    where = f"{said.where}: {said.against[reason]} ({reason})"
    return Verdict(None, EXCLUDED, where)


def not_one_hit(said: Reading, allowed: Collection[str]) -> Verdict | None:
    """Returns the verdict on a name that says it is not one hit, if it does.

    Args:
      said: by the name.
      allowed: words that do not count.
    """
    if said.against.get(NOT_ONE_HIT) in (None, *allowed):
        return None
    return _excluded(said, NOT_ONE_HIT)


def conflict(said: Reading) -> Verdict | None:
    """Returns why a name's own words rule every class out, if they do.

    "Not a drum" alone does not: noise.wav may well lie in a folder of snares.
    """
    if len(said.labels) > 1 and NOT_ONE_HIT not in said.against:
        words = " and ".join(said.labels.values())
        return Verdict(None, AMBIGUOUS, f"{said.where}: {words}")
    grave = said.labels or said.against.keys() - {NOT_A_DRUM}
    return reject(said) if said.against and grave else None


def resolve_folder(place: Reading) -> Verdict | None:
    """Returns what a folder says of a file whose name says nothing."""
    if verdict := conflict(place):
        return verdict
    if place.against:
        return reject(place)
    return label_from_words(place.labels, place.where)


def check_against_folder(claimed: Verdict, place: Reading) -> Verdict | None:
    """Returns the verdict where a folder speaks on what the name claims."""
    if verdict := not_one_hit(place, BREAKS):
        return verdict
    if claimed.label in place.labels or claimed.label in place.hints:
        return claimed
    if place.labels or OTHER_DRUM in place.against:
        return Verdict(None, AMBIGUOUS, f"{claimed.source}, in {place.where}")
    return None
