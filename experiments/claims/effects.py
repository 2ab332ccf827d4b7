"""Effect sizes, against the variation between seeds.

Trainings that differ in nothing but their seed end apart. Two seeds of one
setting say little of how far; two seeds of a dozen settings say enough: their
variances are pooled (as in an analysis of variance), and every difference of
two settings gets the interval of Student's t with all their degrees of freedom.
Where the settings are not alike in their variances (Bartlett's test at 5 %), a
difference has the variances of its own two settings alone (Welch 1947).
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

BARTLETT = 0.05  # from which on variances are taken for one
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
    freedom: float = 0.0


def pooled_deviation(groups: Sequence[Sequence[float]]) -> tuple[float, int]:
    """Returns the deviation between seeds and its degrees of freedom.

    Args:
      groups: for each setting the values of its seeds, see ``informative``.

    Raises:
      ValueError: no setting has two seeds.
    """
    groups = informative(groups)
    freedom = sum(len(group) - 1 for group in groups)
    if not freedom:
        raise ValueError(
            "no setting has two seeds: nothing says what is chance"
        )
    squares = sum(((group - group.mean()) ** 2).sum() for group in groups)
    return float(np.sqrt(squares / freedom)), freedom


def informative(groups: Sequence[Sequence[float]]) -> list[np.ndarray]:
    """Returns the settings that say how far seeds end apart.

    Not among them is one of a single seed, one whose values are those of
    another (what the setting changes is not in the measure), and, if others
    vary, one whose seeds are all equal: it is by its nature, as the accuracy of
    a model without labels is.
    """
    several = {tuple(map(float, group)) for group in groups if len(group) > 1}
    varying = [group for group in several if len(set(group)) > 1]
    return [np.array(group) for group in sorted(varying or several)]


def are_alike(groups: Sequence[Sequence[float]]) -> bool:
    """Says whether settings may have one variance, by Bartlett's test."""
    groups = informative(groups)
    if len(groups) < 2 or not all(np.ptp(group) for group in groups):
        return True
    return stats.bartlett(*groups).pvalue >= BARTLETT


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
    return _effect(size, [values[one], values[other]], list(values.values()))


def level(values: Mapping[str, Sequence[float]], one: str) -> Effect:
    """Returns where ``one`` lies, as a difference from zero."""
    size = float(np.mean(values[one]))
    return _effect(size, [values[one]], list(values.values()))


def _effect(size: float, compared: list, groups: list) -> Effect:
    deviation, freedom = pooled_deviation(groups)
    shares = [1 / len(group) for group in compared]
    error = deviation * np.sqrt(sum(shares))
    if not are_alike(groups) and min(map(len, compared)) > 1:
        parts = [np.var(group, ddof=1) / len(group) for group in compared]
        error = np.sqrt(sum(parts))
        deviation = float(error / np.sqrt(sum(shares)))
        freedom = sum(parts) ** 2 / sum(
            part**2 / (len(group) - 1)
            for part, group in zip(parts, compared, strict=True)
        )
    half = stats.t.ppf(0.975, freedom) * error
    return Effect(
        size, float(size - half), float(size + half), deviation, float(freedom)
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
