"""Run folders without a training: a generator as it was initialised."""

import os

import numpy as np

from wavegan_cond.config import ModelConfig, TrainConfig, config_digest, to_json
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.networks import Generator, make_generator
from wavegan_cond.training import checkpoints
from wavegan_cond.training.run_dir import RunDir

ITERATION = 7


def make_generator_of(model: ModelConfig, seed: int = 0) -> Generator:
    """Returns a generator whose labels and sounds differ clearly."""
    generator = make_generator(model, seed)
    random = np.random.default_rng(seed)
    for variable in generator.variables:
        if "embeddings" in variable.path:
            variable.assign(random.standard_normal(variable.shape))
    return generator


def make_run(
    path: str | os.PathLike,
    model: ModelConfig,
    seed: int = 0,
    iteration: int = ITERATION,
    digest: bool = True,
) -> Generator:
    """Writes a run folder with one checkpoint; returns its generator.

    Args:
      path: of the folder.
      model: its settings.
      seed: of the weights.
      iteration: of the checkpoint.
      digest: whether the checkpoint says which configuration it is of.
    """
    generator = make_generator_of(model, seed)
    run_dir, train = RunDir(path), TrainConfig()
    run_dir.create()
    run_dir.config.write_text(to_json(model, train, data="none"))
    checkpoints.save(
        run_dir.checkpoints,
        variables_of(generator, "generator"),
        iteration,
        config_digest=config_digest(model, train, "none") if digest else "",
    )
    return generator
