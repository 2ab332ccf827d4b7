"""Pictures of sounds and of a run: contact sheets and the loss curve."""

import io
import itertools
import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wavegan_cond.plotting.spectrogram import RANGE_DB, mel_spectrogram_db
from wavegan_cond.storage.atomic import write_bytes
from wavegan_cond.storage.untrusted import open_regular

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GRID, QUIET = "#1f3b57", "#d8dee4", "#5c6b7a"
COLUMNS = 400  # of a waveform, each from its lowest to its highest sample
DPI = 110
MOST_ROWS = 60  # of a contact sheet: 11,000 pixels

# Inches of a contact sheet.
TILE, WAVE, MEL, TITLE, GAP, MARGIN, HEADING = 1.5, 0.5, 0.8, 0.2, 0.1, 0.1, 0.2


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
      waves: float32 [N, T] in [-1, 1]; of many the first rows are drawn, and
        the heading says so.
      titles: one a sound.
      sample_rate: in Hz.
      columns: sounds a row.
      heading: over the sheet.
    """
    count = len(waves)
    waves, titles = (part[: MOST_ROWS * columns] for part in (waves, titles))
    rows = -(-len(waves) // columns)
    tile = TITLE + WAVE + MEL + GAP
    width = 2 * MARGIN + columns * (TILE + GAP) - GAP
    height = 2 * MARGIN + HEADING + rows * tile
    figure = new_figure(width, height)
    for index, (wave, title) in enumerate(zip(waves, titles, strict=True)):
        row, column = divmod(index, columns)
        left = MARGIN + column * (TILE + GAP)
        top = height - MARGIN - HEADING - row * tile
        middle = top - TITLE - WAVE
        boxes = ((middle, WAVE), (middle - MEL, MEL))
        above, below = (
            figure.add_axes(
                (left / width, y / height, TILE / width, high / height)
            )
            for y, high in boxes
        )
        draw_wave(above, wave)
        draw_mel(below, wave, sample_rate)
        above.set_title(plain(title), fontsize=7, pad=2, color=INK)
        for axes in (above, below):
            axes.set(xticks=[], yticks=[])
    if len(waves):
        milliseconds = 1000 * waves.shape[1] / sample_rate
        note = f"{milliseconds:.0f} ms, mel scale, {RANGE_DB:.0f} dB"
        if count > len(waves):
            note += f", the first {len(waves)} of {count}"
        text = f"{plain(heading)}   ({note})" if heading else note
        y = 1 - (MARGIN + HEADING / 2) / height
        figure.text(
            MARGIN / width, y, text, fontsize=9, color=QUIET, va="center"
        )
    save_figure(figure, path)


def loss_curve(path: str | os.PathLike, log: str | os.PathLike) -> None:
    """Draws the log of a run: Wasserstein estimate, penalty, losses.

    Args:
      path: of the PNG.
      log: the ``log.csv`` of the run.
    """
    with io.TextIOWrapper(open_regular(log), "utf-8") as file:
        names = file.readline().strip().split(",")
        lines = file.readlines()
    if not lines:
        return
    # As one array: the log of a long run in pieces fills memory.
    rows = np.loadtxt(lines, np.float32, delimiter=",", ndmin=2)
    figure = new_figure(7, 6, layout="constrained")
    panels = figure.subplots(3, 1, sharex=True)
    columns = dict(zip(names, rows.T, strict=True))
    groups = (("wasserstein",), ("penalty",), ("critic_loss", "generator_loss"))
    for panel, group in zip(panels, groups, strict=True):
        for name in group:
            values = columns[name]
            line = panel.plot(
                columns["iteration"], values, linewidth=0.4, alpha=0.35
            )
            color = line[0].get_color()
            panel.plot(
                columns["iteration"],
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


def save_figure(figure: "Figure", path: str | os.PathLike) -> None:
    """Writes a figure beside its place and renames it into it.

    Raises:
      WriteError: it cannot be written.
    """
    write_bytes(path, png(figure, DPI))


def png(figure: "Figure", dpi: int) -> bytes:
    """Returns a figure as the content of a PNG file.

    A letter that the font lacks, as in the name of a class, is drawn as a box,
    and is no reason to warn.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        # Without the Software entry the same sounds give the same bytes.
        figure.savefig(
            buffer, format="png", dpi=dpi, metadata={"Software": None}
        )
    return buffer.getvalue()


def plain(text: str) -> str:
    """Returns a text that matplotlib draws as it is, without formulas."""
    return text.replace("$", r"\$")


def new_figure(
    width: float, height: float, layout: str | None = None
) -> "Figure":
    """Returns an empty matplotlib figure, sized in inches."""
    # Not pyplot: it keeps every figure, and picks a screen.
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout=layout)


def draw_wave(axes: "Axes", wave: np.ndarray, seconds: float = 1.0) -> None:
    """Draws a waveform, float32 [T], over 0 to ``seconds``."""
    low, high = extremes(wave, COLUMNS)
    place = (np.arange(len(low)) + 0.5) / len(low) * seconds
    axes.fill_between(place, low, high, color=INK, linewidth=0.5)
    axes.set(xlim=(0, seconds), ylim=(-1.05, 1.05))
    soften(axes)


def extremes(wave: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the lowest and the highest sample of each column, [columns].

    A column reaches to the first sample of the next, so that a slow wave is
    drawn as a line without gaps. Fewer samples than columns: one a column.
    """
    columns = min(columns, len(wave))
    edges = np.linspace(0, len(wave), columns + 1).astype(int)
    parts = [wave[a : b + 1] for a, b in itertools.pairwise(edges)]
    return (
        np.array([part.min() for part in parts]),
        np.array([part.max() for part in parts]),
    )


def draw_mel(
    axes: "Axes", wave: np.ndarray, sample_rate: int, seconds: float = 1.0
) -> None:
    """Draws a mel spectrogram over 0 to ``seconds`` and 0 to 1."""
    show_mel(axes, mel_spectrogram_db(wave, sample_rate), 0, seconds)


def show_mel(axes: "Axes", mel: np.ndarray, left: float, right: float) -> None:
    """Draws decibels [frames, mels] from ``left`` to ``right`` and 0 to 1."""
    axes.imshow(
        mel.T,
        origin="lower",
        aspect="auto",
        cmap="magma",
        vmin=-RANGE_DB,
        vmax=0,
        extent=(left, right, 0, 1),
    )
    soften(axes)


def soften(axes: "Axes") -> None:
    """Makes the frame and the ticks of a panel step back."""
    for spine in axes.spines.values():
        spine.set(color=GRID, linewidth=0.8)
    axes.tick_params(colors=QUIET, labelsize=7, width=0.6, length=3)
