"""A trained generator as a SavedModel that needs nothing of this package.

Signatures, by the names of their tensors:

  generate  z float32 [N, Z], label int32 [N] -> audio float32 [N, T]
            (also ``serving_default``)
  mix       z float32 [N, Z], class_weights float32 [N, classes] -> audio
  info      nothing -> info string []: JSON with sample_rate, length, classes,
            latent_dim, prior, iteration, fingerprint, and config: the model
            and training settings of the run
"""

import dataclasses
import json
import os
import pathlib
import shutil

import keras
import tensorflow as tf

from wavegan_cond import synth
from wavegan_cond.config import from_json
from wavegan_cond.endpoints import generate_function, mix_function
from wavegan_cond.folders import check_new
from wavegan_cond.networks import Generator
from wavegan_cond.run_dir import RunDir


class ExportError(ValueError):
    """The model cannot be written where it was asked for."""

    exit_code = 2


def export_run(
    run_dir: str | os.PathLike, output_dir: str | os.PathLike
) -> synth.Info:
    """Writes a run's generator, in float32, as a SavedModel.

    Args:
      run_dir: of ``experiments.train``.
      output_dir: the SavedModel's folder: absent or empty; it appears whole.

    Returns:
      What the model is.

    Raises:
      FolderError: ``output_dir`` is taken.
      ExportError: it cannot be written.
      ModelError: the run has no checkpoint that can be used.
    """
    check_new(output_dir)
    generator, info, _ = synth.load_run(pathlib.Path(run_dir))
    text = RunDir(run_dir).config.read_text(encoding="utf-8")
    model, train, _ = from_json(text)
    config = {
        "model": dataclasses.asdict(model),
        "train": dataclasses.asdict(train),
    }
    write_saved_model(generator, info, config, output_dir)
    return info


def write_saved_model(
    generator: Generator,
    info: synth.Info,
    config: dict,
    output_dir: str | os.PathLike,
) -> None:
    """Writes a generator beside its place and renames it into it.

    Args:
      generator: in float32, made outside any strategy.
      info: what a host must know.
      config: what else it may want to know; goes into the info as it is.
      output_dir: absent or empty.

    Raises:
      FolderError: ``output_dir`` is taken.
      ExportError: it cannot be written.
    """
    output_dir = check_new(output_dir)
    temporary = output_dir.with_name(f".{output_dir.name}.{os.getpid()}")
    try:
        output_dir.parent.mkdir(parents=True, exist_ok=True)
        archive(generator, info, config).write_out(
            str(temporary), verbose=False
        )
        os.replace(temporary, output_dir)
    except (OSError, tf.errors.OpError) as error:
        raise ExportError(
            f"cannot write to {output_dir}: {synth.one_line(error)}"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def archive(
    generator: Generator, info: synth.Info, config: dict
) -> keras.export.ExportArchive:
    """Returns the archive with its three endpoints, not yet written."""
    z = tf.TensorSpec([None, info.latent_dim], tf.float32, "z")
    label = tf.TensorSpec([None], tf.int32, "label")
    weights = tf.TensorSpec(
        [None, len(info.classes)], tf.float32, "class_weights"
    )
    text = json.dumps({**dataclasses.asdict(info), "config": config})
    describe = tf.function(lambda: {"info": tf.constant(text)})
    # An endpoint without inputs must come already traced: an empty input
    # signature counts as none.
    describe.get_concrete_function()
    result = keras.export.ExportArchive()
    result.track(generator)
    result.add_endpoint("generate", generate_function(generator), [z, label])
    result.add_endpoint("mix", mix_function(generator), [z, weights])
    result.add_endpoint("info", describe)
    return result
