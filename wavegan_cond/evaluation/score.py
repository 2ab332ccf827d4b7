"""Score of a checkpoint: the distance of generated to real sounds."""

from collections.abc import Callable, Sequence

import numpy as np

from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.embedding import Embedding, hear
from wavegan_cond.synthesis import latents

# Validation sounds per class; with fewer the score is too noisy.
MIN_SOUNDS, MAX_SOUNDS = 16, 300
SOUNDS = 100  # generated per class, always from the same z
SEED = 2_000_000  # of these z; those of sounds that are measured are others


class Score:
    """Mean over classes of the distance to validation sounds (``kad``).

    Args:
      seen: training sounds [N, T], to which the embedding is fitted.
      held_out: validation sounds [n, T] of each class.
      latent_dim: dimension of z.
      prior: distribution of z, "normal" or "uniform".
    """

    def __init__(
        self,
        seen: np.ndarray,
        held_out: Sequence[np.ndarray],
        latent_dim: int,
        prior: str,
    ):
        self._embed = Embedding.of(hear(seen))
        self._real = [self._embed(waves) for waves in held_out]
        self._z = latents.draw(SEED, SOUNDS, latent_dim, prior)

    def __call__(self, generate: Callable) -> float:
        """Returns the score of ``generate``: z [N, Z], label [N] -> [N, T]."""
        distances = []
        for label, real in enumerate(self._real):
            labels = np.full(SOUNDS, label, np.int32)
            waves = generate(self._z, labels)
            distances.append(kad(real, self._embed(waves)))
        return float(np.mean(distances))
