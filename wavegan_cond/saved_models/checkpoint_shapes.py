"""Shapes of a checkpoint's variables beside those that its config.json makes.

They are compared before a network is built: a config.json of another model, or
a hostile one, could make it of any size.
"""

import pathlib
from collections.abc import Mapping

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.conditioning import START_LENGTH, block_factors
from wavegan_cond.model.generator import STREAMS
from wavegan_cond.model.layers import KERNEL_SIZE
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
    factors = block_factors(model.length)
    channels = model.width * 2 ** (len(factors) - 1)
    shapes[f"{part}/stem/kernel"] = [model.latent_dim, START_LENGTH * channels]
    produced, taken = START_LENGTH, channels + bool(labels)
    for factor in factors:
        produced, channels = produced * factor, channels // 2
        if produced >= stage.length:
            break
        kernel = [KERNEL_SIZE, taken, channels]
        shapes[f"{part}/up_{produced}/kernel"] = kernel
        if model.noise:
            planes = [model.latent_dim + 1, produced, STREAMS]
            shapes[f"{part}/noise_{produced}"] = planes
        taken = channels
    return shapes


def _critic_shapes(
    model: ModelConfig, stage: Stage, labels: int
) -> dict[str, list]:
    """Returns the same of a critic; ``labels`` numbers stand for a label."""
    shapes, taken, channels = {}, model.length, model.width
    if labels:
        plane = f"critic/label_plane_{stage.length}/kernel"
        shapes[plane] = [labels, stage.length]
    for factor in sorted(block_factors(model.length), reverse=True):
        if taken < stage.length:
            kernel = [KERNEL_SIZE, channels // 2, channels]
            shapes[f"critic/down_{taken}/kernel"] = kernel
        taken, channels = taken // factor, channels * 2
    return shapes


def check_fits(checkpoint: pathlib.Path, saved: dict, expected: dict) -> None:
    """Raises CheckpointError for the first shape that is not as expected."""
    for name, shape in expected.items():
        if saved.get(name) != shape:
            raise CheckpointError(
                f"{checkpoint} does not fit this model: config.json makes "
                f"{name} {shape}, the checkpoint has {saved.get(name)}"
            )
