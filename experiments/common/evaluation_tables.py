"""The figures of experiments.evaluate as sentences and tables."""

import html
from collections.abc import Mapping

from wavegan_cond.evaluation.measures import MEASURES, RELIABLE, Measure

GOOD, MIDDLING = 0.15, 0.5  # of the way from a perfect generator to noise
SETS = "generated", "perfect", "noise"  # of a report, in the order of HEAD
HEAD = (
    "<table class=\"figures\"><thead><tr><td></td><th scope='col'>made</th>"
    "<th scope='col'>real</th><th scope='col'>noise</th></tr></thead>"
)
TAKEN_FOR = "real sounds, taken for"
WORDS = {"good": "near real", "middling": "between", "bad": "far off", "": ""}
READING = (
    "<p>Made: generated sounds. Real: training sounds that were set aside, "
    "which is what a perfect generator would reach. Noise: noise with the "
    "envelopes of drums, the worst case.</p>"
    "<p>Green, near real: as good as real sounds or better, or within 15 % of "
    "the way from them to noise. Red, far off: beyond half of that way. No "
    "colour: noise is no worse than real sounds, so it gives no yardstick.</p>"
    "<p>The distances KAD and KID are estimates that are right on average: "
    "between two alike sets they are sometimes above zero and sometimes below. "
    "A negative distance, such as -1.0, says that no difference was found. The "
    "held-out kits are not quite like others, so read a distance beside that "
    "of real sounds. Its 95 % interval is of other kits like these where the "
    "store says which kit a sound is of, else of other sounds of these kits, "
    "which is narrower. FAD wants 150 sounds or more.</p>"
)

TAGGED = (
    ("kad", "distance (KAD)"),
    ("precision", "realism (precision)"),
    ("recall", "variety (recall)"),
)
TAGGER = (
    "The figures above are of log-mel energies, which training acts on as "
    "well. These are of a network that was trained to tag music (musicnn) and "
    "that nothing was chosen by. It hears up to 8 kHz."
)
LATENT = (
    "<p>How the sounds depend on z. The first figure is the share of all "
    "differences between sounds that lies in three directions of what is "
    "heard; the stable rank, in how many directions a sound changes when z "
    "does, the median of four z; the third, how much of it is a straight line "
    "in z.</p>"
    "<p>A path leads from one z to another in 30 steps: lerp on a straight "
    "line, slerp on an arc. Crossfade only mixes the two sounds, and is what "
    "a path has to surpass. A largest step of 1 times the mean one is even; "
    "KAD is the distance to real sounds, half way and at the ends.</p>"
)


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


def confusion_text(report: Mapping) -> str:
    """Returns the confusion of the classifier on held-out real sounds, as text.

    It says how far the accuracy of generated sounds can be trusted.
    """
    names, real = report["classes"], report["real"]
    width = max(map(len, names)) + 2
    lines = [TAKEN_FOR + "".join(f"{n:>{width}}" for n in names)]
    for name, row in zip(names, real["confusion"], strict=True):
        lines.append(f"{name:>22}" + "".join(f"{n:>{width}}" for n in row))
    return "\n".join([*lines, *_distrust(real["accuracy"])])


def confusion_table(report: Mapping) -> str:
    """Returns the same as a table in HTML."""
    names = [html.escape(name) for name in report["classes"]]
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    body = "".join(
        f"<tr><th scope='row'>{name}</th>"
        + "".join(f"<td>{count}</td>" for count in row)
        + "</tr>"
        for name, row in zip(names, report["real"]["confusion"], strict=True)
    )
    warning = "".join(
        f"<p>{line}</p>" for line in _distrust(report["real"]["accuracy"])
    )
    return (
        f'<table class="figures"><thead><tr><th>{TAKEN_FOR}</th>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table>{warning}"
    )


def _distrust(accuracy: float) -> list[str]:
    """Returns a line where a classifier is too often wrong to be believed."""
    if accuracy >= RELIABLE:
        return []
    return [
        f"The classifier is right on {accuracy:.3f} of real sounds, less than "
        f"{RELIABLE}: trust no accuracy here."
    ]


def class_tables(report: Mapping) -> str:
    """Returns a folded table of each class beside real sounds, as HTML."""
    return READING + "".join(
        f"<details><summary>All figures of {html.escape(name)}</summary>"
        f"{class_table(report, name)}</details>"
        for name in report["classes"]
    )


def figures(report: Mapping, name: str, key: str) -> list[float | None]:
    """Returns a class's figure of generated and real sounds, and of noise.

    None is a figure that these real sounds give no yardstick for.
    """
    return [report[of]["classes"][name][key] for of in SETS]


def class_table(report: Mapping, name: str) -> str:
    """Returns a table of a class beside real sounds and noise, as HTML."""
    rows = []
    for key, measure in MEASURES.items():
        made, perfect, noise = figures(report, name, key)
        found = grade(made, perfect, noise, measure)
        unit = f", {measure.unit}" if measure.unit else ""
        rows.append(
            f"<tr><th scope='row'>{html.escape(measure.title)}{unit}"
            f"<small>{html.escape(explanation(measure))}</small></th>"
            f'<td class="{found}">{short(made)}'
            f"<small>{WORDS[found]}</small></td>"
            f'<td class="quiet">{short(perfect)}</td>'
            f'<td class="quiet">{short(noise)}</td></tr>'
        )
    return f"{HEAD}<tbody>{''.join(rows)}</tbody></table>"


def short(value: float | None) -> str:
    """Returns a figure in three digits."""
    return "-" if value is None else f"{value:.3g}"


def tagger_table(report: Mapping) -> str:
    """Returns the figures on the features of a music tagger, as HTML.

    Nothing if they were not measured.
    """
    if "musicnn" not in report:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(name)}, {title}</th>"
        + "".join(
            f"<td>{report['musicnn'][of][name][key]:.3g}</td>" for of in SETS
        )
        + "</tr>"
        for name in report["classes"]
        for key, title in TAGGED
    )
    return (
        f"<h3>On the features of a music tagger</h3><p>{TAGGER}</p>"
        f"{HEAD}<tbody>{rows}</tbody></table>"
    )


def explanation(measure: Measure) -> str:
    """Returns what a measure tells, and which values are good."""
    best = {
        ("low", ""): "lower is better",
        ("real", ""): "best as that of real sounds",
        ("real", "low"): "best as that of real sounds, or lower",
        ("real", "high"): "best as that of real sounds, or higher",
    }[measure.better, measure.harmless]
    return f"{measure.says}; {best}"


def grade(
    made: float | None,
    perfect: float | None,
    noise: float | None,
    measure: Measure,
) -> str:
    """Returns how good a figure is: good, middling or bad; "" for unknown.

    What is as good as real sounds, or better, is good. Else, only where noise
    is clearly worse than real sounds does the way between the two mean
    anything.
    """
    if measure.worst is not None:
        noise = measure.worst
    if None in (made, perfect, noise):
        return ""
    low = "low" in (measure.better, measure.harmless)
    high = measure.harmless == "high"
    if (low and made <= perfect) or (high and made >= perfect):
        return "good"
    way = noise - perfect
    if high:
        way = -way
    elif not low:  # both sides harm
        way = abs(way)
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
        '<div class="scroll" tabindex="0" role="region" aria-label="Accuracy">'
        '<table class="figures"><thead><tr><td></td><th>accuracy</th>'
        f"<th>95 %</th>{names}</tr></thead><tbody>{body}</tbody></table></div>"
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
    return (
        f"{LATENT}<details><summary>Figures of the latent space</summary>"
        f'<table class="figures"><tbody>{body}</tbody></table></details>'
    )
