"""Figures with axes to read: examples of each class, paths in latent space."""

import dataclasses
import itertools
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wavegan_cond.plotting.panels import (
    GRID,
    INK,
    QUIET,
    draw_mel,
    draw_wave,
    extremes,
    new_figure,
    plain,
    save_figure,
    show_mel,
    soften,
)
from wavegan_cond.plotting.spectrogram import (
    HIGH_HZ,
    height,
    mel_spectrogram_db,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TICKS_HZ = (100, 500, 1000, 2000, 5000, 10000, 20000)
COLORS = ("#c8553d", "#2a7f9e", "#5c6b7a")


def examples(
    path: str | os.PathLike,
    names: Sequence[str],
    sources: Sequence[tuple[str, np.ndarray]],
    sample_rate: int,
) -> None:
    """Draws a row a class: waveform beside mel spectrogram (paper figure 3).

    Args:
      path: of the PNG.
      names: of the rows.
      sources: one or more times (heading, waves float32 [rows, T]), which
        stand side by side, such as generated and real.
      sample_rate: in Hz.
    """
    columns = 2 * len(sources)
    figure = new_figure(3.3 * columns, 1.9 * len(names) + 0.4, "constrained")
    parts = np.atleast_1d(figure.subfigures(1, len(sources), wspace=0.03))
    for part, (heading, waves) in zip(parts, sources, strict=True):
        part.suptitle(plain(heading), fontsize=11, color=INK)
        panels = part.subplots(len(names), 2, squeeze=False, sharex=True)
        seconds = waves.shape[1] / sample_rate
        for name, wave, (left, right) in zip(names, waves, panels, strict=True):
            draw_wave(left, wave, seconds)
            draw_mel(right, wave, sample_rate, seconds)
            left.set_ylabel(f"{plain(name)}\namplitude", fontsize=8, color=INK)
            left.set_yticks([-1, 0, 1])
            left.grid(color=GRID, linewidth=0.5)
            label_hertz(right, sample_rate)
        for panel in panels[-1]:
            panel.set_xlabel("seconds", fontsize=8, color=INK)
    image = panels[-1, -1].images[0]
    bar = figure.colorbar(image, ax=panels[:, -1], fraction=0.06, pad=0.03)
    bar.set_label("dB below the loudest", fontsize=8, color=INK)
    bar.ax.tick_params(labelsize=7, colors=QUIET)
    bar.outline.set_visible(False)
    save_figure(figure, path)


def label_hertz(axes: "Axes", sample_rate: int) -> None:
    """Marks a mel axis from 0 to 1 with its frequencies."""
    limit = min(HIGH_HZ, sample_rate / 2)
    shown = [hz for hz in TICKS_HZ if hz <= limit]
    text = [f"{hz // 1000}k" if hz >= 1000 else str(hz) for hz in shown]
    axes.set_yticks(height(np.array(shown), sample_rate), text)
    axes.set_ylabel("Hz (mel scale)", fontsize=8, color=INK)


@dataclasses.dataclass(frozen=True)
class Path:
    """Sounds along a way through latent space.

    Attributes:
      name: of the method.
      z: [S, Z].
      waves: float32 [S, T].
    """

    name: str
    z: np.ndarray
    waves: np.ndarray


def paths(
    path: str | os.PathLike,
    shown: Sequence[Path],
    sample_rate: int,
    start: str,
    end: str,
) -> None:
    """Draws paths below each other: every step's waveform and mel spectrogram.

    Under them: the norm of z, and how far each step's spectrogram is from that
    of the step before.

    Args:
      path: of the PNG.
      shown: paths of as many steps.
      sample_rate: in Hz.
      start: what stands at the first step.
      end: what stands at the last.
    """
    bands = 2 * len(shown)
    figure = new_figure(13, 1.9 * len(shown) + 2.3, "constrained")
    ratios = [1, 1.5] * len(shown) + [1.9]
    grid = figure.add_gridspec(bands + 1, 2, height_ratios=ratios)
    norm, change = (figure.add_subplot(grid[bands, i]) for i in range(2))
    for index, one in enumerate(shown):
        above = figure.add_subplot(grid[2 * index, :])
        below = figure.add_subplot(grid[2 * index + 1, :], sharex=above)
        _draw_steps(above, below, one, sample_rate)
        title = f"{one.name}: from {start} (left) to {end} (right)"
        above.set_title(plain(title), fontsize=9, color=INK, loc="left")
        steps = np.arange(1, len(one.z) + 1)
        style = {"color": COLORS[index % 3], "label": one.name, "marker": "."}
        norm.plot(steps, np.linalg.norm(one.z, axis=1), **style)
        if len(steps) > 1:
            change.plot(
                steps[1:], step_changes(one.waves, sample_rate), **style
            )
    _label_curve(norm, "norm of z", len(shown[0].z))
    _label_curve(change, "change from the previous step (dB)", len(shown[0].z))
    save_figure(figure, path)


def step_changes(waves: np.ndarray, sample_rate: int) -> np.ndarray:
    """Returns the mean absolute change of the mel spectrogram: dB, [S - 1]."""
    mels = [mel_spectrogram_db(wave, sample_rate) for wave in waves]
    pairs = itertools.pairwise(mels)
    return np.array([np.abs(b - a).mean() for a, b in pairs])


def _draw_steps(above, below, path: Path, sample_rate: int) -> None:
    """Draws the steps one after another, a step from i + 0.5 to i + 1.5."""
    count = len(path.waves)
    mels = []
    for step, wave in enumerate(path.waves):
        low, high = extremes(wave, 60)
        place = step + 0.5 + (np.arange(len(low)) + 0.5) / len(low)
        above.fill_between(place, low, high, color=INK, linewidth=0.4)
        mels.append(mel_spectrogram_db(wave, sample_rate)[::2])
    show_mel(below, np.concatenate(mels), 0.5, count + 0.5)
    for edge in np.arange(count - 1) + 1.5:
        above.axvline(edge, color=GRID, linewidth=0.6)
        below.axvline(edge, color="white", linewidth=1.5)
    above.set(xlim=(0.5, count + 0.5), ylim=(-1.05, 1.05), yticks=[])
    above.tick_params(labelbottom=False)
    soften(above)
    label_hertz(below, sample_rate)


def _label_curve(axes, label: str, steps: int) -> None:
    soften(axes)
    axes.grid(color=GRID, linewidth=0.5)
    axes.set_xlabel("step", fontsize=8, color=INK)
    axes.set_ylabel(plain(label), fontsize=8, color=INK)
    axes.set(xlim=(0.5, steps + 0.5), ylim=(0, None))
    axes.legend(fontsize=8, frameon=False, labelcolor=INK)
