"""Description of a live generator, with the fingerprint of its weights."""

import dataclasses
import hashlib
import json

from wavegan_cond.config import ModelConfig
from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.model.generator import Generator
from wavegan_cond.synthesis.model_info import ModelInfo, validate
from wavegan_cond.synthesis.steering import principal_directions

# Settings that models of earlier versions do not have: at their default they
# are left out of the fingerprint, so that it stays theirs.
ADDED = ("partials", "envelope")
# What has become of the same weights in models with a setting: other sounds
# have another fingerprint.
CHANGED = {"envelope": "the sound of the blocks rings down"}


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
            directions=directions(generator),
        )
    )


def directions(generator: Generator) -> tuple[tuple[float, ...], ...]:
    """Returns the directions of z to steer along, as JSON can hold them."""
    network = getattr(generator, "generator", generator)  # behind an equalizer
    found = principal_directions(network.stem.kernel.numpy())
    return tuple(tuple(map(float, row)) for row in found)


def fingerprint(model: ModelConfig, generator: Generator) -> str:
    """Returns the SHA-256 of a model's configuration and weights."""
    settings = dataclasses.asdict(model)
    for field in dataclasses.fields(model):
        if field.name in ADDED and settings[field.name] == field.default:
            del settings[field.name]
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name, change in CHANGED.items():
        if getattr(model, name):
            digest.update(change.encode())
    named = variables_of(generator, "generator")
    for name in sorted(named):
        digest.update(name.encode() + named[name].numpy().tobytes())
    return digest.hexdigest()
