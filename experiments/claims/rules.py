"""Decision rules of the claims: from results to a finding.

Distances are compared by their natural logarithms: how many times nearer,
whatever the scale. What counts as a difference, and what as none, is a constant
here; for bfloat16 it is one standard deviation between seeds, taken from the
results.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from experiments.claims import effects, results
from experiments.claims.effects import CONFIRMED, REFUTED, Effect, Finding
from experiments.claims.results import Result, Results
from experiments.claims.variants import BASE

TIMES = float(np.log(1.25))  # distances within a quarter are the same
POINT = "points"  # of accuracy, in 100
POINTS = 1.0  # accuracies within a percentage point are the same
OVERLAP = 2.0  # points below real sounds from which classes overlap
JUMP = 3.0  # a step of so many mean steps is a jump
MAJORITY = 0.5  # share of the variance
COPYING = 0.9  # of the memory ratio of other real sounds; below it lies copying


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rule:
    """Decision rule of a claim, which says: the effect lies below the limit.

    Or between two, where there are two.

    Attributes:
      claim: its name.
      says: the claim in words.
      measured: what is compared.
      unit: of the figure; "times" for the logarithm of a ratio.
      figure: of a run.
      of: variant whose figure it is about.
      over: variant it is counted from; None for zero.
      limits: of the effect, in its unit, that decide.
      part: of each of these results that it needs, see ``variants.PARTS``.
      classes: it speaks of.
      finish: what makes its finding of one by the limits alone.
    """

    claim: str
    says: str
    measured: str
    unit: str
    figure: Callable[[Result], float]
    of: str = BASE
    over: str | None = None
    limits: tuple[float, ...] = (0.0,)
    part: str = "report"
    classes: tuple[str, ...] = ()
    finish: Callable[[Finding, Results], Finding] = lambda finding, _: finding

    @property
    def variants(self) -> list[str]:
        """Names of what it needs results of."""
        return list(dict.fromkeys((BASE, self.of, self.over or BASE)))

    def judge(self, found: Results) -> Finding:
        """Returns what results mean."""
        effect = self._effect(found)
        if len(self.limits) == 1:
            verdict = effects.below(effect, *self.limits)
        else:
            verdict = effects.within(effect, self.limits[1])
        finding = Finding(
            self.claim,
            self.says,
            self.measured,
            effect,
            self.unit,
            verdict,
            self.limits,
        )
        return self.finish(finding, found)

    def lacks(self, found: Results) -> str:
        """Returns what it misses among the results; "" if nothing is."""
        return found.lacks(self.variants, self.part, self.classes)

    def _effect(self, found: Results) -> Effect:
        values = found.values(self.figure, self.of)
        if self.over is None:
            return effects.level(values)
        return effects.difference(values, found.values(self.figure, self.over))


def no_difference_refutes(finding: Finding, _: Results) -> Finding:
    """Returns a finding that is refuted by accuracies that are the same."""
    if effects.within(finding.effect, POINTS) != CONFIRMED:
        return finding
    return dataclasses.replace(finding, verdict=REFUTED)


def copies_refute(variant: str) -> Callable[[Finding, Results], Finding]:
    """Returns what makes a finding refuted by a variant that makes copies."""

    def finish(finding: Finding, found: Results) -> Finding:
        memory = results.mean_of("memory_ratio")
        ratios = found.values(memory, variant)
        limit = COPYING * memory({"report": found.real["perfect"]})
        copying = effects.level([limit - ratio for ratio in ratios])
        copies = effects.below(copying) == REFUTED
        return dataclasses.replace(
            finding,
            measured=f"{finding.measured}, memory ratio {np.mean(ratios):.2f}",
            verdict=REFUTED if copies else finding.verdict,
        )

    return finish


def equal_within_a_deviation(finding: Finding, _: Results) -> Finding:
    """Returns a finding whose limits are one deviation between seeds.

    Only many seeds can confirm it: with two of each the interval of the
    difference is twice as wide as the margin.
    """
    margin = finding.effect.deviation
    return dataclasses.replace(
        finding,
        verdict=effects.equivalent(finding.effect, margin),
        limits=(-margin, margin),
    )


RULES = (
    Rule(
        claim="C1a",
        says="labels improve quality",
        measured="KAD of all classes, with labels over without",
        unit="times",
        figure=results.log_mixture,
        over="unlabelled",
        part="mixture",
    ),
    Rule(
        claim="C1b",
        says="labels omit overlap between classes",
        measured="accuracy: real sounds above generated; limit 2",
        unit=POINT,
        figure=results.crossover,
        limits=(OVERLAP,),
    ),
    Rule(
        claim="C2",
        says="one-hot labels lead to cross-over, an embedding avoids it",
        measured="cross-over, embedding above one-hot",
        unit=POINT,
        figure=results.crossover,
        over="onehot",
        finish=no_difference_refutes,
    ),
    Rule(
        claim="C6a",
        says="Z = 3 is about as good as Z = 100",
        measured="KAD, Z = 3 over Z = 100; limit 1.25 either way",
        unit="times",
        figure=results.log_kad,
        of="latent3",
        over=BASE,
        limits=(-TIMES, TIMES),
    ),
    Rule(
        claim="C6b",
        says="rank three holds the majority of variance",
        measured="variance outside of three principal directions at Z = 100; "
        "limit 0.5",
        unit="",
        figure=results.unexplained,
        limits=(MAJORITY,),
        part="latent",
    ),
    Rule(
        claim="C7a",
        says="traversing the latent space is continuous",
        measured="largest step over mean step, 95 % of paths, Z = 3; limit 3",
        unit="",
        figure=results.largest_step,
        of="latent3",
        limits=(JUMP,),
        part="paths",
    ),
    Rule(
        claim="C7b",
        says="sounds along a path keep their quality",
        measured="KAD half way over KAD at the ends, lerp, Z = 3; limit 1.25",
        unit="times",
        figure=results.half_way,
        of="latent3",
        limits=(TIMES,),
        part="paths",
    ),
    Rule(
        claim="C7c",
        says="slerp takes the curving of the space into account",
        measured="KAD half way, slerp over lerp, Z = 100",
        unit="times",
        figure=results.slerp_over_lerp,
        part="paths",
    ),
    Rule(
        claim="C8a",
        says="phase shuffle reduces pitched artefacts",
        measured="mean comb, s = 2 above s = 0",
        unit="dB",
        figure=results.trained_comb,
        over="shuffle0",
    ),
    Rule(
        claim="C8b",
        says="phase shuffle keeps the critic from using phase",
        measured="its response to shifts of 1 to 8 samples, s = 2 above s = 0",
        unit="deviations",
        figure=results.shift_response,
        over="shuffle0",
        part="critic",
    ),
    Rule(
        claim="C8c",
        says="phase shuffle improves the sounds",
        measured="KAD, s = 2 over s = 0",
        unit="times",
        figure=results.log_kad,
        over="shuffle0",
    ),
    Rule(
        claim="C9a",
        says="nearest-neighbour upsampling leaves fewer checkerboards",
        measured="mean comb after training, above transposed convolution",
        unit="dB",
        figure=results.trained_comb,
        over="zeros",
    ),
    Rule(
        claim="C9b",
        says="the same, by the networks' nature",
        measured="mean comb before training, above transposed convolution",
        unit="dB",
        figure=results.untrained_comb,
        over="zeros",
    ),
    Rule(
        claim="C9c",
        says="nearest-neighbour upsampling sounds better",
        measured="KAD, over transposed convolution",
        unit="times",
        figure=results.log_kad,
        over="zeros",
    ),
    Rule(
        claim="C10",
        says="kick and snare are easier than cymbals",
        measured="KAD, kick and snare over cymbal",
        unit="times",
        figure=results.drums_over_cymbal,
        classes=results.DRUMS,
    ),
    *(
        Rule(
            claim=f"C12 ({sounds})",
            says=f"a small amount of data is enough: {sounds} sounds a class",
            measured="KAD over that of all sounds; limit 1.25",
            unit="times",
            figure=results.log_kad,
            of=f"sounds{sounds}",
            over=BASE,
            limits=(TIMES,),
            finish=copies_refute(f"sounds{sounds}"),
        )
        for sounds in (100, 300, 1000)
    ),
    *(
        Rule(
            claim="bfloat16",
            says=f"bfloat16 trains as well as float32: {name}",
            measured=f"{name}, {other} above the base; limit one deviation",
            unit=unit,
            figure=figure,
            of=other,
            over=BASE,
            finish=equal_within_a_deviation,
        )
        for other in ("float32", "bfloat16")
        for figure, unit, name in (
            (results.log_kad, "times", "KAD"),
            (results.accuracy, POINT, "accuracy"),
            (results.trained_comb, "dB", "mean comb"),
        )
    ),
)
