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
      judge: says what the results mean.
      variants: it needs beside the base.
      part: of a result that it needs, see ``variants.PARTS``.
      classes: it speaks of.
    """

    judge: Callable[[Results], Finding]
    variants: tuple[str, ...] = ()
    part: str = "report"
    classes: tuple[str, ...] = ()


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
    Rule(LABELS, ("unlabelled",), "mixture"),
    Rule(rules.labels_overlap),
    Rule(rules.embedding, ("onehot",)),
    Rule(rules.small_latent, ("latent3",)),
    Rule(rules.rank_three, part="latent"),
    Rule(rules.continuity, ("latent3",), "paths"),
    Rule(rules.path_quality, ("latent3",), "paths"),
    Rule(rules.slerp, part="paths"),
    Rule(SHUFFLE_ARTIFACTS, ("shuffle0",)),
    Rule(SHUFFLE_CRITIC, ("shuffle0",), "critic"),
    Rule(SHUFFLE_QUALITY, ("shuffle0",)),
    Rule(UPSAMPLING, ("zeros",)),
    Rule(UPSAMPLING_UNTRAINED, ("zeros",)),
    Rule(UPSAMPLING_QUALITY, ("zeros",)),
    Rule(rules.classes, classes=rules.DRUMS),
    *(Rule(rules.small_data(n), (f"sounds{n}",)) for n in (100, 300, 1000)),
    *(
        Rule(rules.parity(measure, unit, measured, other), (other,))
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
        rule.judge(found)
        for rule in RULES
        if found.can_tell(rule.variants, rule.part, rule.classes)
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
