"""Decision rules of the claims: from results to a finding.

Distances are compared by their natural logarithms: how many times nearer,
whatever the scale. What counts as a difference, and what as none, is a constant
here; of bfloat16 it is one deviation between seeds, which is of the results.
"""

from collections.abc import Callable

import numpy as np

from experiments.claims import effects, results
from experiments.claims.effects import CONFIRMED, REFUTED, Finding
from experiments.claims.results import Results
from experiments.claims.variants import BASE

TIMES = float(np.log(1.25))  # distances within a quarter are the same
POINT = "points"  # of accuracy, in 100
POINTS = 1.0  # accuracies within a percentage point are the same
OVERLAP = 2.0  # points below real sounds from which classes overlap
JUMP = 3.0  # a step of so many mean steps is a jump
MAJORITY = 0.5  # share of the variance
DRUMS = ("kick", "snare", "cymbal")
COPYING = 0.9  # of the memory ratio of other real sounds; below it lies copying


def lower(
    claim: str,
    says: str,
    measured: str,
    unit: str,
    figure: Callable[[results.Result], float],
    other: str,
) -> Callable[[Results], Finding]:
    """Returns the rule of a claim that a figure of the base is the lower."""

    def judge(found: Results) -> Finding:
        effect = _difference(found, figure, BASE, other)
        verdict = effects.below(effect)
        return Finding(claim, says, measured, effect, unit, verdict)

    return judge


def _difference(
    found: Results,
    figure: Callable[[results.Result], float],
    one: str,
    other: str,
) -> effects.Effect:
    """Returns how much a figure of one variant lies above another's."""
    values = found.values(figure)
    return effects.difference(values[one], values[other])


def labels_overlap(found: Results) -> Finding:
    """C1b: with labels classes do not overlap."""
    effect = effects.level(found.values(found.crossover)[BASE])
    return Finding(
        "C1b",
        "labels omit overlap between classes",
        "accuracy: real sounds above generated; limit 2",
        effect,
        POINT,
        effects.below(effect, OVERLAP),
        (OVERLAP,),
    )


def embedding(found: Results) -> Finding:
    """C2: one-hot labels lead to cross-over, an embedding avoids it."""
    effect = _difference(found, found.crossover, BASE, "onehot")
    verdict = effects.below(effect)
    if effects.within(effect, POINTS) == CONFIRMED:
        verdict = REFUTED  # no difference that matters
    return Finding(
        "C2",
        "one-hot labels lead to cross-over, an embedding avoids it",
        "cross-over, embedding above one-hot",
        effect,
        POINT,
        verdict,
    )


def small_latent(found: Results) -> Finding:
    """C6a: Z = 3 is about as good as Z = 100."""
    effect = _difference(found, results.log_kad, "latent3", BASE)
    return Finding(
        "C6a",
        "Z = 3 is about as good as Z = 100",
        "KAD, Z = 3 over Z = 100; limit 1.25 either way",
        effect,
        "times",
        effects.within(effect, TIMES),
        (-TIMES, TIMES),
    )


def rank_three(found: Results) -> Finding:
    """C6b: three directions hold the majority of variance."""
    values = found.values(lambda result: 1 - result["latent"]["explained"])
    effect = effects.level(values[BASE])
    return Finding(
        "C6b",
        "rank three holds the majority of variance",
        "variance outside of three principal directions at Z = 100; limit 0.5",
        effect,
        "",
        effects.below(effect, MAJORITY),
        (MAJORITY,),
    )


def continuity(found: Results) -> Finding:
    """C7a: sounds change continuously along a path."""
    values = found.values(
        lambda result: result["paths"]["lerp"]["step_ratio_95"]
    )
    effect = effects.level(values["latent3"])
    return Finding(
        "C7a",
        "traversing the latent space is continuous",
        "largest step over mean step, 95 % of paths, Z = 3; limit 3",
        effect,
        "",
        effects.below(effect, JUMP),
        (JUMP,),
    )


def path_quality(found: Results) -> Finding:
    """C7b: sounds half way are as good as those at the ends."""
    values = found.values(lambda result: _half_way(result, "lerp"))
    effect = effects.level(values["latent3"])
    return Finding(
        "C7b",
        "sounds along a path keep their quality",
        "KAD half way over KAD at the ends, lerp, Z = 3; limit 1.25",
        effect,
        "times",
        effects.below(effect, TIMES),
        (TIMES,),
    )


def slerp(found: Results) -> Finding:
    """C7c: the great circle is better than the straight line."""
    values = found.values(
        lambda result: _half_way(result, "slerp") - _half_way(result, "lerp")
    )
    effect = effects.level(values[BASE])
    return Finding(
        "C7c",
        "slerp takes the curving of the space into account",
        "KAD half way, slerp over lerp, Z = 100",
        effect,
        "times",
        effects.below(effect),
    )


def _half_way(result, method: str) -> float:
    path = result["paths"][method]
    middle, ends = (
        max(path[name], results.LEAST_KAD)
        for name in ("middle_kad", "ends_kad")
    )
    return float(np.log(middle / ends))


def classes(found: Results) -> Finding:
    """C10: kick and snare are easier than cymbals."""

    def easier(result) -> float:
        kick, snare, cymbal = (
            results.log_kad(result, [name]) for name in DRUMS
        )
        return (kick + snare) / 2 - cymbal

    effect = effects.level(found.values(easier)[BASE])
    return Finding(
        "C10",
        "kick and snare are easier than cymbals",
        "KAD, kick and snare over cymbal",
        effect,
        "times",
        effects.below(effect),
    )


def small_data(sounds: int) -> Callable[[Results], Finding]:
    """C12: the system works with few sounds."""

    def judge(found: Results) -> Finding:
        name = f"sounds{sounds}"
        effect = _difference(found, results.log_kad, name, BASE)
        verdict = effects.below(effect, TIMES)
        memory = results.mean_of("memory_ratio")
        limit = COPYING * memory({"report": found.real["perfect"]})
        ratios = found.values(memory)[name]
        copying = effects.level([limit - ratio for ratio in ratios])
        if effects.below(copying) == REFUTED:
            verdict = REFUTED  # it makes copies
        return Finding(
            f"C12 ({sounds})",
            f"a small amount of data is enough: {sounds} sounds a class",
            "KAD over that of all sounds; limit 1.25, memory ratio "
            f"{np.mean(ratios):.2f}",
            effect,
            "times",
            verdict,
            (TIMES,),
        )

    return judge


def parity(
    measure: Callable, unit: str, measured: str, other: str
) -> Callable[[Results], Finding]:
    """Precision: bfloat16 is as good as float32, within one deviation.

    Only many seeds can confirm it: with two of each the interval of the
    difference is twice as wide as the margin.
    """

    def judge(found: Results) -> Finding:
        effect = _difference(found, measure, other, BASE)
        return Finding(
            "bfloat16",
            f"bfloat16 trains as well as float32: {measured}",
            f"{measured}, {other} above the base; limit one deviation",
            effect,
            unit,
            effects.equivalent(effect, effect.deviation),
            (-effect.deviation, effect.deviation),
        )

    return judge
