"""Recipes to sounds, and to the content of their WAV files."""

from collections.abc import Iterator, Sequence

import numpy as np

from wavegan_cond.synthesis import finish
from wavegan_cond.synthesis.recipe import Recipe, SoundListError
from wavegan_cond.synthesis.synth import Synth
from wavegan_cond.synthesis.wav import wav_bytes

CHUNK = 256  # sounds in memory at a time


def make_waves(model: Synth, recipes: Sequence[Recipe]) -> np.ndarray:
    """Generates the sounds of recipes, float32 [N, T].

    Args:
      model: the model.
      recipes: the recipes, either all with labels or all with class weights.

    Raises:
      ModelError: the model lacks a class.
      SoundListError: a z has the wrong dimension.
    """
    dim = model.info.latent_dim
    for recipe in recipes:
        if len(recipe.z) != dim:
            raise SoundListError(
                f"{recipe.file}: z has {len(recipe.z)} numbers, the model "
                f"takes {dim}"
            )
    z = np.array([recipe.z for recipe in recipes], np.float32)
    if recipes[0].label is not None:
        labels = [model.info.label(recipe.label) for recipe in recipes]
        return model.generate(z, np.array(labels))
    weights = np.zeros((len(recipes), len(model.info.classes)), np.float32)
    for row, recipe in zip(weights, recipes, strict=True):
        for name, weight in recipe.class_weights.items():
            row[model.info.label(name)] = weight
    return model.mix(z, weights)


def encode(
    model: Synth, recipes: Sequence[Recipe]
) -> Iterator[tuple[Recipe, bytes]]:
    """Generates sounds; yields each recipe and the content of its WAV file."""
    for labelled in (True, False):
        kind = [r for r in recipes if (r.label is not None) == labelled]
        for start in range(0, len(kind), CHUNK):
            chunk = kind[start : start + CHUNK]
            waves = make_waves(model, chunk)
            for recipe, wave in zip(chunk, waves, strict=True):
                yield recipe, to_wav(recipe, wave, model.info.sample_rate)


def to_wav(recipe: Recipe, wave: np.ndarray, rate: int) -> bytes:
    """Returns the content of the WAV file of a sound.

    Args:
      recipe: of the sound.
      wave: float32 [T] as the model made it.
      rate: sample rate of the model in Hz.
    """
    if recipe.finish:
        return finish.wav_bytes(wave, rate, recipe.finish)
    return wav_bytes(wave, rate)
