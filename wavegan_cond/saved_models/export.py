"""A generator as a SavedModel that runs without this package.

Signatures, with the names of their tensors:

  generate  z float32 [N, Z], label int32 [N] -> audio float32 [N, T]
            (also ``serving_default``)
  mix       z float32 [N, Z], class_weights float32 [N, classes] -> audio
  steer     z float32 [N, Z], label int32 [N], steer float32 [N, 3] -> audio:
            the sounds of z with these amounts along the directions of info
  info      () -> info string []: JSON with sample_rate, length, classes,
            latent_dim, prior, iteration, fingerprint, conditional,
            directions, and config: the model and training configuration of
            the run
"""

import dataclasses
import functools
import json
import os
import pathlib
import sys
from collections.abc import Callable, Mapping

import keras
import numpy as np
import tensorflow as tf

from wavegan_cond.evaluation import sound_map
from wavegan_cond.saved_models.find_model import INFO
from wavegan_cond.saved_models.graph_check import check_graph
from wavegan_cond.saved_models.load_run import SoundingGenerator
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.storage.folders import new_folder
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.synthesis.signatures import make_signatures

STEPS = np.iinfo(np.int16).max  # of a weight stored in half the space


@dataclasses.dataclass(frozen=True)
class ExportSource:
    """What is exported.

    Attributes:
      generator: a float32 generator, built outside any strategy.
      info: its description.
      config: JSON object that is added to ``info`` in a file.
      half: whether a SavedModel stores weights as int16 with a scale; they
        become float32 where they are used.
      places: map of its sounds that stands beside a SavedModel, if any, see
        ``evaluation.sound_map``.
      texts: card and licence that stand beside a model of any format, by file
        name.
    """

    generator: SoundingGenerator
    info: ModelInfo
    config: dict
    half: bool = False
    places: list[list[float]] | None = None
    texts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def text(self) -> str:
        """Returns the description as JSON."""
        return json.dumps(
            {**dataclasses.asdict(self.info), "config": self.config}
        )


def round_weights(generator: SoundingGenerator) -> None:
    """Rounds weights to what ``half`` can hold; they stay float32.

    The sounds change by less than a thousandth of their peak
    (tests/wavegan_cond/saved_models/test_export.py).
    """
    generator.set_weights(
        [integers * scale for integers, scale in to_integers(generator)]
    )


def to_integers(
    generator: SoundingGenerator,
) -> list[tuple[np.ndarray, np.float32]]:
    """Returns each weight as int16, and the float32 that is one of its steps.

    Not float16: TensorFlow complains of it on most processors.
    """
    found = []
    for weight in generator.get_weights():
        scale = np.float32(np.abs(weight).max(initial=0) / STEPS or 1)
        found.append((np.round(weight / scale).astype(np.int16), scale))
    return found


def write_saved_model(
    source: ExportSource, output_dir: str | os.PathLike
) -> None:
    """Writes a generator as a SavedModel with a checksum manifest.

    One that ``load_model`` will not load without trust, such as one too large
    to be checked, is named on standard error: other programs can use it.

    Args:
      source: the generator and its description.
      output_dir: path of the SavedModel, which must not exist or be an empty
        folder; it is written atomically.

    Raises:
      FolderError: ``output_dir`` is not empty.
      WriteError: the SavedModel cannot be written.
    """
    with new_folder(output_dir) as folder:
        module, signatures = make_module(source)
        tf.saved_model.save(module, str(folder), signatures)
        warn_of_refusal(folder)
        write_text(folder / INFO, source.text())
        if source.places is not None:
            write_text(folder / sound_map.FILE, json.dumps(source.places))
        write_texts(source, folder)
        checksums.write_manifest(folder)


def write_texts(source: ExportSource, folder: pathlib.Path) -> None:
    """Writes card and licence into a folder that is still being written.

    Raises:
      WriteError: one cannot be written.
    """
    for name, text in source.texts.items():
        write_text(folder / name, text)


def warn_of_refusal(folder: pathlib.Path) -> None:
    """Says so if a SavedModel does not pass the check before it is loaded."""
    try:
        check_graph(folder)
    except ModelError as error:
        print(
            "warning: the commands of this project load this SavedModel only "
            f"with --trust_model: {error}. The export is whole, and other "
            "programs load it as any SavedModel",
            file=sys.stderr,
        )


def hold_weights(
    generator: SoundingGenerator, half: bool
) -> tuple[list[tf.Variable], Callable]:
    """Returns variables for the weights, and what makes a function use them.

    Args:
      generator: whose weights they are.
      half: whether they are int16; else they are the generator's own.
    """
    if not half:
        return [v.value for v in generator.variables], lambda function: function
    integers, scales = zip(*to_integers(generator), strict=True)
    held = [tf.Variable(each, trainable=False) for each in integers]

    def using(function: Callable) -> Callable:
        @functools.wraps(function)
        def call(*inputs):
            values = [
                tf.cast(variable, tf.float32) * scale
                for variable, scale in zip(held, scales, strict=True)
            ]
            state = zip(generator.variables, values, strict=True)
            with keras.StatelessScope(list(state)):
                return function(*inputs)

        return call

    return held, using


def make_module(source: ExportSource) -> tuple[tf.Module, dict]:
    """Returns a module that holds the weights once, and its signatures."""
    generator, info, text = source.generator, source.info, source.text()
    module = tf.Module()
    # Not keras.export.ExportArchive, which writes every weight twice.
    module.weights, using = hold_weights(generator, source.half)

    signatures = {
        name: tf.function(using(function), input_signature=specs)
        for name, (function, specs) in make_signatures(generator, info).items()
    }
    signatures["info"] = tf.function(
        lambda: {"info": tf.constant(text)}, input_signature=[]
    )
    for name, function in signatures.items():
        setattr(module, name, function)
    return module, {"serving_default": module.generate, **signatures}
