"""The picture of experiments.claims.compare_growing: quality against time."""

import itertools
import os
from collections.abc import Iterable

from wavegan_cond.plotting.panels import GRID, new_figure, save_figure

COLORS = {"direct": "#1f3b57", "grown": "#d1495b"}
STYLES = ("-", "--", ":", "-.")  # of lines


def draw(result: dict, path: str | os.PathLike) -> None:
    """Draws distance and accuracy of every run against seconds.

    Args:
      result: of ``growing_result.measure``.
      path: of the PNG.
    """
    figure = new_figure(7, 5, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    styles = seed_styles(result["runs"])
    for name, run in result["runs"].items():
        kind, _, seed = name.partition("_")
        seconds = [point["seconds"] / 60 for point in run["points"]]
        line = {
            "color": COLORS[kind],
            "linestyle": styles[seed],
            "marker": ".",
            "label": f"{kind}, seed {seed}",
        }
        above.plot(seconds, [point["kad"] for point in run["points"]], **line)
        accuracy = [point["accuracy"] for point in run["points"]]
        below.plot(seconds, accuracy, **line)
    above.set_yscale("log")
    above.set_ylabel("KAD to held-out sounds")
    below.set_ylabel("classified as requested")
    below.set_xlabel("minutes of training")
    below.axhline(0.9, color=GRID, linewidth=1)
    for axes in (above, below):
        axes.grid(color=GRID, linewidth=0.5)
    above.legend(fontsize=8)
    save_figure(figure, path)


def seed_styles(names: Iterable[str]) -> dict[str, str]:
    """Returns seed -> style of its lines; the fifth has that of the first.

    Args:
      names: of the runs, such as grown_0.
    """
    seeds = dict.fromkeys(name.partition("_")[2] for name in names)
    return dict(zip(seeds, itertools.cycle(STYLES), strict=False))
