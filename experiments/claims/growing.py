"""The claims of progressive growing, judged by compare_growing.

Each seed is a pair of trainings that ran side by side for the same time. Their
effect is the mean over pairs, with the interval of Student's t from how far the
pairs differ.
"""

from collections.abc import Mapping

import numpy as np

from experiments.claims import effects, results
from experiments.claims.effects import UNDECIDED, Effect, Finding


def judge_all(growing: Mapping) -> list[Finding]:
    """Returns what growing.json says of C3 to C5; without a pair, nothing."""
    pairs = [
        (growing["runs"][f"direct_{seed}"], growing["runs"][f"grown_{seed}"])
        for seed in seeds(growing)
    ]
    if not pairs:
        return []
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
            "mean comb at the end, direct above grown",
            [last_comb(direct) - last_comb(grown) for direct, grown in pairs],
            "dB",
        ),
        _finding(
            "C5b",
            "progressive growing ends in lower quality",
            "last KAD after equal seconds, direct over grown",
            [last_distance(*pair) for pair in pairs],
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
    when = np.linspace(first, common_end(direct, grown), 200)
    return float(np.mean(log_kads(grown, when) - log_kads(direct, when)))


def last_distance(direct: Mapping, grown: Mapping) -> float:
    """Returns the logarithm of the distance of direct training over grown.

    Both are read where the one that ends first ends.
    """
    when = common_end(direct, grown)
    return float(log_kads(direct, when) - log_kads(grown, when))


def common_end(direct: Mapping, grown: Mapping) -> float:
    """Returns the seconds until which both curves go."""
    return min(run["points"][-1]["seconds"] for run in (direct, grown))


def log_kads(run: Mapping, when: np.ndarray | float) -> np.ndarray:
    """Returns the logarithm of a run's distance after so many seconds.

    Between two checkpoints it lies on a straight line. A distance may be 0 or
    below.
    """
    kads = [max(point["kad"], results.LEAST_KAD) for point in run["points"]]
    return np.interp(
        when, [point["seconds"] for point in run["points"]], np.log(kads)
    )


def last_comb(run: Mapping) -> float:
    """Returns the mean comb of the last checkpoint, in dB."""
    levels = run["comb dB"]
    return results.mean_comb(levels, len(levels))


def _finding(
    claim: str, says: str, measured: str, found: list[float], unit: str
) -> Finding:
    """Returns the finding of a claim that holds where its effect is below zero.

    One pair decides nothing.
    """
    if len(found) > 1:
        effect = effects.level(found)
        verdict = effects.below(effect)
    else:
        effect, verdict = Effect(*found, *found, *found, 0.0), UNDECIDED
    return Finding(claim, says, measured, effect, unit, verdict)
