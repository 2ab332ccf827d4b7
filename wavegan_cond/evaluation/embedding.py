"""Embedding of sounds (E0), and all else that is heard in one spectrum.

The spectrum of a sound costs more than anything made from it: ``hear`` makes
it once, for both floors and for the classifier.
"""

import dataclasses
from typing import NamedTuple

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

from wavegan_cond.evaluation.features import (
    AUDIBLE_RANGE,
    FLOORS,
    FeatureError,
    each_chunk,
    log_above,
    mel_energies,
)

POOLS = 16  # time spans, short at the start and long at the end
DIMENSIONS = 64
FEW_AXES = 4  # times as many features have axes found one by one
DEPTH = -np.log(AUDIBLE_RANGE)  # of the audible floor


class Heard(NamedTuple):
    """Features of N sounds, all from one spectrum of each.

    Attributes:
      audible: pooled log-mel energies with the audible floor, float64 [N, F].
      absolute: the same with the absolute floor.
      relative: float16 [N, frames, 96], see ``relative_to_loudest``.
    """

    audible: np.ndarray
    absolute: np.ndarray
    relative: np.ndarray

    def select(self, rows: np.ndarray) -> "Heard":
        """Returns what is heard of some of the sounds."""
        return Heard(*(part[rows] for part in self))


def hear(waveforms: np.ndarray) -> Heard:
    """Returns what is heard of sounds [N, T], see ``features.each_chunk``."""
    parts = list(each_chunk(_hear_chunk, waveforms))
    parts = parts or [_hear_chunk(np.float32(waveforms))]  # of no sound
    return Heard(*map(np.concatenate, zip(*parts, strict=True)))


def _hear_chunk(waveforms: np.ndarray) -> Heard:
    mel = mel_energies(waveforms)
    audible, absolute = (log_above(mel, floor) for floor in FLOORS)
    relative = np.float16(relative_to_loudest(audible))
    return Heard(pool(audible), pool(absolute), relative)


def relative_to_loudest(energies: np.ndarray) -> np.ndarray:
    """Returns audible log-mel energies scaled to [0, 1], [N, frames, 96].

    0 is the audible floor, 60 dB under the sound's loudest cell, which is 1.
    Silence is 0 throughout.
    """
    loudest = energies.max(axis=(1, 2), keepdims=True, initial=-np.inf)
    lowest = energies.min(axis=(1, 2), keepdims=True, initial=np.inf)
    return np.where(loudest == lowest, 0, 1 + (energies - loudest) / DEPTH)


@dataclasses.dataclass(frozen=True)
class Embedding:
    """Embedding of sounds: log-mel energies, pooled, z-scored and reduced.

    The energies are averaged over 16 time spans, and reduced by a principal
    component analysis that is fitted once, on real sounds.
    """

    floor: str
    mean: np.ndarray
    scale: np.ndarray
    axes: np.ndarray

    @classmethod
    def of(cls, heard: Heard, floor: str = "audible") -> "Embedding":
        """Returns the embedding fitted to real sounds.

        Args:
          heard: the real sounds.
          floor: floor of the log-mel, 'audible' or 'absolute'.

        Raises:
          FeatureError: fewer than two sounds, or all are equal.
        """
        pooled = getattr(heard, floor)
        if len(pooled) < 2:
            raise FeatureError(f"{len(pooled)} sounds: axes need two or more")
        mean, deviation = pooled.mean(axis=0), pooled.std(axis=0)
        # Constant features are left out, which avoids a division by zero.
        scale = np.where(deviation > 1e-6, 1 / (deviation + 1e-12), 0)
        axes = principal_axes((pooled - mean) * scale, DIMENSIONS)
        return cls(floor, mean, scale, axes)

    def points(self, heard: Heard) -> np.ndarray:
        """Returns float64 [N, dimensions], at most 64 of them."""
        pooled = getattr(heard, self.floor)
        return (pooled - self.mean) * self.scale @ self.axes

    def __call__(self, waveforms: np.ndarray) -> np.ndarray:
        """Returns the points of sounds [N, T]."""
        return self.points(hear(waveforms))


def principal_axes(scored: np.ndarray, count: int) -> np.ndarray:
    """Returns the first principal axes of points: [N, F] -> [F, count or less].

    From the smaller of the two matrices of products, of which Lanczos iteration
    finds a few axes much faster than a decomposition finds all. Axes along
    which the points hardly differ, a millionth of the first one, are left out.

    Args:
      scored: points whose mean is zero.
      count: number of axes at most.

    Raises:
      FeatureError: all points are equal.
    """
    is_tall = len(scored) >= scored.shape[1]
    products = scored.T @ scored if is_tall else scored @ scored.T
    if not np.trace(products):
        raise FeatureError("the sounds are all the same")
    if len(products) > FEW_AXES * count:
        start = np.ones(len(products))  # no chance: the same axes each time
        strength, axes = scipy.sparse.linalg.eigsh(products, count, v0=start)
    else:
        strength, axes = scipy.linalg.eigh(products)
    strongest = np.argsort(-strength)[:count]
    strength, axes = strength[strongest], axes[:, strongest]
    kept = int(np.sum(strength > 1e-12 * strength[0]))
    axes = axes[:, :kept]
    return axes if is_tall else scored.T @ axes / np.sqrt(strength[:kept])


def pool(energies: np.ndarray) -> np.ndarray:
    """Returns the means over time spans of growing length: [N, pools * bands].

    Args:
      energies: [N, frames, bands].
    """
    frames = energies.shape[1]
    edges = np.geomspace(1, frames, POOLS + 1).round().astype(int)
    starts = np.unique(edges - 1)[:-1] if frames > 1 else np.array([0])
    sums = np.add.reduceat(energies, starts, axis=1, dtype=np.float64)
    widths = np.diff(np.append(starts, frames))
    means = sums / widths[:, None]
    return means.reshape(len(means), len(widths) * means.shape[2])
