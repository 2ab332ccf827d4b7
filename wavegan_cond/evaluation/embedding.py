"""E0: sounds as points, by what is loud when. Nothing is learned but axes."""

import numpy as np

from wavegan_cond.evaluation.features import FeatureError, log_mel

POOLS = 16  # stretches of time, short at the start and long at the end
DIMENSIONS = 64
AT_ONCE = 512  # sounds whose log-mel is held: 25 MB at 16384 samples


class Embedding:
    """Log-mel energies in 16 stretches of time, z-scored, on principal axes.

    Fitted once on real sounds; what is compared goes through the same axes.

    Args:
      waveforms: [N, T] as ``features.log_mel`` takes them.
      floor: of the log-mel, 'audible' or 'absolute'.

    Raises:
      FeatureError: fewer than two sounds, or none that differ.
    """

    def __init__(self, waveforms: np.ndarray, floor: str = "audible"):
        self._floor = floor
        pooled = self._pool(waveforms)
        if len(pooled) < 2:
            raise FeatureError(f"{len(pooled)} sounds: axes need two or more")
        self._mean = pooled.mean(axis=0)
        deviation = pooled.std(axis=0)
        # What never changes says nothing, and must not be divided by zero.
        self._scale = np.where(deviation > 1e-6, 1 / (deviation + 1e-12), 0)
        scored = (pooled - self._mean) * self._scale
        _, strength, axes = np.linalg.svd(scored, full_matrices=False)
        kept = min(DIMENSIONS, int(np.sum(strength > 1e-6 * strength[0])))
        if not kept:
            raise FeatureError("the sounds are all the same")
        self._axes = axes[:kept].T  # [features, dimensions]

    def __call__(self, waveforms: np.ndarray) -> np.ndarray:
        """Returns float64 [N, dimensions], at most 64 of them."""
        scored = (self._pool(waveforms) - self._mean) * self._scale
        return scored @ self._axes

    def _pool(self, waveforms: np.ndarray) -> np.ndarray:
        parts = [
            pool(log_mel(waveforms[start : start + AT_ONCE], self._floor))
            for start in range(0, max(1, len(waveforms)), AT_ONCE)
        ]
        return np.concatenate(parts)


def pool(energies: np.ndarray) -> np.ndarray:
    """Returns the means over stretches of time that grow: [N, pools * bands].

    Args:
      energies: [N, frames, bands].
    """
    frames = energies.shape[1]
    edges = np.geomspace(1, frames, POOLS + 1).round().astype(int)
    starts = np.unique(edges - 1)[:-1] if frames > 1 else np.array([0])
    sums = np.add.reduceat(energies, starts, axis=1, dtype=np.float64)
    widths = np.diff(np.append(starts, frames))
    return (sums / widths[:, None]).reshape(len(energies), -1)
