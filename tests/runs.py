"""Run folders without a training: a generator as it was initialised."""

from experiments.reliability import untrained
from experiments.reliability.untrained import make_generator_of
from wavegan_cond.config import ModelConfig
from wavegan_cond.export import export_run

__all__ = [
    "CLASSES",
    "LENGTH",
    "make_export",
    "make_generator_of",
    "make_run",
    "model_config",
]

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


def make_run(path, seed: int = 0, iteration: int = 7, **settings):
    """Writes a run folder with one checkpoint; returns its generator.

    Its config.json may be changed: the checkpoint fits any.
    """
    model = model_config(**settings)
    return untrained.make_run(path, model, seed, iteration, digest=False)


def make_export(folder, **settings):
    """Writes a run and its SavedModel below a folder; returns the latter."""
    make_run(folder / "run", **settings)
    export_run(folder / "run", folder / "model")
    return folder / "model"
