"""What results say of a claim."""

import dataclasses

from experiments.claims.effects import Effect


@dataclasses.dataclass(frozen=True)
class Finding:
    """What the results say of a claim.

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
