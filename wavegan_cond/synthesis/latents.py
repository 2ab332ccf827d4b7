"""Latent vectors: random draws, parsing and interpolation.

NumPy only, so that using a model does not import its training. Shapes: z is
float32 [N, Z].
"""

import numpy as np

from wavegan_cond.config import ModelConfig
from wavegan_cond.synthesis.model_info import ModelInfo

# Far beyond any prior, and far from what overflows in a network that learned.
MAX_Z = 1e6


class LatentError(ValueError):
    """Invalid latent vector on the command line."""

    exit_code = 2


def draw(
    model: ModelInfo | ModelConfig,
    seed: int,
    count: int,
    truncation: float = 1.0,
) -> np.ndarray:
    """Returns ``count`` latent vectors for a model, float32 [count, Z].

    Row i depends on ``seed + i`` alone, so that each sound of a batch can be
    reproduced from its own seed.

    Args:
      model: description of the model: its latent dimension (Z), and its
        prior, "normal" for N(0, 1) or "uniform" for U(-1, 1).
      seed: seed of the first row.
      count: number of latent vectors.
      truncation: factor by which every vector is scaled. Values below 1 give
        sounds that are more typical of their class and less diverse (truncation
        trick: Karras et al., A Style-Based Generator Architecture, 2019).
    """
    rows = np.empty((count, model.latent_dim), np.float32)
    for row, z in enumerate(rows):
        generator = np.random.default_rng(seed + row)
        if model.prior == "uniform":
            z[:] = generator.uniform(-1.0, 1.0, len(z))
        else:
            z[:] = generator.standard_normal(len(z))
    return np.float32(truncation) * rows


def parse(text: str, dim: int, flag: str = "z") -> np.ndarray:
    """Parses a vector written as "0.1,-2,0.3"; returns float32 [1, dim].

    Raises:
      LatentError: the text is not ``dim`` numbers from -MAX_Z to MAX_Z.
    """
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise LatentError(
            f"--{flag}={text}: expected {dim} numbers with commas between"
        ) from error
    if len(values) != dim:
        raise LatentError(
            f"--{flag}={text}: this model takes {dim} numbers, received "
            f"{len(values)}"
        )
    with np.errstate(over="ignore"):
        z = np.asarray([values], np.float32)
    if not np.all(np.abs(z) <= MAX_Z):  # nan is not
        raise LatentError(
            f"--{flag}={text}: expected numbers from -{MAX_Z:g} to {MAX_Z:g}"
        )
    return z


def lerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Interpolates linearly, ends included: [Z], [Z] -> [steps, Z]."""
    place = np.linspace(0.0, 1.0, steps)[:, None]
    path = (1.0 - place) * start + place * end
    return path.astype(np.float32)


def slerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Interpolates spherically, ends included: [Z], [Z] -> [steps, Z].

    The angle is that between the two vectors, and the norm changes from that
    of the first to that of the second (Shoemake 1985). Parallel, opposite or
    zero vectors do not define an arc; they are interpolated linearly.
    """
    start64, end64 = np.float64(start), np.float64(end)
    norms = np.linalg.norm(start64) * np.linalg.norm(end64)
    cosine = start64 @ end64 / norms if norms else 1.0
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if np.sin(angle) < 1e-6:
        return lerp(start, end, steps)
    place = np.linspace(0.0, 1.0, steps)[:, None]
    path = (
        np.sin((1.0 - place) * angle) * start64 + np.sin(place * angle) * end64
    ) / np.sin(angle)
    return path.astype(np.float32)
