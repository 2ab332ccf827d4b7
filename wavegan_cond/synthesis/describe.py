"""Description of a live generator, with the fingerprint of its weights."""

import dataclasses
import hashlib
import json

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.networks import Generator
from wavegan_cond.synthesis.model_info import ModelInfo, validate


def describe(
    model: ModelConfig,
    generator: Generator,
    iteration: int,
    full_rate: bool = False,
) -> ModelInfo:
    """Returns the description of a generator.

    Args:
      model: model configuration of the full networks.
      generator: generator of any growing stage.
      iteration: number of iterations it was trained for.
      full_rate: whether its sounds are resampled to the full sample rate.

    Raises:
      ModelError: the configuration has an invalid value.
    """
    length = model.length if full_rate else generator.length
    return validate(
        ModelInfo(
            sample_rate=model.sample_rate_of(length),
            length=length,
            classes=model.classes,
            latent_dim=model.latent_dim,
            prior=model.prior,
            iteration=iteration,
            fingerprint=fingerprint(model, generator),
            conditional=model.conditioning != "none",
        )
    )


def fingerprint(model: ModelConfig, generator: Generator) -> str:
    """Returns the SHA-256 of a model's configuration and weights."""
    digest = hashlib.sha256(
        json.dumps(dataclasses.asdict(model), sort_keys=True).encode()
    )
    named = variables_of(generator, "generator")
    for name in sorted(named):
        digest.update(name.encode() + named[name].numpy().tobytes())
    return digest.hexdigest()
