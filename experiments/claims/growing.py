"""The claims of progressive growing, judged by compare_growing.

Each seed is a pair of trainings that ran side by side for the same time. Their
effect is the mean over pairs; its interval, from the least of a pair to the
most. Only what all pairs say counts.
"""

from collections.abc import Mapping

import numpy as np

from experiments.claims import effects, results
from experiments.claims.effects import UNDECIDED, Effect, Finding


def judge_all(growing: Mapping) -> list[Finding]:
    """Returns what growing.json says of C3, C4 and C5."""
    pairs = [
        (growing["runs"][f"direct_{seed}"], growing["runs"][f"grown_{seed}"])
        for seed in seeds(growing)
    ]
    return [
        _finding(
            "C3",
            "progressive growing trains in less time",
            "seconds to the last KAD of direct training, grown over direct",
            [time_ratio(*pair) for pair in pairs],
            "times",
        ),
        _finding(
            "C4",
            "progressive growing is coherent earlier",
            "KAD at equal seconds, mean over the training, grown over direct",
            [head_start(*pair) for pair in pairs],
            "times",
        ),
        _finding(
            "C5a",
            "progressive growing leaves more artefacts",
            "mean comb index at the end, direct above grown",
            [last_comb(direct) - last_comb(grown) for direct, grown in pairs],
            "dB",
        ),
        _finding(
            "C5b",
            "progressive growing ends in lower quality",
            "last KAD after equal seconds, direct over grown",
            [last_kad(direct) - last_kad(grown) for direct, grown in pairs],
            "times",
        ),
    ]


def seeds(growing: Mapping) -> list[str]:
    """Returns the seeds of which both trainings are there."""
    found = [name.rpartition("_")[2] for name in growing["runs"]]
    return sorted({seed for seed in found if found.count(seed) == 2})


def time_ratio(direct: Mapping, grown: Mapping) -> float:
    """Returns the logarithm of how much of its time direct training needs.

    A grown training that never comes as near is counted with all its time,
    and so with a ratio that is too small; it cannot confirm the claim.
    """
    aim = direct["points"][-1]["kad"]
    needed = [p["seconds"] for p in grown["points"] if p["kad"] <= aim]
    first = next(p["seconds"] for p in direct["points"] if p["kad"] <= aim)
    last = grown["points"][-1]["seconds"]
    return float(np.log((needed[0] if needed else max(last, first)) / first))


def head_start(direct: Mapping, grown: Mapping) -> float:
    """Returns the mean difference of the logarithms of both curves."""
    first = max(run["points"][0]["seconds"] for run in (direct, grown))
    last = min(run["points"][-1]["seconds"] for run in (direct, grown))
    when = np.linspace(first, last, 200)
    lines = [
        np.interp(
            when,
            [point["seconds"] for point in run["points"]],
            [log_kad(point) for point in run["points"]],
        )
        for run in (grown, direct)
    ]
    return float(np.mean(lines[0] - lines[1]))


def last_comb(run: Mapping) -> float:
    """Returns the mean comb index of the last checkpoint, in dB."""
    return float(np.mean(list(run["comb dB"].values())))


def last_kad(run: Mapping) -> float:
    """Returns the logarithm of the last distance."""
    return log_kad(run["points"][-1])


def log_kad(point: Mapping) -> float:
    """Returns the logarithm of a distance, which may be 0 or below."""
    return float(np.log(max(point["kad"], results.LEAST_KAD)))


def _finding(
    claim: str, says: str, measured: str, found: list[float], unit: str
) -> Finding:
    """Returns the finding of a claim that says: less than zero.

    The interval is that of paired differences; one pair decides nothing.
    """
    if len(found) > 1:
        effect = effects.level({"pairs": found}, "pairs")
        verdict = effects.below(effect)
    else:
        effect, verdict = Effect(*found, *found, *found, 0.0), UNDECIDED
    return Finding(claim, says, measured, effect, unit, verdict)
