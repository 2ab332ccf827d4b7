"""Measures of the latent space: interpolation paths and effective dimension."""

import collections
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_predict

from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.report import Reference
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.synth import Synth

PATHS, STEPS = 30, 30  # per class
DIRECTIONS = 1000  # number of z for the variance of the sounds
RANKED = 4  # z of which the stable rank is the median: each takes 2 Z sounds
STEP = 1e-2  # step in z of the finite differences
PATH_SEED, SPREAD_SEED = 2000, 3000  # of the first z of each


def measure_paths(model: Synth, reference: Reference) -> dict:
    """Measures interpolation paths of 30 steps between random sounds.

    Returns:
      Figures (see ``path_figures``) of "lerp", of "slerp" and of "crossfade",
      which mixes the audio of the two sounds: the baseline for all paths. A
      good generator is closer to real drums half way.
    """
    info = model.info
    z = latents.draw(info, PATH_SEED, 2 * PATHS)
    found = collections.defaultdict(list)
    for label in range(len(info.classes)):
        for method, way in (("lerp", latents.lerp), ("slerp", latents.slerp)):
            route = np.concatenate(
                [way(z[2 * i], z[2 * i + 1], STEPS) for i in range(PATHS)]
            )
            waves = model.generate(route, np.full(len(route), label))
            found[method].append(path_figures(reference, label, waves))
        ends = waves.reshape(PATHS, STEPS, -1)[:, [0, -1]]
        mixed = [latents.lerp(*pair, STEPS) for pair in ends]
        found["crossfade"].append(
            path_figures(reference, label, np.concatenate(mixed))
        )
    return {
        method: {
            name: float(np.mean([figures[name] for figures in of_class]))
            for name in of_class[0]
        }
        for method, of_class in found.items()
    }


def path_figures(reference: Reference, label: int, waves: np.ndarray) -> dict:
    """Returns the figures of the paths of one class.

    Args:
      reference: the real sounds to compare with.
      label: the class.
      waves: sounds of the paths, [PATHS * STEPS, T].

    Returns:
      length and straightness: medians, see ``path_measures``;
      step_ratio and step_ratio_95: median and 95th percentile;
      constancy and ends_right: fraction of all steps, and of the ends, that are
        classified as ``label``;
      middle_kad and ends_kad: distance of the steps half way, and of the ends,
        to validation sounds.
    """
    points, classes = reference.points_and_classes(waves)
    points = points.reshape(PATHS, STEPS, -1)
    measured = [path_measures(path) for path in points]
    is_correct = classes == label
    ends = points[:, [0, -1]].reshape(2 * PATHS, -1)
    real = reference.held_out_points(label)
    ratios = [path.step_ratio for path in measured]
    return {
        "length": np.median([path.length for path in measured]),
        "straightness": np.median([path.straightness for path in measured]),
        "step_ratio": np.median(ratios),
        "step_ratio_95": np.quantile(ratios, 0.95),
        "constancy": is_correct.mean(),
        "ends_right": is_correct.reshape(PATHS, STEPS)[:, [0, -1]].mean(),
        "middle_kad": kad(real, points[:, STEPS // 2]),
        "ends_kad": kad(real, ends),
    }


def measure_latent(model: Synth, reference: Reference) -> dict:
    """Returns measures of the effective dimension, means over classes."""
    info, found = model.info, []
    z = latents.draw(info, SPREAD_SEED, DIRECTIONS)
    for label in range(len(info.classes)):

        def points(z, label=label):
            waves = model.generate(z, np.full(len(z), label))
            return reference.points(waves)

        here = points(z)
        ranks = [stable_rank(jacobian(points, one)) for one in z[:RANKED]]
        found.append(
            {
                "explained": explained_variance(here, 3),
                "stable_rank": float(np.median(ranks)),
                "linear": linear_fraction(z, here),
            }
        )
    return {
        name: float(np.mean([of_class[name] for of_class in found]))
        for name in found[0]
    }


class PathMeasures(NamedTuple):
    """Measures of a path of embeddings.

    Attributes:
      length: sum of the lengths of all steps.
      step_ratio: largest step over the mean step; 1 if all are equal, the
        number of steps if everything changes in one.
      straightness: distance between the ends over the length.
    """

    length: float
    step_ratio: float
    straightness: float


def path_measures(points: np.ndarray) -> PathMeasures:
    """Returns the measures of a path of embeddings [S, D], with S at least 2.

    A constant path has length 0 and a step ratio of 1.
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


def explained_variance(points: np.ndarray, count: int = 3) -> float:
    """Returns the fraction of variance in the first principal components.

    Args:
      points: embeddings [N, D] of sounds from N different z.
      count: number of principal components.
    """
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    return float(spread[:count].sum() / max(spread.sum(), 1e-30))


def jacobian(
    embed: Callable[[np.ndarray], np.ndarray], z: np.ndarray
) -> np.ndarray:
    """Returns the Jacobian of a sound's embedding with respect to z: [D, Z].

    By central differences of 0.01.

    Args:
      embed: function z [N, Z] -> embeddings [N, D].
      z: latent vector [Z].
    """
    steps = STEP * np.eye(len(z), dtype=np.float32)
    moved = embed(np.concatenate([z + steps, z - steps]))
    forth, back = np.split(moved, 2)
    return (forth - back).T / (2 * STEP)


def stable_rank(matrix: np.ndarray) -> float:
    """Returns |A|²_F / |A|²_2, the effective rank of a matrix."""
    values = np.linalg.svd(matrix, compute_uv=False) ** 2
    return float(values.sum() / max(values[0], 1e-30))


def linear_fraction(z: np.ndarray, points: np.ndarray) -> float:
    """Returns the fraction of the embeddings' variance that is linear in z.

    The cross-validated R² of a ridge regression (five folds): 1 if the
    embeddings are a linear map of z, 0 or less if they do not depend on z
    linearly, or at all.

    Args:
      z: latent vectors [N, Z].
      points: embeddings [N, D].
    """
    guessed = cross_val_predict(Ridge(1e-3 * len(z)), z, points, cv=5)
    left = np.square(points - guessed).sum()
    whole = np.square(points - points.mean(axis=0)).sum()
    return float(1 - left / whole) if whole > 0 else 0.0
