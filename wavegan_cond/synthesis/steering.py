"""Steering: three directions of z that change the sound most.

A producer turns three knobs, whatever the number of latent dimensions. The
directions are the principal ones of the generator's first layer, as found for
image generators by Shen and Zhou, "Closed-Form Factorization of Latent
Semantics in GANs" (CVPR 2021): no other unit vectors change its output more.
"""

import numpy as np

KNOBS = 3
FEW = 256  # latent dimensions of which all directions are found


def principal_directions(kernel: np.ndarray) -> np.ndarray:
    """Returns the directions of z that the first layer amplifies most.

    Args:
      kernel: weights of the first layer, [Z, units].

    Returns:
      Orthonormal rows, float32 [min(3, Z), Z], the strongest first. The
      component of a row that is largest in size is positive.
    """
    kernel = np.asarray(kernel, np.float64)
    if len(kernel) <= FEW:
        _, vectors = np.linalg.eigh(kernel @ kernel.T)
        rows = vectors.T[::-1][:KNOBS]
    else:
        from scipy.sparse.linalg import svds

        start = np.ones(min(kernel.shape))  # the same directions each time
        vectors, strength, _ = svds(kernel, KNOBS, v0=start)
        rows = vectors.T[np.argsort(-strength)]
    largest = np.abs(rows).argmax(axis=1)
    signs = np.sign(rows[np.arange(len(rows)), largest])
    return (rows * signs[:, None]).astype(np.float32)


def steer(
    z: np.ndarray, directions: np.ndarray, amounts: np.ndarray
) -> np.ndarray:
    """Returns z with other amounts along the directions.

    In float32, as the signature ``steer`` of an export does it: of another
    rounding of z a sound is up to 2e-5 away.

    Args:
      z: latent vectors, float32 [N, Z]; what is not steered is kept.
      directions: of ``principal_directions``, [D, Z].
      amounts: along each, [D] or [N, D]. In training they are drawn as every
        number of z is.

    Returns:
      float32 [N, Z].
    """
    z, rows, amounts = map(np.float32, (z, directions, amounts))
    amounts = np.broadcast_to(amounts, (len(z), len(rows)))
    # Each beside itself: a product of one row is rounded otherwise than of
    # several, and a sound is the same whatever is made beside it.
    pairs, amounts = z[:, None].repeat(2, axis=1), amounts[:, None]
    return (pairs + (amounts - pairs @ rows.T) @ rows)[:, 0]
