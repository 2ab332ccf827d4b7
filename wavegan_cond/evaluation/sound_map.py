"""A map of a model's sounds: those that sound alike lie close together.

A map is the places of the sounds of the first seeds, with the classes in turn:
z and labels follow from the model's description and are not stored.
"""

import json
import os
import pathlib
from collections.abc import Callable

import numpy as np

from wavegan_cond.evaluation.embedding import Embedding, hear
from wavegan_cond.storage.untrusted import read_bytes
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.synthesis.synth import BATCH

FILE = "map.json"  # beside a SavedModel: [[x, y], ...]
MAX_BYTES = 1 << 20
SOUNDS = 600
DIGITS = 4  # of a place
PERPLEXITY = 30  # neighbours that count, as t-SNE understands it


def mapped_sounds(
    info: ModelInfo, count: int = SOUNDS
) -> tuple[np.ndarray, np.ndarray]:
    """Returns z [N, Z] and label int32 [N] of the sounds on a model's map."""
    z = latents.draw(info, 0, count)
    return z, np.arange(count, dtype=np.int32) % len(info.kinds)


def make(info: ModelInfo, generate: Callable) -> list[list[float]]:
    """Returns the map of a model, a place [x, y] from 0 to 1 for each sound.

    Args:
      info: description of the model.
      generate: (z [N, Z], label [N]) -> float32 [N, T]; it is called for a
        few sounds at a time.

    Raises:
      FeatureError: the sounds are all the same.
    """
    z, label = mapped_sounds(info)
    starts = range(0, len(z), BATCH)
    waves = [generate(z[i : i + BATCH], label[i : i + BATCH]) for i in starts]
    return lay_out(np.concatenate(waves)).round(DIGITS).tolist()


def read(model: str | os.PathLike) -> list[list[float]] | None:
    """Returns the map beside a model, or None if there is none.

    Args:
      model: path of a run folder or a SavedModel.

    Raises:
      ModelError: the file is no map.
    """
    path = pathlib.Path(model, FILE)
    try:
        places = json.loads(read_bytes(path, MAX_BYTES))
        if not _is_map(np.array(places, np.float64)):
            raise ValueError(f"expected {SOUNDS} places from 0 to 1")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ModelError(
            f"{path} is no map of sounds: export the model again"
        ) from error
    return places


def _is_map(places: np.ndarray) -> bool:
    inside = bool(((places >= 0) & (places <= 1)).all())
    # A z is drawn for each of them: more than are made would fill the memory.
    pairs = places.ndim == 2 and places.shape[1] == 2
    return pairs and len(places) <= SOUNDS and inside


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
