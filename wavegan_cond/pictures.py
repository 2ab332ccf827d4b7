"""Pictures of sounds and of a run: contact sheets and the loss curve."""

import csv
import os
import pathlib
from collections.abc import Sequence

import numpy as np

from wavegan_cond.spectrogram import RANGE_DB, mel_spectrogram_db

INK, GRID = "#1f3b57", "#d8dee4"


def contact_sheet(
    path: str | os.PathLike,
    waves: np.ndarray,
    titles: Sequence[str],
    sample_rate: int,
    columns: int,
    heading: str = "",
) -> None:
    """Draws each sound's waveform above its mel spectrogram, in a grid.

    Args:
      path: of the PNG; it appears whole.
      waves: float32 [N, T] in [-1, 1].
      titles: one a sound.
      sample_rate: in Hz.
      columns: sounds a row.
      heading: over the sheet.
    """
    rows = -(-len(waves) // columns)
    figure = _figure(1.9 * columns + 0.4, 1.9 * rows + 0.5)
    grid = figure.add_gridspec(
        2 * rows,
        columns,
        height_ratios=[1, 1.4] * rows,
        hspace=0.12,
        wspace=0.06,
    )
    seconds = waves.shape[1] / sample_rate
    for index, (wave, title) in enumerate(zip(waves, titles, strict=True)):
        row, column = divmod(index, columns)
        above = figure.add_subplot(grid[2 * row, column])
        _draw_wave(above, wave)
        above.set_title(title, fontsize=7, pad=2)
        below = figure.add_subplot(grid[2 * row + 1, column])
        _draw_mel(below, wave, sample_rate, seconds)
    if heading:
        figure.suptitle(heading, fontsize=9)
    save_figure(figure, path)


def loss_curve(path: str | os.PathLike, log: str | os.PathLike) -> None:
    """Draws the log of a run: Wasserstein estimate, penalty, losses.

    Args:
      path: of the PNG.
      log: the ``log.csv`` of the run.
    """
    with open(log, newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return
    figure = _figure(7, 6)
    panels = figure.subplots(3, 1, sharex=True)
    iteration = [int(row["iteration"]) for row in rows]
    names = (("wasserstein",), ("penalty",), ("critic_loss", "generator_loss"))
    for panel, group in zip(panels, names, strict=True):
        for name in group:
            values = np.array([float(row[name]) for row in rows])
            line = panel.plot(iteration, values, linewidth=0.4, alpha=0.35)
            color = line[0].get_color()
            panel.plot(
                iteration,
                running_mean(values, max(1, len(values) // 50)),
                color=color,
                linewidth=1.2,
                label=name,
            )
        panel.legend(fontsize=8, loc="upper right")
        panel.grid(color=GRID, linewidth=0.5)
    panels[1].set_yscale("symlog", linthresh=0.1)
    panels[-1].set_xlabel("iteration")
    save_figure(figure, path)


def running_mean(values: np.ndarray, width: int) -> np.ndarray:
    """Returns the mean of each value and up to ``width - 1`` before it: [N]."""
    total = np.cumsum(np.insert(values, 0, 0.0))
    end = np.arange(1, len(values) + 1)
    start = np.maximum(end - width, 0)
    return (total[end] - total[start]) / (end - start)


def save_figure(figure, path: str | os.PathLike) -> None:
    """Writes a figure beside its place and renames it into it."""
    path = pathlib.Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.png")
    # Without the Software entry the same sounds give the same bytes.
    figure.savefig(temporary, dpi=110, metadata={"Software": None})
    os.replace(temporary, path)


def _figure(width: float, height: float):
    # Not pyplot: it keeps every figure, and picks a screen.
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _draw_wave(axes, wave: np.ndarray) -> None:
    axes.plot(wave, color=INK, linewidth=0.4)
    axes.set_ylim(-1.05, 1.05)
    axes.set_xlim(0, len(wave))
    axes.set_xticks([])
    axes.set_yticks([])


def _draw_mel(axes, wave: np.ndarray, sample_rate: int, seconds: float) -> None:
    axes.imshow(
        mel_spectrogram_db(wave, sample_rate).T,
        origin="lower",
        aspect="auto",
        cmap="magma",
        vmin=-RANGE_DB,
        vmax=0,
        extent=(0, seconds, 0, 1),
    )
    axes.set_xticks([])
    axes.set_yticks([])
