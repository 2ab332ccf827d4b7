"""Selection of usable sounds, and their split into sides.

Every rule looks at what the files contain, never at when they were read; and
a sound's side depends on itself and its copies alone, so that adding other
files moves nothing.
"""

import collections
import dataclasses
import hashlib
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from data_prep.selection import duplicates

if TYPE_CHECKING:
    from scipy.cluster.hierarchy import DisjointSet


@dataclasses.dataclass(slots=True)
class Sound:
    """Facts about a usable sound that decide its side.

    Attributes:
      path: as the manifest names it.
      label: class name.
      sha256: of its file; what its side of the split is drawn from.
      group: kit or folder that stays on one side; empty for none.
      content: hash of the decoded samples.
      print: ``duplicates.fingerprint``.
      quality: how good its source is; the best of several copies is kept.
    """

    path: str
    label: str
    sha256: str
    group: str
    content: bytes
    print: np.ndarray
    quality: int = 0


@dataclasses.dataclass(slots=True)
class Decision:
    """Side of a sound, or the reason why it is left out.

    Attributes:
      reason: why it is left out; empty if it is kept.
      other: index of the sound it is a copy of, or -1.
      split: ``train``, ``validation`` or ``test`` if it is kept.
    """

    reason: str = ""
    other: int = -1
    split: str = ""


def select(
    sounds: Sequence[Sound],
    rows: np.ndarray,
    validation: float,
    near_duplicates: str,
    test: float,
) -> list[Decision]:
    """Decides what becomes of each sound.

    Args:
      sounds: the usable sounds, in scan order.
      rows: int16 [N, T], their waveforms.
      validation: share of the sounds, or of the groups, held out.
      near_duplicates: of several copies of one recording ``drop`` keeps the
        best, ``keep`` keeps all on one side, ``ignore`` does not look.
      test: share held out beside the validation side. It is taken from the
        training side: what is in validation stays there.
    """
    decisions = [Decision() for _ in sounds]
    leave_out_copies(sounds, decisions)
    left = [i for i, decision in enumerate(decisions) if not decision.reason]
    pairs = []
    if near_duplicates != "ignore":
        near = duplicates.find([sounds[i].print for i in left], rows, left)
        pairs = [(left[a], left[b]) for a, b in near]
    if near_duplicates == "drop":
        leave_out_near_copies(sounds, decisions, pairs)
    assign_splits(sounds, decisions, pairs, validation, test)
    return decisions


def leave_out_copies(
    sounds: Sequence[Sound], decisions: list[Decision]
) -> None:
    """Leaves out all but the first of equal sounds.

    Equal sounds of different classes are all left out: one label is wrong, and
    nothing says which.
    """
    first, contested = {}, set()
    for index, sound in enumerate(sounds):
        origin = first.setdefault(sound.content, index)
        if origin == index:
            continue
        decisions[index] = Decision("duplicate", origin)
        if sounds[origin].label != sound.label:
            contested.add(origin)
    for index, decision in enumerate(decisions):
        if decision.other in contested:
            decisions[index] = Decision("ambiguous_label", decision.other)
            decisions[decision.other] = Decision("ambiguous_label", index)


def leave_out_near_copies(
    sounds: Sequence[Sound],
    decisions: list[Decision],
    pairs: Sequence[tuple[int, int]],
) -> None:
    """Keeps no two sounds of a class that are copies of one recording.

    The best source comes first, and then what was scanned first; a sound that
    is near one already kept is left out. Pairs of two classes stay: their
    labels may be right, and ``assign_splits`` puts them on one side.
    """
    near = collections.defaultdict(list)
    for a, b in pairs:
        if sounds[a].label == sounds[b].label:
            near[a].append(b)
            near[b].append(a)
    kept = set()
    for index in sorted(near, key=lambda i: (-sounds[i].quality, i)):
        rivals = [other for other in sorted(near[index]) if other in kept]
        if rivals:
            decisions[index] = Decision("near_duplicate", rivals[0])
        else:
            kept.add(index)


def assign_splits(
    sounds: Sequence[Sound],
    decisions: list[Decision],
    pairs: Sequence[tuple[int, int]],
    validation: float,
    test: float,
) -> None:
    """Gives each kept sound a side; groups and chains of copies share one."""
    kept = [i for i, decision in enumerate(decisions) if not decision.reason]
    keys = {i: sounds[i].group or sounds[i].sha256 for i in kept}
    sets = _join(keys, pairs)
    lowest: dict[int, str] = {}
    for i in kept:
        lowest[sets[i]] = min(keys[i], lowest.get(sets[i], keys[i]))
    for i in kept:
        place = share(lowest[sets[i]])
        held_out = "validation" if place < validation else "test"
        decisions[i].split = held_out if place < validation + test else "train"


def share(key: str) -> float:
    """Returns a number in [0, 1) that is a hash of ``key``."""
    digest = hashlib.sha256(b"split " + key.encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest()[:8], "big") / 2**64


def _join(
    keys: dict[int, str], pairs: Sequence[tuple[int, int]]
) -> "DisjointSet":
    """Returns sets of sounds: those of one key, and those that a pair joins.

    A sound without a key is in no split, but joins those that it is near.
    """
    from scipy.cluster.hierarchy import DisjointSet

    sets, first = DisjointSet([*keys, *itertools.chain(*pairs)]), {}
    for i, key in keys.items():
        sets.merge(i, first.setdefault(key, i))
    for a, b in pairs:
        sets.merge(a, b)
    return sets
