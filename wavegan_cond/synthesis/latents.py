"""Latent vectors: drawn from a seed, read from text, and paths between two.

NumPy only, so that using a model needs nothing of its training. Shapes: z is
float32 [N, Z].
"""

import numpy as np


class LatentError(ValueError):
    """A latent vector cannot be what the user wrote."""

    exit_code = 2


def draw(
    seed: int,
    num: int,
    dim: int,
    prior: str = "normal",
    truncation: float = 1.0,
) -> np.ndarray:
    """Returns ``num`` latent vectors, float32 [num, dim].

    Row i depends on ``seed + i`` alone: any one sound of a batch can be made
    again from its own seed.

    Args:
      seed: of the first row.
      num: how many.
      dim: latent size Z.
      prior: "normal" for N(0, 1), "uniform" for U(-1, 1).
      truncation: scale of every row. Below 1 sounds are from the middle of what
        the model has learned: surer of their class, and more alike (Karras et
        al., A Style-Based Generator Architecture, 2019, the truncation trick).
    """
    rows = np.empty((num, dim), np.float32)
    for row, z in enumerate(rows):
        generator = np.random.default_rng(seed + row)
        if prior == "uniform":
            z[:] = generator.uniform(-1.0, 1.0, dim)
        else:
            z[:] = generator.standard_normal(dim)
    return np.float32(truncation) * rows


def parse(text: str, dim: int) -> np.ndarray:
    """Returns the vector written as "0.1,-2,0.3", float32 [1, dim].

    Raises:
      LatentError: not ``dim`` finite numbers.
    """
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise LatentError(
            f"--z={text}: expected {dim} numbers with commas between"
        ) from error
    if len(values) != dim:
        raise LatentError(
            f"--z={text}: this model takes {dim} numbers, received "
            f"{len(values)}"
        )
    with np.errstate(over="ignore"):
        z = np.asarray([values], np.float32)
    if not np.all(np.isfinite(z)):
        raise LatentError(f"--z={text}: every number must be finite")
    return z


def lerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Returns a straight path, ends included: [Z], [Z] -> [steps, Z]."""
    place = np.linspace(0.0, 1.0, steps)[:, None]
    path = (1.0 - place) * start + place * end
    return path.astype(np.float32)


def slerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Returns a path along the great circle: [Z], [Z] -> [steps, Z].

    The angle is that between the directions of the ends; the norms along the
    way go from one end's to the other's (Shoemake 1985). Parallel, opposite or
    zero vectors have no single arc: then the path is straight.
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
