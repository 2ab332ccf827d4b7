"""Numbers of sounds of each class in a kit, by the flags."""

import re
from collections.abc import Mapping, Sequence

from experiments.common.cli import UsageError
from wavegan_cond.synthesis.model_info import ModelInfo

MAX_SOUNDS = 80  # so many keys are left for single sounds
MAX_POOL = 5000  # sounds to choose from: all their distances are compared


def parse(items: Sequence[str]) -> dict[str, int]:
    """Returns the number of sounds by class, of items such as "kick:4".

    Raises:
      UsageError: an item is malformed, or a class is there twice.
    """
    counts = {}
    for item in items:
        name, _, number = item.rpartition(":")
        if not name or not re.fullmatch(r"[0-9]{1,6}", number):
            raise UsageError(
                f"--counts={item}: expected classes and numbers, such as "
                "kick:4,snare:4"
            )
        if name in counts:
            raise UsageError(f"--counts names {name} twice")
        counts[name] = int(number)
    return counts


def decide(
    info: ModelInfo,
    num: int,
    named: Mapping[str, int | None],
    counts: Sequence[str] = (),
) -> dict[str, int]:
    """Returns the number of sounds of each class, none of them 0.

    Args:
      info: description of the model.
      num: number for a class that nothing else is said of.
      named: class -> value of its own flag (``--kicks``), None if not given.
      counts: items of ``--counts``.

    Raises:
      UsageError: two flags are about one class, or the kit is empty or has
        more sounds than there are keys.
      ModelError: the model has no such class.
    """
    decided, flags = dict.fromkeys(info.kinds, num), {}
    wanted = [(f"--{name}s", name, n) for name, n in named.items()]
    wanted += [("--counts", name, n) for name, n in parse(counts).items()]
    for flag, asked, number in wanted:
        if number is None:
            continue
        name = info.kind(asked)
        if name in flags:
            raise UsageError(f"{flags[name]} and {flag} both count {name}")
        flags[name], decided[name] = flag, number
    total = sum(decided.values())
    if not 1 <= total <= MAX_SOUNDS:
        raise UsageError(
            f"this kit would have {total} sounds: expected 1 to {MAX_SOUNDS}; "
            "--num, --counts, --kicks, --snares and --cymbals say how many"
        )
    return {name: number for name, number in decided.items() if number}
