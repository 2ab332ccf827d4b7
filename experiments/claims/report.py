"""The verdicts as text and as a picture."""

import dataclasses
import json
import math
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.claims import results
from experiments.claims.effects import CONFIRMED, REFUTED, UNDECIDED, Finding
from experiments.claims.judge import judge_all, left_out
from experiments.claims.results import Results
from experiments.claims.variants import VARIANTS
from wavegan_cond.plotting.panels import GRID, INK, new_figure, save_figure
from wavegan_cond.storage.atomic import write_text

COLORS = {CONFIRMED: "#2a7f4f", REFUTED: "#c8553d", UNDECIDED: "#7d8894"}

WIDEST = 10  # deviations that are drawn


class Column(NamedTuple):
    """A column of the table of changes: its mean over the runs of a change."""

    title: str
    measure: Callable[[results.Result], float]
    digits: int
    logarithm: bool = False


COLUMNS = (
    Column("KAD", results.log_kad, 1, logarithm=True),
    Column("recall", results.mean_of("recall"), 2),
    Column("precision", results.mean_of("precision"), 2),
    Column("accuracy", results.accuracy, 1),
    Column("mean comb, dB", results.trained_comb, 1),
    Column("ripple, dB", results.mean_of("comb_depth"), 1),
    Column("grain", results.mean_of("grain"), 1),
    Column("swells", results.mean_of("swells"), 2),
    Column("memory", results.mean_of("memory_ratio"), 2),
    Column("seconds", lambda run: run["seconds"], 0),
)


def write(folder: Path) -> list[Finding]:
    """Prints the verdicts; leaves claims.json, claims.md and claims.png."""
    found = Results(folder)
    findings = judge_all(found)
    for finding in findings:
        print(describe(finding))
    rest = [*not_judged(found), *changes(found)]
    print("\n".join(["", *rest]))
    text = [dataclasses.asdict(finding) for finding in findings]
    write_text(folder / "claims.json", json.dumps(text, indent=1) + "\n")
    tables = [*verdicts(findings), "", *rest]
    write_text(folder / "claims.md", "\n".join(tables) + "\n")
    draw(findings, folder / "claims.png")
    return findings


def describe(finding: Finding) -> str:
    """Returns a finding in two lines."""
    return (
        f"{finding.claim:12} {finding.verdict.upper():10} {finding.says}\n"
        f"{'':23} {finding.measured}: {amount(finding)}"
    )


def not_judged(found: Results) -> list[str]:
    """Returns a sentence on claims without a verdict, and a blank line."""
    reasons = [
        f"{', '.join(dict.fromkeys(claims))} ({missing})"
        for missing, claims in left_out(found).items()
    ]
    return [f"Not judged: {'; '.join(reasons)}.", ""] if reasons else []


def verdicts(findings: Sequence[Finding]) -> list[str]:
    """Returns the findings as a table in Markdown."""
    return [
        "| | claim | measured | effect (95 %) | verdict |",
        "|---|---|---|---|---|",
        *(
            f"| {finding.claim} | {finding.says} | {finding.measured} "
            f"| {amount(finding)} | {finding.verdict} |"
            for finding in findings
        ),
    ]


def amount(finding: Finding) -> str:
    """Returns an effect and its interval in the unit of people."""
    effect = finding.effect
    if finding.unit == "times":
        size, low, high = map(math.exp, (effect.size, effect.low, effect.high))
        return f"{size:.2f} times ({low:.2f} to {high:.2f})"
    return (
        f"{effect.size:.2f} {finding.unit} "
        f"({effect.low:.2f} to {effect.high:.2f})"
    ).replace("  ", " ")


def changes(found: Results) -> list[str]:
    """Returns a table in Markdown: what each change does, one at a time."""
    titles = ["change", "seeds", *(column.title for column in COLUMNS)]
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    for name, runs in found.variants.items():
        cells = [VARIANTS[name].change, str(len(runs))]
        for column in COLUMNS:
            mean = np.mean([column.measure(run) for run in runs])
            value = math.exp(mean) if column.logarithm else mean
            missing = math.isnan(value)  # a result of before the measure
            cells.append("" if missing else f"{value:.{column.digits}f}")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def draw(findings: Sequence[Finding], path: Path) -> None:
    """Draws every effect with its interval, and the limits that decide.

    In deviations between seeds, counted from the limit, or from the middle of
    two.
    """
    figure = new_figure(9, 0.36 * len(findings) + 0.8, layout="constrained")
    axes = figure.subplots()
    for row, finding in enumerate(findings):
        effect, color = finding.effect, COLORS[finding.verdict]
        scale, middle = max(effect.deviation, 1e-9), np.mean(finding.limits)
        size, low, high, *limits = (
            np.clip((value - middle) / scale, -WIDEST, WIDEST)
            for value in (effect.size, effect.low, effect.high, *finding.limits)
        )
        axes.plot([low, high], [row, row], color=color, linewidth=4, alpha=0.4)
        axes.plot(size, row, "o", color=color)
        axes.plot(limits, [row] * len(limits), "|", color=INK, markersize=14)
    axes.set_yticks(
        range(len(findings)),
        [
            textwrap.shorten(f"{f.claim} {f.says}", 64, placeholder="...")
            for f in findings
        ],
        fontsize=8,
    )
    axes.invert_yaxis()
    axes.grid(axis="x", color=GRID)
    axes.set_xlabel(
        "deviations between seeds; left of a limit, or between two: confirmed"
    )
    for verdict, color in COLORS.items():
        axes.plot([], [], "o", color=color, label=verdict)
    axes.plot([], [], "|", color=INK, markersize=10, label="limit")
    axes.legend(fontsize=8, loc="best")
    save_figure(figure, path)
