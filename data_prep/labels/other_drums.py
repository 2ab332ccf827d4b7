"""Classes that would take in files whose words name a drum of no class."""

import collections
from collections.abc import Iterable, Sequence

from data_prep.labels.rules import LabelRules
from data_prep.labels.vocabulary import CLASSES, FAMILIES, OTHER_DRUM
from data_prep.labels.words import WordFinder


def other_drums(
    classes: Sequence[str], paths: Sequence[str], left_out: Iterable[str]
) -> dict[str, int]:
    """Returns other drums -> files that they would take in as classes.

    Args:
      classes: of the store.
      paths: every sound's path, for what names in one folder say together.
      left_out: those of them that have no class.
    """
    finder = WordFinder(classes)
    if not finder.knows_drums:
        return {}
    found = {
        name: 0
        for name, family in FAMILIES.items()
        if (name in CLASSES or family.parent == OTHER_DRUM)
        and not finder.label(name)
    }
    left_out = list(left_out)
    # First among all that are known, then among those that were found.
    for _ in range(2):
        rules = LabelRules([*classes, *found], paths=paths)
        counts = collections.Counter(rules.judge(p).label for p in left_out)
        found = {name: counts[name] for name in found if counts[name]}
        if not found:
            break
    return found
