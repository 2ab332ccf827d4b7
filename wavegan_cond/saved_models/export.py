"""Export of a generator to a SavedModel that runs without this package.

Signatures, with the names of their tensors:

  generate  z float32 [N, Z], label int32 [N] -> audio float32 [N, T]
            (also ``serving_default``)
  mix       z float32 [N, Z], class_weights float32 [N, classes] -> audio
  info      () -> info string []: JSON with sample_rate, length, classes,
            latent_dim, prior, iteration, fingerprint, and config: the model
            and training configuration of the run
"""

import dataclasses
import json
import os
import pathlib

import keras
import numpy as np
import tensorflow as tf

from wavegan_cond.model.networks import Generator
from wavegan_cond.saved_models.load_run import load_run, read_config
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import check_new, new_folder
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo, describe
from wavegan_cond.synthesis.signatures import generate_function, mix_function
from wavegan_cond.training.run_dir import RunDir

HALF_ENDS = float(np.finfo(np.float16).max)


def export_run(
    run_dir: str | os.PathLike,
    output_dir: str | os.PathLike,
    checkpoint: str = "newest",
    full_rate: bool = False,
    half: bool = False,
) -> ModelInfo:
    """Writes a run's generator, in float32, as a SavedModel.

    Args:
      run_dir: path of the run folder.
      output_dir: path of the SavedModel, which must not exist or be an empty
        folder; it is written atomically.
      checkpoint: "newest", "best" or an iteration.
      full_rate: whether to resample the sounds of a checkpoint of an earlier
        growing stage to the full length and sample rate.
      half: whether to round the weights to float16 values, so that the folder
        compresses to about two thirds.

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
    write_saved_model(generator, info, config, output_dir)
    return info


def round_weights(generator: Generator) -> None:
    """Rounds weights to the nearest float16 value; they stay float32.

    The last 13 bits of each are then zero. The sounds change by less than a
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
) -> None:
    """Writes a generator as a SavedModel with a checksum manifest.

    Args:
      generator: a float32 generator, built outside any strategy.
      info: description of the model.
      config: JSON object that is added to ``info``.
      output_dir: path of the SavedModel, which must not exist or be an empty
        folder; it is written atomically.

    Raises:
      FolderError: ``output_dir`` is not empty.
      WriteError: the SavedModel cannot be written.
    """
    with new_folder(output_dir) as folder:
        archive(generator, info, config).write_out(str(folder), verbose=False)
        checksums.write_manifest(folder)


def archive(
    generator: Generator, info: ModelInfo, config: dict
) -> keras.export.ExportArchive:
    """Returns an ExportArchive with the three signatures, not yet written."""
    z = tf.TensorSpec([None, info.latent_dim], tf.float32, "z")
    label = tf.TensorSpec([None], tf.int32, "label")
    weights = tf.TensorSpec(
        [None, len(info.classes)], tf.float32, "class_weights"
    )
    text = json.dumps({**dataclasses.asdict(info), "config": config})
    describe = tf.function(lambda: {"info": tf.constant(text)})
    # An endpoint without inputs must be traced beforehand: Keras takes an empty
    # input signature for a missing one.
    describe.get_concrete_function()
    result = keras.export.ExportArchive()
    result.track(generator)
    generate = generate_function(generator, info.length)
    mix = mix_function(generator, info.length)
    result.add_endpoint("generate", generate, [z, label])
    result.add_endpoint("mix", mix, [z, weights])
    result.add_endpoint("info", describe)
    return result
