"""Score of a checkpoint: the distance to real sounds, and the variety.

The distance is the first to end its fall, and is then the same but for chance;
the variety still grows for thousands of iterations.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.draws import manifold_of_as_many
from wavegan_cond.evaluation.embedding import Embedding, hear
from wavegan_cond.synthesis import latents

# Validation sounds per class; with fewer the score is too noisy.
MIN_SOUNDS, MAX_SOUNDS = 16, 300
SOUNDS = 300  # generated per class, always from the same z
VARIETY = 2.0  # a recall of 0 in the place of 1 counts as so much distance
SEED = 2_000_000  # of these z; sounds that are measured begin at --seed


class Scored(NamedTuple):
    """What is known of a checkpoint.

    Attributes:
      kad: distance to validation sounds, mean over classes.
      recall: share of the validation sounds that are like a generated one, mean
        over classes.
    """

    kad: float
    recall: float

    @property
    def score(self) -> float:
        """By which checkpoints are compared: lower is better."""
        return self.kad + VARIETY * (1 - self.recall)


class Score:
    """Finds what is known of a checkpoint.

    Args:
      seen: training sounds [N, T], to which the embedding is fitted.
      held_out: validation sounds [n, T] of each class.
      model: configuration of the model, for z.
    """

    def __init__(
        self,
        seen: np.ndarray,
        held_out: Sequence[np.ndarray],
        model: ModelConfig,
    ):
        self._embed = Embedding.of(hear(seen))
        self._real = [self._embed(waves) for waves in held_out]
        self._z = latents.draw(model, SEED, SOUNDS)

    def __call__(self, generate: Callable) -> Scored:
        """Measures ``generate``: z [N, Z], label [N] -> [N, T]."""
        found = []
        for label, real in enumerate(self._real):
            labels = np.full(SOUNDS, label, np.int32)
            made = self._embed(generate(self._z, labels))
            found.append(
                (kad(real, made), manifold_of_as_many(real, made).recall)
            )
        return Scored(*map(float, np.mean(found, axis=0)))
