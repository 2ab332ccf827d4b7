"""What a model makes along paths through its latent space, and all over it."""

import collections
import functools

import numpy as np

from wavegan_cond.evaluation import latent_use, paths
from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.report import Reference
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.synth import Synth

PATHS, STEPS = 30, 30  # of each class
DIRECTIONS = 1000  # z whose sounds are spread out
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
        mixed = [paths.crossfade(*pair, STEPS) for pair in ends]
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
      length and straightness: medians, see ``paths.path_measures``;
      step_ratio: its median, and what 95 of 100 paths do not exceed;
      constancy: share of the steps heard as the class, and of the ends alone;
      kad: distance to held-out sounds half way, and of the ends.
    """
    points = reference.points(waves).reshape(PATHS, STEPS, -1)
    measured = [paths.path_measures(path) for path in points]
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
        ranks = [
            latent_use.stable_rank(latent_use.jacobian(points, one))
            for one in z[:4]
        ]
        found.append(
            {
                "explained": latent_use.explained(here, 3),
                "stable_rank": float(np.median(ranks)),
                "linear": latent_use.linear_share(z, here),
            }
        )
    return {
        name: float(np.mean([of_class[name] for of_class in found]))
        for name in found[0]
    }


def points_of(model, reference: Reference, label: int, z) -> np.ndarray:
    """Returns where the sounds of z lie: [N, Z] -> [N, D]."""
    return reference.points(model.generate(z, np.full(len(z), label)))
