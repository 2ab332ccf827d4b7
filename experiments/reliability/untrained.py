"""Run folders without a training: a generator as it was initialised."""

import os

import numpy as np

from wavegan_cond import checkpoints
from wavegan_cond.config import ModelConfig, TrainConfig, run_digest, to_json
from wavegan_cond.networks import Generator, make_generator
from wavegan_cond.run_dir import RunDir

ITERATION = 7


def make_run(path: str | os.PathLike, model: ModelConfig) -> Generator:
    """Writes a run folder with one checkpoint; returns its generator.

    The embeddings of the labels are large, so that classes differ clearly.
    """
    generator = make_generator(model)
    random = np.random.default_rng(0)
    for variable in generator.variables:
        if "embeddings" in variable.path:
            variable.assign(random.standard_normal(variable.shape))
    run_dir, train = RunDir(path), TrainConfig()
    run_dir.create()
    run_dir.config.write_text(to_json(model, train, data="none"))
    checkpoints.save(
        run_dir.checkpoints,
        checkpoints.variables_of(generator, "generator"),
        ITERATION,
        run=run_digest(model, train, "none"),
    )
    return generator
