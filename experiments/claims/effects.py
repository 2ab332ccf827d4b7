"""Effect sizes, against the variation between seeds.

Trainings that differ in nothing but their seed end apart. An effect has the
interval of Student's t, from the settings that it is of and no others. Of two
settings it takes one variance for both: where one scatters three times as much,
the interval of a difference misses the truth not in 5 of 100 but in 7, with two
to four seeds of each, and in 18 with two seeds of it and four of the other.
"""

import dataclasses
from collections.abc import Sequence

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
    freedom: float = 0.0


def difference(one: Sequence[float], other: Sequence[float]) -> Effect:
    """Returns how much one setting lies above another.

    Each has two seeds or more.
    """
    return _effect(np.mean(one) - np.mean(other), [one, other])


def level(values: Sequence[float]) -> Effect:
    """Returns where a setting lies, as a difference from zero.

    It has two seeds or more.
    """
    return _effect(np.mean(values), [values])


def _effect(size: float, settings: Sequence[Sequence[float]]) -> Effect:
    freedom = sum(len(values) - 1 for values in settings)
    squares = sum(np.var(values) * len(values) for values in settings)
    deviation = float(np.sqrt(squares / freedom))
    error = deviation * np.sqrt(sum(1 / len(values) for values in settings))
    half = stats.t.ppf(0.975, freedom) * error
    return Effect(
        float(size), float(size - half), float(size + half), deviation, freedom
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
