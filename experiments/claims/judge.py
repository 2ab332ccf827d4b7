"""Judges every claim by all results of a protocol."""

import dataclasses

from experiments.claims import growing
from experiments.claims.effects import UNDECIDED, Finding
from experiments.claims.results import Results
from experiments.claims.rules import POINT, RULES


def judge_all(found: Results) -> list[Finding]:
    """Returns what the results say of every claim they can speak of.

    Of a classifier that errs too often on real sounds nothing is taken.
    """
    findings = [rule.judge(found) for rule in RULES if not rule.lacks(found)]
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
        runs = [found.variants.get(name, []) for name in rule.variants]
        is_planned = all(runs) and any(
            rule.part in result for of_one in runs for result in of_one
        )
        if is_planned and (missing := rule.lacks(found)):
            claims.setdefault(missing, []).append(rule.claim)
    return claims
