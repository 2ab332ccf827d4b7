"""Export of a generator to a SavedModel that runs without this package.

Signatures, with the names of their tensors:

  generate  z float32 [N, Z], label int32 [N] -> audio float32 [N, T]
            (also ``serving_default``)
  mix       z float32 [N, Z], class_weights float32 [N, classes] -> audio
  steer     z float32 [N, Z], label int32 [N], steer float32 [N, 3] -> audio:
            the sounds of z with these amounts along the directions of info
  info      () -> info string []: JSON with sample_rate, length, classes,
            latent_dim, prior, iteration, fingerprint, and config: the model
            and training configuration of the run
"""

import dataclasses
import functools
import json
import os
import pathlib
from collections.abc import Callable
from contextlib import nullcontext

import keras
import numpy as np
import tensorflow as tf

from wavegan_cond.model.networks import Generator
from wavegan_cond.saved_models.find_model import INFO
from wavegan_cond.saved_models.load_run import load_run, read_config
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.storage.folders import check_new, new_folder
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.synthesis.signatures import (
    generate_function,
    mix_function,
    steer_function,
)
from wavegan_cond.training.run_dir import RunDir

HALF_ENDS = float(np.finfo(np.float16).max)


def export_run(
    run_dir: str | os.PathLike,
    output_dir: str | os.PathLike,
    checkpoint: str = "auto",
    full_rate: bool = False,
    half: bool = False,
) -> ModelInfo:
    """Writes a run's generator, in float32, as a SavedModel.

    Args:
      run_dir: path of the run folder.
      output_dir: path of the SavedModel, which must not exist or be an empty
        folder; it is written atomically.
      checkpoint: "auto", "best", "newest" or an iteration, see ``load_run``.
      full_rate: whether to resample the sounds of a checkpoint of an earlier
        growing stage to the full length and sample rate.
      half: whether to store the weights as float16, which halves the folder.

    Returns:
      The description of the model.

    Raises:
      FolderError: ``output_dir`` is not empty.
      WriteError: the SavedModel cannot be written.
      ModelError, CheckpointError: the run has no such checkpoint, it cannot be
        used, or ``half`` cannot hold a weight.
    """
    check_new(output_dir)
    generator, info, model = load_run(
        pathlib.Path(run_dir), checkpoint, full_rate
    )
    if half:
        round_weights(generator)
        info = describe(model, generator, info.iteration, full_rate)
    _, train, _ = read_config(RunDir(run_dir))
    config = {
        "model": dataclasses.asdict(model),
        "train": dataclasses.asdict(train),
    }
    write_saved_model(generator, info, config, output_dir, half)
    return info


def round_weights(generator: Generator) -> None:
    """Rounds weights to the nearest float16 value; they stay float32.

    The sounds change by less than a
    thousandth of their peak (tests/wavegan_cond/saved_models/test_export.py).

    Raises:
      ModelError: a weight is too large for float16; none is rounded.
    """
    weights = generator.get_weights()
    largest = max(float(np.abs(weight).max(initial=0)) for weight in weights)
    if largest > HALF_ENDS:
        raise ModelError(
            f"a weight is {largest:g}, and float16 ends at "
            f"{HALF_ENDS:g}: export without --half"
        )
    generator.set_weights(
        [weight.astype(np.float16).astype(np.float32) for weight in weights]
    )


def write_saved_model(
    generator: Generator,
    info: ModelInfo,
    config: dict,
    output_dir: str | os.PathLike,
    half: bool = False,
) -> None:
    """Writes a generator as a SavedModel with a checksum manifest.

    Args:
      generator: a float32 generator, built outside any strategy.
      info: description of the model.
      config: JSON object that is added to ``info``.
      output_dir: path of the SavedModel, which must not exist or be an empty
        folder; it is written atomically.
      half: whether weights are stored as float16; they are cast to float32
        where they are used.

    Raises:
      FolderError: ``output_dir`` is not empty.
      WriteError: the SavedModel cannot be written.
    """
    with new_folder(output_dir) as folder:
        text = json.dumps({**dataclasses.asdict(info), "config": config})
        module, signatures = make_module(generator, info, text, half)
        tf.saved_model.save(module, str(folder), signatures)
        write_text(folder / INFO, text)
        checksums.write_manifest(folder)


def make_module(
    generator: Generator, info: ModelInfo, text: str, half: bool = False
) -> tuple[tf.Module, dict]:
    """Returns a module that holds the weights once, and its signatures.

    Args:
      generator: a float32 generator, built outside any strategy.
      info: description of the model.
      text: returned by the signature "info".
      half: whether the weights are held as float16.
    """
    module = tf.Module()
    # Not keras.export.ExportArchive, which writes every weight twice.
    module.weights = [variable.value for variable in generator.variables]
    mapped = []
    if half:
        module.weights = [
            tf.Variable(tf.cast(weight, tf.float16), trainable=False)
            for weight in module.weights
        ]
        mapped = list(zip(generator.variables, module.weights, strict=True))

    def signature(function: Callable, *specs: tf.TensorSpec):
        @functools.wraps(function)
        def call(*inputs):
            state = [(kept, tf.cast(held, kept.dtype)) for kept, held in mapped]
            with keras.StatelessScope(state) if state else nullcontext():
                return function(*inputs)

        return tf.function(call, input_signature=specs)

    z = tf.TensorSpec([None, info.latent_dim], tf.float32, "z")
    label = tf.TensorSpec([None], tf.int32, "label")
    weights = tf.TensorSpec(
        [None, len(info.classes)], tf.float32, "class_weights"
    )
    generate = generate_function(generator, info.length)
    mix = mix_function(generator, info.length)
    module.generate = signature(generate, z, label)
    module.mix = signature(mix, z, weights)
    amounts = tf.TensorSpec([None, len(info.directions)], tf.float32, "steer")
    steer = steer_function(generator, info.directions, info.length)
    module.steer = signature(steer, z, label, amounts)
    module.info = tf.function(
        lambda: {"info": tf.constant(text)}, input_signature=[]
    )
    return module, {
        "serving_default": module.generate,
        "generate": module.generate,
        "mix": module.mix,
        "steer": module.steer,
        "info": module.info,
    }
