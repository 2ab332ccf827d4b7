"""What may be changed in a sound without making it another drum."""

import numpy as np


def augment(heard: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns sounds that keep their class and change what is incidental.

    Each is shifted in time, coloured by a random smooth equaliser, cut off in
    the treble, raised above a noise floor and masked in a band and a span. So
    the classifier does not lean on recording chains or on silence.

    Args:
      heard: float32 [N, frames, 96], see ``classifier.loudness``.
      rng: draws everything.
    """
    count, frames, mels = heard.shape
    shifts = rng.integers(-(frames // 40), frames // 12 + 1, (count, 1))
    source = np.arange(frames) - shifts  # [N, frames]
    inside = (source >= 0) & (source < frames)
    source = np.clip(source, 0, frames - 1)[:, :, None]
    heard = np.take_along_axis(heard, source, axis=1) * inside[:, :, None]
    heard = heard + equaliser(count, mels, rng)[:, None]
    heard -= heard.max(axis=(1, 2), keepdims=True) - 1
    heard = np.maximum(heard, rng.uniform(-0.2, 0.2, (count, 1, 1)))
    masked = (
        span(count, frames, rng)[:, :, None] | span(count, mels, rng)[:, None]
    )
    return np.clip(np.where(masked, 0, heard), 0, 1).astype(np.float32)


def equaliser(count: int, mels: int, rng: np.random.Generator) -> np.ndarray:
    """Returns random colourings, float [count, mels]; 1 / 60 is a decibel."""
    knots = rng.normal(0, 0.06, (count, 6))  # 3.6 dB each
    position = np.linspace(0, 5, mels)
    left = np.minimum(position.astype(int), 4)
    part = position - left
    curve = knots[:, left] * (1 - part) + knots[:, left + 1] * part
    cutoff = rng.uniform(0.6, 2.0, (count, 1)) * mels
    return curve - 0.06 * np.maximum(0, np.arange(mels) - cutoff)


def span(count: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Returns bool [count, size], a run of up to a tenth True in each row."""
    start = rng.integers(0, size, (count, 1))
    end = start + rng.integers(0, size // 10 + 1, (count, 1))
    index = np.arange(size)
    return (index >= start) & (index < end)
