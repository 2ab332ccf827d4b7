"""The figures of experiments.evaluate as sentences and tables."""

import html
import json
from collections.abc import Mapping
from typing import Any

from wavegan_cond.evaluation.measures import MEASURES, Measure
from wavegan_cond.evaluation.report import RELIABLE

GOOD, MIDDLING = 0.15, 0.5  # of the way from a perfect generator to noise


def summary(report: Mapping) -> str:
    """Returns the report in two sentences."""
    found = report["generated"]["accuracy"]
    low, high = found["interval"]
    kads = ", ".join(
        f"{name} {of_class['kad']:.1f}"
        for name, of_class in report["generated"]["classes"].items()
    )
    floor = ", ".join(
        f"{of_class['kad']:.1f}"
        for of_class in report["perfect"]["classes"].values()
    )
    return (
        f"{found['hits']} of {found['trials']} generated sounds are classified "
        f"as the class requested ({found['accuracy']:.3f}; 95 %: {low:.3f} to "
        f"{high:.3f}); of real sounds {report['real']['accuracy']:.3f}. KAD "
        f"{kads} (training sounds: {floor}) to the {report['side']} side."
    )


def confusion_table(report: Mapping) -> str:
    """Returns the confusion of the classifier on held-out real sounds, as text.

    It says how far the accuracy of generated sounds can be trusted.
    """
    names, real = report["classes"], report["real"]
    width = max(map(len, names)) + 2
    lines = ["real sounds, taken for" + "".join(f"{n:>{width}}" for n in names)]
    for name, row in zip(names, real["confusion"], strict=True):
        lines.append(f"{name:>22}" + "".join(f"{n:>{width}}" for n in row))
    if real["accuracy"] < RELIABLE:
        lines.append(
            f"The classifier is right on {real['accuracy']:.3f} of real "
            f"sounds, less than {RELIABLE}: trust no accuracy here."
        )
    return "\n".join(lines)


def class_table(report: Mapping) -> str:
    """Returns a table of each class beside real sounds and noise, as HTML."""
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
    """Returns the accuracies of the classifiers, as a table in HTML."""
    rows = [
        ("generated sounds", report["generated"]["accuracy"]),
        ("held-out real sounds", report["real"]),
        ("noise with the envelopes of drums", report["noise"]["accuracy"]),
        ("real sounds, trained on generated", report["transfer"]),
    ]
    names = "".join(f"<th>{html.escape(n)}</th>" for n in report["classes"])
    body = "".join(
        f"<tr><th>{title}</th><td>{found['accuracy']:.3f}</td>"
        f"<td>{found['interval'][0]:.3f} to {found['interval'][1]:.3f}</td>"
        + "".join(f"<td>{rate:.2f}</td>" for rate in found["per_class"])
        + "</tr>"
        for title, found in rows
    )
    return (
        '<table class="figures"><thead><tr><th></th><th>accuracy</th>'
        f"<th>95 %</th>{names}</tr></thead><tbody>{body}</tbody></table>"
    )


def latent_table(report: Mapping) -> str:
    """Returns figures of the latent space and its paths, as a table in HTML."""
    latent, paths = report["latent"], report["paths"]
    rows = [
        ("variance in three directions", latent["explained"]),
        ("stable rank of z to sound", latent["stable_rank"]),
        ("fraction linear in z", latent["linear"]),
    ]
    for method, found in paths.items():
        rows += [
            (f"{method}: largest step over mean step", found["step_ratio"]),
            (f"{method}: the same, 95 % of paths", found["step_ratio_95"]),
            (f"{method}: steps classified as the class", found["constancy"]),
            (f"{method}: KAD at the middle", found["middle_kad"]),
            (f"{method}: KAD at the ends", found["ends_kad"]),
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
