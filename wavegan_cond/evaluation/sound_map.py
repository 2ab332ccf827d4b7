"""A map of sounds: those that sound alike lie close together."""

import numpy as np

from wavegan_cond.evaluation.embedding import Embedding, hear

PERPLEXITY = 30  # neighbours that count, as t-SNE understands it


def lay_out(waveforms: np.ndarray, seed: int = 0) -> np.ndarray:
    """Returns a place for each sound, float64 [N, 2] from 0 to 1.

    t-SNE (van der Maaten and Hinton 2008) of the embeddings that the measures
    use, from their first principal axes on, so that the map keeps its shape.

    Args:
      waveforms: float32 [N, T], at least 5 sounds that differ.
      seed: of t-SNE.

    Raises:
      FeatureError: the sounds are all the same.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    heard = hear(waveforms)
    points = Embedding.of(heard).points(heard)
    few = min(PERPLEXITY, (len(points) - 1) / 4)
    if points.shape[1] > 1:
        # Its threads wait for each other where other work keeps cores busy:
        # ten times the processor time of one.
        with threadpool_limits(1):
            places = TSNE(
                perplexity=few, init="pca", random_state=seed
            ).fit_transform(points)
    else:
        places = np.repeat(points, 2, axis=1)
    low, high = places.min(axis=0), places.max(axis=0)
    return np.float64((places - low) / np.maximum(high - low, 1e-9))
