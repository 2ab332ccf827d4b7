"""Table of the decision rules: one for each claim, with what it needs."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

from experiments.claims import growing, results, rules
from experiments.claims.effects import UNDECIDED, Finding
from experiments.claims.results import Results
from experiments.claims.rules import POINT, lower


class Rule(NamedTuple):
    """Decision rule of a claim.

    Attributes:
      claim: its name.
      judge: says what the results of the base and of the variants mean.
      variants: it needs beside the base.
      part: of each of these results that it needs, see ``variants.PARTS``.
      classes: it speaks of.
    """

    claim: str
    judge: Callable[[Results], Finding]
    variants: tuple[str, ...] = ()
    part: str = "report"
    classes: tuple[str, ...] = ()

    def lacks(self, found: Results) -> str:
        """Returns what it misses among the results; "" if nothing is."""
        return found.lacks(self.variants, self.part, self.classes)


LABELS = lower(
    "C1a",
    "labels improve quality",
    "KAD of all classes, with labels over without",
    "times",
    results.log_mixture,
    "unlabelled",
)
SHUFFLE_ARTIFACTS = lower(
    "C8a",
    "phase shuffle reduces pitched artefacts",
    "mean comb, s = 2 above s = 0",
    "dB",
    results.trained_comb,
    "shuffle0",
)
SHUFFLE_CRITIC = lower(
    "C8b",
    "phase shuffle keeps the critic from using phase",
    "its response to shifts of 1 to 8 samples, s = 2 above s = 0",
    "deviations",
    results.shift_response,
    "shuffle0",
)
SHUFFLE_QUALITY = lower(
    "C8c",
    "phase shuffle improves the sounds",
    "KAD, s = 2 over s = 0",
    "times",
    results.log_kad,
    "shuffle0",
)
UPSAMPLING = lower(
    "C9a",
    "nearest-neighbour upsampling leaves fewer checkerboards",
    "mean comb after training, above transposed convolution",
    "dB",
    results.trained_comb,
    "zeros",
)
UPSAMPLING_UNTRAINED = lower(
    "C9b",
    "the same, by the networks' nature",
    "mean comb before training, above transposed convolution",
    "dB",
    results.untrained_comb,
    "zeros",
)
UPSAMPLING_QUALITY = lower(
    "C9c",
    "nearest-neighbour upsampling sounds better",
    "KAD, over transposed convolution",
    "times",
    results.log_kad,
    "zeros",
)
RULES = (
    Rule("C1a", LABELS, ("unlabelled",), "mixture"),
    Rule("C1b", rules.labels_overlap),
    Rule("C2", rules.embedding, ("onehot",)),
    Rule("C6a", rules.small_latent, ("latent3",)),
    Rule("C6b", rules.rank_three, part="latent"),
    Rule("C7a", rules.continuity, ("latent3",), "paths"),
    Rule("C7b", rules.path_quality, ("latent3",), "paths"),
    Rule("C7c", rules.slerp, part="paths"),
    Rule("C8a", SHUFFLE_ARTIFACTS, ("shuffle0",)),
    Rule("C8b", SHUFFLE_CRITIC, ("shuffle0",), "critic"),
    Rule("C8c", SHUFFLE_QUALITY, ("shuffle0",)),
    Rule("C9a", UPSAMPLING, ("zeros",)),
    Rule("C9b", UPSAMPLING_UNTRAINED, ("zeros",)),
    Rule("C9c", UPSAMPLING_QUALITY, ("zeros",)),
    Rule("C10", rules.classes, classes=rules.DRUMS),
    *(
        Rule(f"C12 ({n})", rules.small_data(n), (f"sounds{n}",))
        for n in (100, 300, 1000)
    ),
    *(
        Rule("bfloat16", rules.parity(measure, unit, measured, other), (other,))
        for other in ("float32", "bfloat16")
        for measure, unit, measured in (
            (results.log_kad, "times", "KAD"),
            (results.accuracy, POINT, "accuracy"),
            (results.trained_comb, "dB", "mean comb"),
        )
    ),
)


def judge_all(found: Results) -> list[Finding]:
    """Returns what the results say of every claim they can speak of.

    Of a classifier that errs too often on real sounds nothing is taken.
    """
    findings = [
        rule.judge(found.only(rule.variants))
        for rule in RULES
        if not rule.lacks(found)
    ]
    if not found.reliable:
        findings = [
            dataclasses.replace(finding, verdict=UNDECIDED)
            if finding.unit == POINT
            else finding
            for finding in findings
        ]
    if found.growing:
        findings += growing.judge_all(found.growing)
    return findings


def left_out(found: Results) -> dict[str, list[str]]:
    """Returns which claims could not be judged, by what is missing for them.

    What would need a variant or a part that no result is of is not among them:
    it is no part of the protocol.
    """
    claims = {}
    for rule in RULES:
        runs = found.only(rule.variants).variants
        is_planned = set(rule.variants) <= set(runs) and any(
            rule.part in result for of_one in runs.values() for result in of_one
        )
        if is_planned and (missing := rule.lacks(found)):
            claims.setdefault(missing, []).append(rule.claim)
    return claims
