"""One number for how far a generator is from real sounds, while it trains."""

from collections.abc import Callable, Sequence

import numpy as np

from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.features import Embedding
from wavegan_cond.synthesis import latents

FEWEST, MOST = 16, 300  # held-out sounds a class; with fewer it is noise
SOUNDS = 100  # made of each class, always from the same z


class Score:
    """The mean over classes of the distance to held-out sounds (``kad``).

    Args:
      seen: [N, T], sounds of the training split that give the axes.
      held_out: for each class the held-out sounds, [n, T].
      latent_dim: size of z.
      prior: of z.
    """

    def __init__(
        self,
        seen: np.ndarray,
        held_out: Sequence[np.ndarray],
        latent_dim: int,
        prior: str,
    ):
        self._embed = Embedding(seen)
        self._real = [self._embed(waves) for waves in held_out]
        self._z = latents.draw(0, SOUNDS, latent_dim, prior)

    def __call__(self, generate: Callable) -> float:
        """Returns the score of ``generate``: z [N, Z], label [N] -> [N, T]."""
        distances = []
        for label, real in enumerate(self._real):
            labels = np.full(SOUNDS, label, np.int32)
            waves = generate(self._z, labels)
            distances.append(kad(real, self._embed(waves)))
        return float(np.mean(distances))
