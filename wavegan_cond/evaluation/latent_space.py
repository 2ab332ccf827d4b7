"""What a model makes along paths through its latent space, and all over it."""

import collections
import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_predict

from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.report import Reference
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.synth import Synth

PATHS, STEPS = 30, 30  # of each class
DIRECTIONS = 1000  # z whose sounds are spread out
STEP = 1e-2  # of a latent number, for the derivatives by it
PATH_SEED, SPREAD_SEED = 2000, 3000  # other z than those of a report


def measure_paths(model: Synth, reference: Reference) -> dict:
    """Returns what paths of 30 steps between random sounds are like.

    Returns:
      Figures (see ``describe``) of "lerp", of "slerp" and of "crossfade",
      which mixes the two sounds: the control that any path must beat.
    """
    info = model.info
    z = latents.draw(PATH_SEED, 2 * PATHS, info.latent_dim, info.prior)
    found = collections.defaultdict(list)
    for label in range(len(info.classes)):
        for method, way in (("lerp", latents.lerp), ("slerp", latents.slerp)):
            route = np.concatenate(
                [way(z[2 * i], z[2 * i + 1], STEPS) for i in range(PATHS)]
            )
            waves = model.generate(route, np.full(len(route), label))
            found[method].append(describe(reference, label, waves))
        ends = waves.reshape(PATHS, STEPS, -1)[:, [0, -1]]
        mixed = [crossfade(*pair, STEPS) for pair in ends]
        found["crossfade"].append(
            describe(reference, label, np.concatenate(mixed))
        )
    return {
        method: {
            name: float(np.mean([figures[name] for figures in of_class]))
            for name in of_class[0]
        }
        for method, of_class in found.items()
    }


def describe(reference: Reference, label: int, waves: np.ndarray) -> dict:
    """Returns the figures of the paths of a class, [PATHS * STEPS, T].

    Returns:
      length and straightness: medians, see ``path_measures``;
      step_ratio: its median, and what 95 of 100 paths do not exceed;
      constancy: share of the steps heard as the class, and of the ends alone;
      kad: distance to held-out sounds half way, and of the ends.
    """
    points = reference.points(waves).reshape(PATHS, STEPS, -1)
    measured = [path_measures(path) for path in points]
    heard = reference.classifier.predict(waves).argmax(axis=1) == label
    ends = points[:, [0, -1]].reshape(2 * PATHS, -1)
    real = reference.held_out_points(label)
    ratios = [path.step_ratio for path in measured]
    return {
        "length": np.median([path.length for path in measured]),
        "straightness": np.median([path.straightness for path in measured]),
        "step_ratio": np.median(ratios),
        "step_ratio_95": np.quantile(ratios, 0.95),
        "constancy": heard.mean(),
        "ends_right": heard.reshape(PATHS, STEPS)[:, [0, -1]].mean(),
        "middle_kad": kad(real, points[:, STEPS // 2]),
        "ends_kad": kad(real, ends),
    }


def measure_latent(model: Synth, reference: Reference) -> dict:
    """Returns how the latent space is used, a mean over classes."""
    info, found = model.info, []
    z = latents.draw(SPREAD_SEED, DIRECTIONS, info.latent_dim, info.prior)
    for label in range(len(info.classes)):
        points = functools.partial(points_of, model, reference, label)
        here = points(z)
        ranks = [stable_rank(jacobian(points, one)) for one in z[:4]]
        found.append(
            {
                "explained": explained(here, 3),
                "stable_rank": float(np.median(ranks)),
                "linear": linear_share(z, here),
            }
        )
    return {
        name: float(np.mean([of_class[name] for of_class in found]))
        for name in found[0]
    }


def points_of(model, reference: Reference, label: int, z) -> np.ndarray:
    """Returns where the sounds of z lie: [N, Z] -> [N, D]."""
    return reference.points(model.generate(z, np.full(len(z), label)))


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


def explained(points: np.ndarray, count: int = 3) -> float:
    """Returns the share of the variance in the first principal directions.

    Args:
      points: [N, D] of sounds from N different z.
      count: directions.
    """
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    return float(spread[:count].sum() / max(spread.sum(), 1e-30))


def jacobian(
    points_of: Callable[[np.ndarray], np.ndarray], z: np.ndarray
) -> np.ndarray:
    """Returns how a sound's point moves with each number of z: [D, Z].

    By central differences of 0.01.

    Args:
      points_of: z [N, Z] -> points [N, D].
      z: [Z].
    """
    steps = STEP * np.eye(len(z), dtype=np.float32)
    moved = points_of(np.concatenate([z + steps, z - steps]))
    forth, back = np.split(moved, 2)
    return (forth - back).T / (2 * STEP)


def stable_rank(matrix: np.ndarray) -> float:
    """Returns |A|²_F / |A|²_2: in how many directions a map acts alike."""
    values = np.linalg.svd(matrix, compute_uv=False) ** 2
    return float(values.sum() / max(values[0], 1e-30))


def linear_share(z: np.ndarray, points: np.ndarray) -> float:
    """Returns the share of the points' variance that is linear in z.

    R² of a ridge regression, of points it was not fitted to (five folds): 1
    where the points are a linear map of z, 0 or less where they are none.

    Args:
      z: [N, Z].
      points: [N, D].
    """
    guessed = cross_val_predict(Ridge(1e-3 * len(z)), z, points, cv=5)
    left = np.square(points - guessed).sum()
    return float(1 - left / np.square(points - points.mean(axis=0)).sum())
