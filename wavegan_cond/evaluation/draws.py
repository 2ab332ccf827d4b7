"""Figures that depend on how many sounds there are, of as many on both sides.

The first ones that a model makes would be a matter of luck: the recall of 60 of
its sounds scatters by 0.07 from one choice to the next, and all classes are
made from the same latent vectors, so that they scatter together.
"""

from collections.abc import Callable, Mapping

import numpy as np

from wavegan_cond.evaluation.neighbours import Manifold, manifold

DRAWS = 25


def draws(total: int, count: int) -> list[np.ndarray]:
    """Returns which sounds are measured together, one array for each draw.

    Args:
      total: number of sounds.
      count: sounds of a draw, at most ``total``.

    Returns:
      Arrays of ``count`` different indices each, the same for the same
      arguments; only one where all sounds are taken.
    """
    if count >= total:
        return [np.arange(total)]
    random = np.random.default_rng(0)
    return [random.permutation(total)[:count] for _ in range(DRAWS)]


def mean_over_draws(
    measure: Callable[[np.ndarray], Mapping[str, float]], total: int, count: int
) -> dict[str, float]:
    """Returns the mean of figures over ``draws``.

    Args:
      measure: from the indices of some sounds to their figures.
      total: number of sounds.
      count: sounds of a draw.
    """
    found = [measure(rows) for rows in draws(total, count)]
    return {
        name: float(np.mean([figures[name] for figures in found]))
        for name in found[0]
    }


def manifold_of_as_many(real: np.ndarray, made: np.ndarray) -> Manifold:
    """Returns the mean ``manifold`` of as many points as there are real ones.

    Args:
      real: [N, D].
      made: [M, D], M at least N.
    """
    found = mean_over_draws(
        lambda drawn: manifold(real, made[drawn])._asdict(),
        len(made),
        len(real),
    )
    return Manifold(**found)
