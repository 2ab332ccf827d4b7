"""Choice of a kit's sounds: clean, of their class, and far from each other."""

from collections.abc import Sequence

import numpy as np

from wavegan_cond.evaluation import signal_quality, traits
from wavegan_cond.evaluation.distances import squared_distances
from wavegan_cond.evaluation.embedding import Embedding, hear
from wavegan_cond.evaluation.neighbours import (
    COPY,
    closest_correlation,
    farthest_points,
    nearest,
)

SILENT = 0.01  # peak: -40 dB
NEIGHBOURS = 9  # of a sound, whose classes are counted
REACH = 5  # the neighbour of its class that says how odd a sound is
ODD = 0.1  # of a class: those farthest from their neighbours


class KitError(ValueError):
    """Kit that cannot be made of these sounds."""

    exit_code = 2


def find_faults(
    waveforms: np.ndarray, labels: np.ndarray, points: np.ndarray, rate: int
) -> dict[str, np.ndarray]:
    """Returns which sounds have which fault, bool [N] by its name.

    ``silent``: the peak is below -40 dB. ``clipped``: more than a thousandth
    of the samples are at full scale. ``rises again``: by 6 dB, when a drum has
    settled. ``like another class``: of its nine nearest neighbours in the pool
    most are of one. ``odd``: of the tenth of its class that lies farthest from
    its neighbours.

    Args:
      waveforms: float32 [N, T].
      labels: int [N].
      points: embeddings [N, D].
      rate: sample rate in Hz.
    """
    clipped = np.abs(waveforms) > signal_quality.FULL_SCALE
    return {
        "silent": np.abs(waveforms).max(axis=1) < SILENT,
        "clipped": clipped.mean(axis=1) > signal_quality.MOST_CLIPPED,
        "rises again": traits.traits(waveforms, rate)["swells"] > 0,
        "like another class": majority(points, labels) != labels,
        "odd": find_odd(points, labels),
    }


def majority(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns the commonest label among the neighbours of each point, [N].

    Args:
      points: [N, D].
      labels: int [N].
    """
    count = min(NEIGHBOURS, len(points) - 1)
    around = labels[nearest(points, points, count + 1)[:, 1:]]
    return np.array([np.bincount(row).argmax() for row in around])


def find_odd(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns which points are the odd ones of their label, bool [N]."""
    odd = np.zeros(len(points), bool)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        squares = squared_distances(points[rows], points[rows])
        reach = np.sort(squares, axis=1)[:, min(REACH, len(rows) - 1)]
        odd[rows] = reach > np.quantile(reach, 1 - ODD)
    return odd


def spread(waveforms: np.ndarray, points: np.ndarray, count: int) -> list[int]:
    """Returns the indices of sounds far apart, none a copy of another.

    Args:
      waveforms: float32 [N, T].
      points: their embeddings [N, D].
      count: number of sounds; fewer are returned where all others are copies.
    """
    taken: list[int] = []
    for index in farthest_points(points, len(points)) if len(points) else ():
        if len(taken) == count:
            break
        others = waveforms[taken][None]
        alone = not taken
        if alone or closest_correlation(waveforms[[index]], others)[0] < COPY:
            taken.append(int(index))
    return taken


def choose(
    waveforms: np.ndarray,
    labels: np.ndarray,
    counts: Sequence[int],
    names: Sequence[str],
    rate: int,
) -> tuple[list[list[int]], dict[str, dict[str, int]]]:
    """Chooses the sounds of a kit from a pool.

    Args:
      waveforms: the pool, float32 [N, T].
      labels: index into ``names`` of each, int [N].
      counts: number of sounds to choose of each class.
      names: names of the classes, for messages.
      rate: sample rate in Hz.

    Returns:
      Indices into the pool of each class, and how many sounds of each class
      have which fault.

    Raises:
      KitError: a class has fewer clean, different sounds than are wanted.
    """
    heard = hear(waveforms)
    points = Embedding.of(heard).points(heard)
    faults = find_faults(waveforms, labels, points, rate)
    clean = ~np.any(list(faults.values()), axis=0)
    chosen, found = [], {}
    for label, (name, count) in enumerate(zip(names, counts, strict=True)):
        own = labels == label
        found[name] = {k: int((v & own).sum()) for k, v in faults.items()}
        rows = np.flatnonzero(own & clean)
        taken = rows[spread(waveforms[rows], points[rows], count)]
        if len(taken) < count:
            raise KitError(_shortage(name, count, taken, rows, own, found))
        chosen.append(taken.tolist())
    return chosen, found


def _shortage(name, count, taken, rows, own, found) -> str:
    """Returns what is missing, and what to do."""
    reasons = ", ".join(f"{n} {k}" for k, n in found[name].items() if n)
    return (
        f"of {own.sum()} sounds of {name}, {len(rows)} are clean"
        + (f" ({reasons})" if reasons else "")
        + f" and {len(taken)} of these differ; {count} are wanted: ask for "
        "fewer, draw more (--pool), or train the model longer"
    )
