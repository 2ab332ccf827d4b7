"""The figures of experiments.evaluate as sentences and tables."""

import html
import json
from collections.abc import Mapping
from typing import Any

from wavegan_cond.evaluation.measures import MEASURES, Measure
from wavegan_cond.evaluation.report import RELIABLE

GOOD, MIDDLING = 0.15, 0.5  # of the way from a perfect generator to noise


def summary(report: Mapping) -> str:
    """Returns the report in a sentence or two."""
    heard = report["generated"]["accuracy"]
    low, high = heard["interval"]
    kads = ", ".join(
        f"{name} {of_class['kad']:.1f}"
        for name, of_class in report["generated"]["classes"].items()
    )
    floor = ", ".join(
        f"{of_class['kad']:.1f}"
        for of_class in report["perfect"]["classes"].values()
    )
    return (
        f"{heard['hits']} of {heard['trials']} sounds are heard as what was "
        f"asked for ({heard['accuracy']:.3f}; 95 %: {low:.3f} to {high:.3f}), "
        f"{report['real']['accuracy']:.3f} of real ones. KAD {kads} (real "
        f"sounds set aside: {floor}), against the {report['side']} side."
    )


def listener(report: Mapping) -> str:
    """Returns what the classifier hears in held-out real sounds, as text.

    Its confusion says how far the accuracy of generated sounds can be trusted.
    """
    names, real = report["classes"], report["real"]
    width = max(map(len, names)) + 2
    lines = ["real sounds, heard as" + "".join(f"{n:>{width}}" for n in names)]
    for name, row in zip(names, real["confusion"], strict=True):
        lines.append(f"{name:>21}" + "".join(f"{n:>{width}}" for n in row))
    if real["accuracy"] < RELIABLE:
        lines.append(
            f"Of real sounds {real['accuracy']:.3f} are heard right, less "
            f"than {RELIABLE}: trust no accuracy here."
        )
    return "\n".join(lines)


def class_table(report: Mapping) -> str:
    """Returns the figures of each class beside their floor and ceiling."""
    names = report["classes"]
    head = "".join(
        f"<th>{html.escape(name)}</th><th>perfect</th><th>noise</th>"
        for name in names
    )
    rows = []
    for key, measure in MEASURES.items():
        cells = []
        for name in names:
            made, perfect, noise = (
                report[of]["classes"][name][key]
                for of in ("generated", "perfect", "noise")
            )
            cells.append(
                f'<td class="{grade(made, perfect, noise, measure)}">'
                f"{made:.3g}</td>"
                f'<td class="quiet">{perfect:.3g}</td>'
                f'<td class="quiet">{noise:.3g}</td>'
            )
        unit = f", {measure.unit}" if measure.unit else ""
        rows.append(
            f'<tr><th title="{html.escape(measure.says)}">'
            f"{html.escape(measure.title)}{unit}</th>{''.join(cells)}</tr>"
        )
    return (
        f'<table class="figures"><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
        "<p>Green: within 15 % of the way from a perfect generator to noise; "
        "red: beyond half of it. Hold the pointer over a name to read what "
        "the figure tells.</p>"
    )


def grade(made: float, perfect: float, noise: float, measure: Measure) -> str:
    """Returns how good a figure is: good, middling or bad; "" for unknown.

    Only where noise is clearly worse than a perfect generator does the way
    between the two mean anything. Less than perfect is good where low is.
    """
    if measure.better == "low" and made <= perfect:
        return "good"
    way = noise - perfect if measure.better == "low" else abs(noise - perfect)
    if way < 0.1 * max(abs(noise), abs(perfect), 1e-9):
        return ""
    gone = abs(made - perfect) / way
    return "good" if gone <= GOOD else "middling" if gone <= MIDDLING else "bad"


def accuracy_table(report: Mapping) -> str:
    """Returns what is heard, and what it teaches."""
    rows = [
        ("generated, heard as asked for", report["generated"]["accuracy"]),
        ("real, heard right", report["real"]),
        ("noise with envelopes of drums", report["noise"]["accuracy"]),
        ("real, heard by who learned from generated", report["transfer"]),
    ]
    names = "".join(f"<th>{html.escape(n)}</th>" for n in report["classes"])
    body = "".join(
        f"<tr><th>{title}</th><td>{found['accuracy']:.3f}</td>"
        f"<td>{found['interval'][0]:.3f} to {found['interval'][1]:.3f}</td>"
        + "".join(f"<td>{share:.2f}</td>" for share in found["per_class"])
        + "</tr>"
        for title, found in rows
    )
    return (
        '<table class="figures"><thead><tr><th></th><th>accuracy</th>'
        f"<th>95 %</th>{names}</tr></thead><tbody>{body}</tbody></table>"
    )


def latent_table(report: Mapping) -> str:
    """Returns how the latent space is used, and how even its paths are."""
    latent, paths = report["latent"], report["paths"]
    rows = [
        ("variance in three directions", latent["explained"]),
        ("stable rank of z to sound", latent["stable_rank"]),
        ("share linear in z", latent["linear"]),
    ]
    for method, found in paths.items():
        rows += [
            (f"{method}: largest step over mean step", found["step_ratio"]),
            (f"{method}: the same, 95 % of paths", found["step_ratio_95"]),
            (f"{method}: steps heard as the class", found["constancy"]),
            (f"{method}: KAD half way", found["middle_kad"]),
            (f"{method}: KAD of the ends", found["ends_kad"]),
        ]
    body = "".join(
        f"<tr><th>{title}</th><td>{value:.3g}</td></tr>"
        for title, value in rows
    )
    return f'<table class="figures"><tbody>{body}</tbody></table>'


def to_text(figures: dict[str, Any]) -> str:
    """Returns JSON of figures, rounded to what they can mean."""

    def rounded(value):
        if isinstance(value, dict):
            return {key: rounded(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [rounded(part) for part in value]
        return float(f"{value:.5g}") if isinstance(value, float) else value

    return json.dumps(rounded(figures), indent=1) + "\n"
