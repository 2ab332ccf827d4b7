"""The page of experiments.preview: what a model makes, and what is near it."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from data_prep.store.store import Store
from experiments.common import page
from experiments.common.steps import Steps
from experiments.common.store_files import file_names
from wavegan_cond.schedule import make_schedule, stage_of
from wavegan_cond.synthesis.wav import to_float
from wavegan_cond.training.run_dir import RunDir

if TYPE_CHECKING:
    from wavegan_cond.evaluation.embedding import Embedding

CANDIDATES = 200  # sounds of each class of which the page shows a few
AXES = 1000  # real sounds that the axes of comparison are fitted to
LEAST_COMPARED = 100  # real sounds of each class, however short the time
LITTLE = 300  # iterations, after which a model makes hardly more than noise


class Shown(Protocol):
    """What a page shows.

    Attributes:
      num: sounds of each class.
      nearest: real sounds below each.
      compare: real sounds of each class that are looked at.
    """

    num: int
    nearest: int
    compare: int


def write(
    store: Store,
    folder: Path,
    settings: Shown,
    steps: Steps,
    end: float = float("inf"),
) -> None:
    """Writes ``index.html`` from the run that is in the folder.

    Args:
      store: the collection.
      folder: with the run.
      settings: what is shown.
      steps: told how far it is.
      end: when the page shall be there, as ``time.monotonic`` has it; fewer
        real sounds are looked at if it is near.
    """
    from wavegan_cond.evaluation.embedding import Embedding, hear
    from wavegan_cond.evaluation.measure_model import generate_all
    from wavegan_cond.model.subsample import subsample_evenly
    from wavegan_cond.saved_models.load import load_model

    model = load_model(folder / "run", full_rate=True)
    steps.note(f"generating {CANDIDATES} sounds of each class")
    waves, labels = generate_all(model, CANDIDATES, 0)
    steps.note("comparing with real sounds")
    started = time.monotonic()
    rows = subsample_evenly(np.arange(store.train), AXES)
    embed = Embedding.of(hear(store.read_rows(rows)))
    now = time.monotonic()
    rate = len(rows) / (now - started)  # sounds a second
    each = affordable(settings.compare, rate * (end - now), len(store.classes))
    groups, paths = [], file_names(store)
    for label, name in enumerate(store.classes):
        steps.note(f"{name}: up to {each} real sounds")
        made = waves[labels == label]
        groups += class_groups(store, embed, label, made, each, settings, paths)
    little = too_little(folder, model.info.iteration)
    if little:
        steps.note(little)
    page.build(
        folder / "index.html",
        groups,
        "What lives in this collection",
        f"{little} Generated after {model.info.iteration} iterations, spread "
        "over what the model makes; below each the real sounds nearest to it.",
    )


def affordable(wanted: int, sounds: float, classes: int) -> int:
    """Returns the real sounds of each class to look at.

    Args:
      wanted: at most.
      sounds: that there is time for; half of it is left to the page.
      classes: that share them.
    """
    return int(min(wanted, max(LEAST_COMPARED, sounds / 2 / classes)))


def too_little(folder: Path, iteration: int) -> str:
    """Returns a warning if a run was trained too little to be shown, or ""."""
    model, train, _ = RunDir(folder / "run").read_config()
    schedule = make_schedule(model, train)
    early = stage_of(schedule, iteration) != schedule[-1]
    if not early and iteration >= LITTLE:
        return ""
    end = ", before the last stage of growing" if early else ""
    return (
        f"Trained for {iteration} iterations only{end}: these sounds are "
        "closer to noise than to the collection. More --minutes and a new "
        "--output_dir make better ones."
    )


def class_groups(
    store: Store,
    embed: "Embedding",
    label: int,
    made: np.ndarray,
    compare: int,
    settings: Shown,
    paths: Mapping[int, str],
) -> list:
    """Returns the rows of a class: generated sounds, and the real ones.

    Args:
      store: the collection.
      embed: waves [N, T] -> points [N, D].
      label: of the class.
      made: generated waves [N, T] to choose from.
      compare: number of real sounds to look at.
      settings: how many are shown.
      paths: of ``store_files.file_names``.
    """
    from wavegan_cond.evaluation import neighbours

    name = store.classes[label]
    points, rows = embed(made), real_rows(store, label, compare)
    chosen = neighbours.farthest_points(points, settings.num)
    close = neighbours.nearest(
        points[chosen],
        embed_rows(store, embed, rows),
        min(settings.nearest, len(rows)),
    )
    names = [f"made {number}" for number in range(1, len(chosen) + 1)]
    groups = [page.group(name, names, made[chosen], store.sample_rate)]
    for place in range(close.shape[1]):
        real = rows[close[:, place]]
        names = [paths.get(int(row), f"row {row}") for row in real]
        waves = to_float(store.read_rows(real))
        title = f"{name}: {'nearest' if not place else 'next'} real sound"
        groups.append(
            page.group(title, names, waves, store.sample_rate, beat=False)
        )
    return groups


def real_rows(store: Store, label: int, most: int) -> np.ndarray:
    """Returns up to ``most`` training rows of a class, evenly spaced."""
    from wavegan_cond.model.subsample import subsample_evenly

    rows = np.flatnonzero(store.labels[: store.train] == label)
    return subsample_evenly(rows, most)


def embed_rows(
    store: Store, embed: "Embedding", rows: np.ndarray
) -> np.ndarray:
    """Returns where rows lie, [N, D], read piece by piece."""
    pieces = [
        embed(store.read_rows(rows[start : start + 512]))
        for start in range(0, len(rows), 512)
    ]
    return np.concatenate(pieces)
