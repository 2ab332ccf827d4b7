"""A live generator from a SavedModel of ``experiments.export``.

The weights are read from its variables, and the fingerprint in its description
says whether they make the same model.
"""

import json
import pathlib
import re

import numpy as np
import tensorflow as tf

from wavegan_cond.config import ModelConfig
from wavegan_cond.saved_models.graph_check import parse
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.saved_models.load_run import (
    SoundingGenerator,
    make_sounding_generator,
)
from wavegan_cond.settings import ConfigError
from wavegan_cond.synthesis.describe import fingerprint
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.training.config_file import from_json


def reopen(
    path: pathlib.Path,
    checkpoint: str = "auto",
    full_rate: bool = False,
    trust: bool = False,
) -> tuple[SoundingGenerator, ModelInfo, dict]:
    """Returns generator, description and configuration of a SavedModel.

    Args:
      path: path of the SavedModel.
      checkpoint: "auto"; a SavedModel has one state.
      full_rate: False, likewise.
      trust: whether to load it without checking its graph.

    Raises:
      ModelError: the SavedModel cannot be used, or is of a growing stage or an
        earlier version.
    """
    synth = load_model(path, checkpoint, trust, full_rate)
    text = synth.module.signatures["info"]()["info"].numpy()
    config = json.loads(text).get("config", {})
    try:
        model, _, _ = from_json(json.dumps(config))
        generator = _rebuild(path, synth, model)
        return generator, synth.info, config
    except (ConfigError, ValueError, KeyError, AttributeError) as error:
        raise ModelError(
            f"{path} cannot be brought into another format, as a SavedModel of "
            "a growing stage or of an earlier version: name its run folder"
        ) from error


def _rebuild(path, synth, model: ModelConfig) -> SoundingGenerator:
    """Returns the generator of a configuration with a SavedModel's weights.

    Raises:
      ValueError: it is not the model that was exported.
    """
    generator = make_sounding_generator(model)
    weights = [variable.numpy() for variable in synth.module.weights]
    if any(weight.dtype == np.int16 for weight in weights):
        weights = [
            weight * scale
            for weight, scale in zip(
                weights, _scales(path, len(weights)), strict=True
            )
        ]
    generator.set_weights(weights)
    if fingerprint(model, generator) != synth.info.fingerprint:
        raise ValueError("other weights")
    return generator


def _scales(path: pathlib.Path, count: int) -> list[np.float32]:
    """Returns the float32 that is one step of each weight of 16 bits.

    They are the constants of the first products of its function.
    """
    functions = parse(path / "saved_model.pb").graph_def.library.function
    generate = next(
        each
        for each in functions
        if re.fullmatch(r"__inference_generate_\d+", each.signature.name)
    )
    constants = {
        node.name: node.attr["value"].tensor
        for node in generate.node_def
        if node.op == "Const"
    }
    names = ["mul/y", *(f"mul_{i}/y" for i in range(1, count))]
    return [tf.make_ndarray(constants[name]) for name in names]
