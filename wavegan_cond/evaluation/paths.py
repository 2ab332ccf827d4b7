"""How evenly sounds change along a path through the latent space."""

from typing import NamedTuple

import numpy as np


class PathMeasures(NamedTuple):
    """A path of sounds as points.

    Attributes:
      length: sum of all steps.
      step_ratio: the largest step over the mean one; 1 if they are even, as
        many as there are steps if all happens in one.
      straightness: distance of the ends over the length.
    """

    length: float
    step_ratio: float
    straightness: float


def path_measures(points: np.ndarray) -> PathMeasures:
    """Returns the measures of a path, [steps, D], two steps at least.

    A path that stands still has no length; its steps are even.
    """
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    length = steps.sum()
    if not length:
        return PathMeasures(0.0, 1.0, 1.0)
    return PathMeasures(
        length=float(length),
        step_ratio=float(steps.max() / steps.mean()),
        straightness=float(np.linalg.norm(points[-1] - points[0]) / length),
    )


def crossfade(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Returns what a mixer makes between two sounds: [T], [T] -> [steps, T].

    The control of a path: a generator that passes through drums is nearer to
    real ones half way than this.
    """
    place = np.linspace(0, 1, steps)[:, None]
    return ((1 - place) * start + place * end).astype(np.float32)
