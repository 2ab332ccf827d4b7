"""Effect sizes, against the variation between seeds.

Trainings that differ in nothing but their seed end apart. Two seeds of one
setting say little of how far; two seeds of a dozen settings say enough: their
variances are pooled (as in an analysis of variance), and every difference of
two settings gets the interval of Student's t with all their degrees of freedom.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

CONFIRMED, REFUTED, UNDECIDED = "confirmed", "refuted", "undecided"


@dataclasses.dataclass(frozen=True)
class Effect:
    """A difference of means with its 95 % interval.

    Attributes:
      size: the difference.
      low: of the interval.
      high: of the interval.
      deviation: between trainings that differ in their seed alone.
      freedom: degrees of freedom of the deviation; 0 if it is no deviation.
    """

    size: float
    low: float
    high: float
    deviation: float
    freedom: int = 0


def pooled_deviation(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Returns the deviation between seeds and its degrees of freedom.

    Args:
      groups: for each setting the values of its seeds; a setting of one seed
        says nothing and is passed over.

    Raises:
      ValueError: no setting has two seeds.
    """
    groups = [np.asarray(group, float) for group in groups if len(group) > 1]
    freedom = sum(len(group) - 1 for group in groups)
    if not freedom:
        raise ValueError(
            "no setting has two seeds: nothing says what is chance"
        )
    squares = sum(((group - group.mean()) ** 2).sum() for group in groups)
    return float(np.sqrt(squares / freedom)), freedom


def difference(
    values: Mapping[str, Sequence[float]], one: str, other: str
) -> Effect:
    """Returns how much ``one`` lies above ``other``.

    Args:
      values: for every setting the values of its seeds.
      one: a setting.
      other: a setting.
    """
    size = float(np.mean(values[one]) - np.mean(values[other]))
    counts = len(values[one]), len(values[other])
    return _effect(size, sum(1 / n for n in counts), list(values.values()))


def level(values: Mapping[str, Sequence[float]], one: str) -> Effect:
    """Returns where ``one`` lies, as a difference from zero."""
    size = float(np.mean(values[one]))
    return _effect(size, 1 / len(values[one]), list(values.values()))


def _effect(size: float, share: float, groups: list) -> Effect:
    deviation, freedom = pooled_deviation(groups)
    half = stats.t.ppf(0.975, freedom) * deviation * np.sqrt(share)
    return Effect(
        size, float(size - half), float(size + half), deviation, freedom
    )


def below(effect: Effect, limit: float = 0.0) -> str:
    """Returns whether an effect is known to lie below a limit."""
    if effect.high < limit:
        return CONFIRMED
    return REFUTED if effect.low > limit else UNDECIDED


def within(effect: Effect, margin: float) -> str:
    """Returns whether an effect is known to be no larger than a margin."""
    if -margin < effect.low and effect.high < margin:
        return CONFIRMED
    if effect.low > margin or effect.high < -margin:
        return REFUTED
    return UNDECIDED


def equivalent(effect: Effect, margin: float) -> str:
    """Returns whether two settings are the same but for a margin.

    Two one-sided tests at 5 % each (Schuirmann 1987), which is to say that the
    90 % interval lies within the margin.
    """
    narrower = stats.t.ppf(0.95, effect.freedom) / stats.t.ppf(
        0.975, effect.freedom
    )
    half = (effect.high - effect.size) * narrower
    return within(
        dataclasses.replace(
            effect, low=effect.size - half, high=effect.size + half
        ),
        margin,
    )


@dataclasses.dataclass(frozen=True)
class Finding:
    """Verdict on a claim, with the effect that decided it.

    Attributes:
      claim: its number, and a letter where it has parts.
      says: the claim in words.
      measured: what was compared.
      effect: how large it is.
      unit: of the effect; "times" for the logarithm of a ratio.
      verdict: confirmed, refuted or undecided.
      limits: of the effect, in its unit, that decide: one, or two between
        which it is small.
    """

    claim: str
    says: str
    measured: str
    effect: Effect
    unit: str
    verdict: str
    limits: tuple[float, ...] = (0.0,)
