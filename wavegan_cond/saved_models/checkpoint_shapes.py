"""Shapes of a checkpoint's variables beside those that its config.json makes.

They are compared before a network is built: a config.json of another model, or
a hostile one, could make it of any size.
"""

import pathlib
from collections.abc import Mapping

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.generator import STREAMS
from wavegan_cond.model.layout import (
    KERNEL_SIZE,
    START_LENGTH,
    critic_blocks,
    generator_blocks,
    stem_channels,
)
from wavegan_cond.schedule import Stage
from wavegan_cond.training.checkpoint_folder import CheckpointError


def of_part(shapes: Mapping[str, list], part: str) -> dict[str, list]:
    """Returns the shapes of a part's variables, such as "generator"."""
    return {
        name: shape
        for name, shape in shapes.items()
        if name.startswith(f"{part}/")
    }


def expected_shapes(
    part: str, model: ModelConfig, stage: Stage
) -> dict[str, list]:
    """Returns the shapes of the variables that make a network large.

    Args:
      part: "generator", "average" or "critic".
      model: shape of the full networks.
      stage: whose networks they are.
    """
    shapes = {}
    if model.conditioning == "embedding":
        table = [len(model.classes), model.embedding_dim]
        shapes[f"{part}/label_embedding/embeddings"] = table
    labels = {
        "embedding": model.embedding_dim,
        "onehot": len(model.classes),
        "none": 0,
    }[model.conditioning]
    if part == "critic":
        return shapes | _critic_shapes(model, stage, labels)
    stem = stem_channels(model.length, model.width)
    shapes[f"{part}/stem/kernel"] = [model.latent_dim, START_LENGTH * stem]
    taken = stem + bool(labels)
    for length, _, channels in generator_blocks(model.length, model.width):
        if length >= stage.length:
            break
        kernel = [KERNEL_SIZE, taken, channels]
        shapes[f"{part}/up_{length}/kernel"] = kernel
        if model.noise:
            planes = [model.latent_dim + 1, length, STREAMS]
            shapes[f"{part}/noise_{length}"] = planes
        taken = channels
    return shapes


def _critic_shapes(
    model: ModelConfig, stage: Stage, labels: int
) -> dict[str, list]:
    """Returns the same of a critic; ``labels`` numbers stand for a label."""
    shapes = {}
    if labels:
        plane = f"critic/label_plane_{stage.length}/kernel"
        shapes[plane] = [labels, stage.length]
    for length, _, channels in critic_blocks(model.length, model.width):
        if length < stage.length:
            kernel = [KERNEL_SIZE, channels // 2, channels]
            shapes[f"critic/down_{length}/kernel"] = kernel
    return shapes


def check_fits(checkpoint: pathlib.Path, saved: dict, expected: dict) -> None:
    """Raises CheckpointError for the first shape that is not as expected."""
    for name, shape in expected.items():
        if saved.get(name) != shape:
            raise CheckpointError(
                f"{checkpoint} does not fit this model: config.json makes "
                f"{name} {shape}, the checkpoint has {saved.get(name)}"
            )
