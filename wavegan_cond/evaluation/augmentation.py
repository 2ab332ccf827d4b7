"""Data augmentation that preserves the class of a drum sound."""

import numpy as np


def augment(features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns randomly altered features of sounds, which keep their class.

    Each sound is shifted in time, filtered by a random smooth equaliser and
    low-pass, given a noise floor, and masked in a time span and a band. The
    classifier then cannot rely on the recording chain or on silence.

    Args:
      features: float32 [N, frames, 96], see ``embedding.Heard``.
      rng: random number generator.
    """
    count, frames, mels = features.shape
    shifts = rng.integers(-(frames // 40), frames // 12 + 1, (count, 1))
    source = np.arange(frames) - shifts  # [N, frames]
    inside = (source >= 0) & (source < frames)
    source = np.clip(source, 0, frames - 1)[:, :, None]
    features = np.take_along_axis(features, source, axis=1) * inside[:, :, None]
    features = features + equaliser(count, mels, rng)[:, None]
    features -= features.max(axis=(1, 2), keepdims=True) - 1
    features = np.maximum(features, rng.uniform(-0.2, 0.2, (count, 1, 1)))
    masked = (
        span(count, frames, rng)[:, :, None] | span(count, mels, rng)[:, None]
    )
    return np.clip(np.where(masked, 0, features), 0, 1).astype(np.float32)


def equaliser(count: int, mels: int, rng: np.random.Generator) -> np.ndarray:
    """Returns random gains, float [count, mels]; 1 dB is 1 / 60."""
    knots = rng.normal(0, 0.06, (count, 6))  # 3.6 dB each
    position = np.linspace(0, 5, mels)
    left = np.minimum(position.astype(int), 4)
    part = position - left
    curve = knots[:, left] * (1 - part) + knots[:, left + 1] * part
    cutoff = rng.uniform(0.6, 2.0, (count, 1)) * mels
    return curve - 0.06 * np.maximum(0, np.arange(mels) - cutoff)


def span(count: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Returns bool [count, size], up to a tenth of each row True at a span."""
    start = rng.integers(0, size, (count, 1))
    end = start + rng.integers(0, size // 10 + 1, (count, 1))
    index = np.arange(size)
    return (index >= start) & (index < end)
