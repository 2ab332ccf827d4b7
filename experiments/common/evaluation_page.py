"""The page of experiments.evaluate: figures first, then sounds."""

import base64
import html
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from data_prep.store.store import Store
from experiments.common import page
from experiments.common.evaluation_answers import answers_section
from experiments.common.evaluation_tables import (
    accuracy_table,
    class_tables,
    confusion_table,
    latent_table,
    summary,
    tagger_table,
)
from experiments.common.store_files import names_of
from wavegan_cond.evaluation import artifacts
from wavegan_cond.evaluation.report import Reference
from wavegan_cond.model.subsample import subsample_evenly
from wavegan_cond.plotting.panels import INK, new_figure, plain, png
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.steering import steer
from wavegan_cond.synthesis.synth import Synth
from wavegan_cond.synthesis.wav import to_float

STEPS = 30  # of a path, as the authors' page has them
SWEEP = np.linspace(-2.5, 2.5, 11)  # of one number of z, or one direction
CONTENTS = (
    ("figures", "Figures"),
    ("accuracy", "Classifier"),
    ("latent", "Latent space"),
    ("spectra", "Spectra"),
)


def write(
    path: Path,
    report: Mapping,
    model: Synth,
    store: Store,
    reference: Reference,
    made: np.ndarray,
    shown: int,
    heard: str,
) -> None:
    """Writes the page.

    Args:
      path: of the HTML file.
      report: of ``measure_model.measure``.
      model: a ``Synth``.
      store: whose held-out sounds are shown.
      reference: of the report.
      made: sounds it was made with, float32 [classes, num, T].
      shown: sounds of each class.
      heard: whether the model was trained on the held-out sounds.
    """
    groups, rate = [], model.info.sample_rate
    for label, name in enumerate(model.info.classes):
        groups += class_groups(
            model, store, reference, label, name, made[label, :shown], report
        )
    spectrum = picture_of_spectrum(made, store, rate, report["side"])
    page.build(
        path,
        groups,
        "Evaluation of the model",
        f"Iteration {report['model']['iteration']}, Z = "
        f"{report['model']['latent_dim']}, {report['num']} sounds of each "
        f"class, truncation {report['truncation']:g}, measured against "
        f"the real sounds of the {report['side']} side.",
        body(report, heard, spectrum),
        CONTENTS,
    )


def body(report: Mapping, heard: str, spectrum: str) -> str:
    """Returns what stands above the sounds, as HTML.

    Args:
      report: of ``measure_model.measure``.
      heard: whether the model was trained on the held-out sounds.
      spectrum: picture of the mean spectra, a data URL.
    """
    parts = (
        f"<p>{html.escape(summary(report))}</p>"
        + class_tables(report)
        + tagger_table(report),
        accuracy_table(report)
        + '<div class="scroll" tabindex="0" role="region" '
        'aria-label="Confusion">'
        f"{confusion_table(report)}</div>",
        latent_table(report),
        f'<figure><img alt="mean spectra of real and generated sounds" '
        f'src="{spectrum}"></figure>',
    )
    sections = "".join(
        f'<section id="{name}"><h2>{title}</h2>{part}</section>'
        for (name, title), part in zip(CONTENTS, parts, strict=True)
    )
    return (
        f"{answers_section(report)}<p>{html.escape(heard)}</p>"
        f"<!--CONTENTS-->{sections}"
    )


def class_groups(
    model: Synth,
    store: Store,
    reference: Reference,
    label: int,
    name: str,
    waves: np.ndarray,
    report: Mapping,
) -> list[page.Group]:
    """Returns the rows of a class: sounds, nearest, real, paths, sweeps."""
    info, seed, shown = model.info, report["seed"], len(waves)
    z = latents.draw(info, seed, shown, report["truncation"])
    nearest = reference.nearest_training(label, waves, 1)[:, 0]
    real = held_out_of(store, report["side"], label, shown)
    titles = [f"seed {seed + index}" for index in range(shown)]
    rows = [(name, waves, titles, z)]
    for of, found in (
        ("nearest training sound of each", nearest),
        ("real, held out", real),
    ):
        names = names_of(store, found)
        rows.append((f"{name}: {of}", to_float(found), names, ()))
    for title, names, points in moves(info, z, seed + shown):
        made = model.generate(points, np.full(len(points), label))
        rows.append((f"{name}: {title}", made, names, points))
    return [
        page.group(
            title,
            names,
            waves,
            info.sample_rate,
            z=points,
            stem=f"{title} ",
            beat=not number,
            section=name,
            folded=bool(number),
        )
        for number, (title, waves, names, points) in enumerate(rows)
    ]


def held_out_of(store: Store, side: str, label: int, most: int) -> np.ndarray:
    """Returns some held-out sounds of a class: int16 [at most most, T]."""
    held_out, labels = store.split(side)
    # Evenly: the first ones would be those of the first kits.
    return held_out[subsample_evenly(np.flatnonzero(labels == label), most)]


def moves(info: ModelInfo, z: np.ndarray, seed: int) -> Iterator[tuple]:
    """Yields paths between two seeds and sweeps: title, names, z [N, Z]."""
    steps = [f"step {number}" for number in range(1, STEPS + 1)]
    start, end = latents.draw(info, seed, 2)
    for method, way in (("lerp", latents.lerp), ("slerp", latents.slerp)):
        yield f"{method} from A to B", steps, way(start, end, STEPS)
    places = [f"{value:g}" for value in SWEEP]
    for number, direction in enumerate(info.directions, 1):
        still = np.tile(z[:1], (len(SWEEP), 1))
        swept = steer(still, [direction], SWEEP[:, None])
        yield f"direction {number} alone, from -2.5 to 2.5", places, swept


def picture_of_spectrum(
    made: np.ndarray, store: Store, rate: int, side: str
) -> str:
    """Returns a picture of mean spectra, as a data URL.

    Tones that upsampling leaves stand in it as lines at fractions of the rate.

    Args:
      made: generated sounds, [classes, num, T].
      store: with the held-out sounds.
      rate: sample rate in Hz.
      side: of the store, whose sounds are the held-out ones.
    """
    held_out, real_labels = store.split(side)
    names = store.classes
    figure = new_figure(10, 2.4 * len(names), layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(names), 1, sharex=True))
    for label, (axes, name) in enumerate(zip(panels, names, strict=True)):
        for sounds, color, text in (
            (held_out[real_labels == label], "#9fb3c8", "real"),
            (made[label], "#c8553d", "generated"),
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
        axes.set_ylabel(f"{plain(name)}, dB", fontsize=8, color=INK)
        axes.tick_params(labelsize=7)
    panels[0].legend(fontsize=8)
    panels[-1].set_xlabel("Hz", fontsize=8)
    text = base64.b64encode(png(figure, 90)).decode()
    return f"data:image/png;base64,{text}"
