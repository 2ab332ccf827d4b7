"""The page of experiments.evaluate: figures first, then sounds."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from experiments import page
from wavegan_cond import latents
from wavegan_cond.evaluation import artifacts
from wavegan_cond.evaluation.report import MEASURES, RELIABLE, Reference
from wavegan_cond.pictures import INK, new_figure
from wavegan_cond.sounds import to_float, wav_bytes

STEPS = 30  # of a path, as the authors' page has them
SWEEP = np.linspace(-2.5, 2.5, 11)  # of one number of z
SWEPT = 3  # numbers of z that are swept
GOOD, MIDDLING = 0.15, 0.5  # of the way from a perfect generator to noise


def write(
    path: Path,
    report: Mapping,
    model,
    store,
    reference: Reference,
    shown: int,
) -> None:
    """Writes the page.

    Args:
      path: of the HTML file.
      report: of ``evaluate.measure``.
      model: a ``Synth``.
      store: whose held-out sounds are shown.
      reference: of the report.
      shown: sounds of each class.
    """
    groups, rate = [], model.info.sample_rate
    for label, name in enumerate(model.info.classes):
        groups += class_groups(
            model, store, reference, label, name, shown, report["seed"]
        )
    spectrum = picture_of_spectrum(model, store, rate)
    body = (
        f"<p>{html.escape(summary(report))}</p>"
        f"<pre>{html.escape(listener(report))}</pre>"
        + class_table(report)
        + accuracy_table(report)
        + latent_table(report)
        + f'<figure><img alt="mean spectra" src="{spectrum}"></figure>'
    )
    page.build(
        path,
        groups,
        "What this model makes",
        f"Iteration {report['model']['iteration']}, Z = "
        f"{report['model']['latent_dim']}, {report['num']} sounds of each "
        "class measured against sounds it has never heard.",
        body,
    )


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
        f"sounds set aside: {floor})."
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
                f'<td class="{grade(made, perfect, noise)}">{made:.3g}</td>'
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


def grade(made: float, perfect: float, noise: float) -> str:
    """Returns how good a figure is: good, middling or bad; "" for unknown.

    Only where noise is clearly worse than a perfect generator does the way
    between the two mean anything.
    """
    way = abs(noise - perfect)
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


def class_groups(
    model,
    store,
    reference: Reference,
    label: int,
    name: str,
    shown: int,
    seed: int,
) -> list[page.Group]:
    """Returns the rows of a class: sounds, nearest, real, paths, sweeps."""
    info = model.info
    z = latents.draw(seed, shown, info.latent_dim, info.prior)

    def make(points):
        return model.generate(points, np.full(len(points), label))

    waves = make(z)
    nearest = reference.nearest_training(label, waves, 1)[:, 0]
    held_out, labels = store.split("validation")
    real = to_float(held_out[labels == label][:shown])
    titles = [f"seed {seed + index}" for index in range(shown)]
    rows = [
        (name, waves, titles, z, True),
        (f"{name}: nearest training sound of each", nearest, titles, (), False),
        (f"{name}: real, held out", real, counted("real", real), (), False),
    ]
    start, end = latents.draw(seed + shown, 2, info.latent_dim, info.prior)
    for method, way in (("lerp", latents.lerp), ("slerp", latents.slerp)):
        path = way(start, end, STEPS)
        title = f"{name}: {method} from A to B"
        rows.append((title, make(path), counted("step", path), path, False))
    for axis in range(min(SWEPT, info.latent_dim)):
        sweep = np.tile(z[0], (len(SWEEP), 1))
        sweep[:, axis] = SWEEP
        title = f"{name}: z{axis + 1} alone, from -2.5 to 2.5"
        places = [f"{value:g}" for value in SWEEP]
        rows.append((title, make(sweep), places, sweep, False))
    return [group(*row, rate=info.sample_rate) for row in rows]


def counted(word: str, sounds: Sequence) -> list[str]:
    """Returns a name for each of some sounds."""
    return [f"{word} {number}" for number in range(1, len(sounds) + 1)]


def group(
    title: str, waves, names: Sequence[str], z, beat: bool, rate: int
) -> page.Group:
    """Returns a row of the page."""
    if waves.dtype == np.int16:
        waves = to_float(waves)
    points = z if len(z) else [()] * len(waves)
    sounds = [
        page.Sound(name, wav_bytes(wave, rate), point)
        for name, wave, point in zip(names, waves, points, strict=True)
    ]
    return page.Group(title, sounds, beat)


def picture_of_spectrum(model, store, rate: int) -> str:
    """Returns a picture of mean spectra, as a data URL.

    Tones that upsampling leaves stand in it as lines at fractions of the rate.
    """
    from experiments.accuracy import ask

    waves, labels = ask(model, 100, 0)
    held_out, real_labels = store.split("validation")
    names = model.info.classes
    figure = new_figure(10, 2.4 * len(names), layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(names), 1, sharex=True))
    for label, (axes, name) in enumerate(zip(panels, names, strict=True)):
        for sounds, color, text in (
            (held_out[real_labels == label], "#9fb3c8", "real"),
            (waves[labels == label], "#c8553d", "generated"),
        ):
            hertz, power = artifacts.tonal_spectrum(sounds, rate)
            axes.plot(
                hertz,
                power - power.max(),
                color=color,
                linewidth=0.6,
                label=text,
            )
        axes.set(ylim=(-90, 3), xlim=(20, rate / 2), xscale="log")
        axes.set_ylabel(f"{name}, dB", fontsize=8, color=INK)
        axes.tick_params(labelsize=7)
    panels[0].legend(fontsize=8)
    panels[-1].set_xlabel("Hz", fontsize=8)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=90, metadata={"Software": None})
    text = base64.b64encode(buffer.getvalue()).decode()
    return f"data:image/png;base64,{text}"
