"""Run folders without a training: a generator as it was initialised."""

import numpy as np

from wavegan_cond import checkpoints
from wavegan_cond.config import ModelConfig, TrainConfig, to_json
from wavegan_cond.networks import make_generator
from wavegan_cond.run_dir import RunDir

LENGTH = 1024
CLASSES = ("kick", "snare", "cymbal")


def model_config(**settings) -> ModelConfig:
    small = {
        "length": LENGTH,
        "width": 4,
        "latent_dim": 3,
        "embedding_dim": 4,
        "classes": CLASSES,
    }
    return ModelConfig(**{**small, **settings})


def make_generator_of(model: ModelConfig, seed: int = 0):
    """Returns a generator whose labels and sounds differ clearly."""
    generator = make_generator(model, seed)
    random = np.random.default_rng(seed)
    for variable in generator.variables:
        if "embeddings" in variable.path:
            variable.assign(random.standard_normal(variable.shape))
    return generator


def make_run(path, seed: int = 0, iteration: int = 7, **settings):
    """Writes a run folder with one checkpoint; returns its generator."""
    model = model_config(**settings)
    generator = make_generator_of(model, seed)
    run_dir = RunDir(path)
    run_dir.create()
    run_dir.config.write_text(to_json(model, TrainConfig(), data="none"))
    variables = checkpoints.variables_of(generator, "generator")
    checkpoints.save(run_dir.checkpoints, variables, iteration)
    return generator
