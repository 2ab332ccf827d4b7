"""A model as one LiteRT (TensorFlow Lite) file with three signatures.

model.tflite has the signatures generate, mix and steer, with the inputs of
``onnx_format`` and its outputs audio and valid. Its operations are LiteRT's
own; a program needs no TensorFlow. N is 1 until an input is resized.
"""

import os
import pathlib
import tempfile
import warnings
from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf

from wavegan_cond.saved_models.load_run import SoundingGenerator
from wavegan_cond.storage.atomic import write_bytes

NAME = "model.tflite"


def write(
    functions: Mapping[str, Callable],
    generator: SoundingGenerator,
    text: str,
    folder: pathlib.Path,
) -> None:
    """Writes the file.

    Args:
      functions: of ``portable_functions``.
      generator: their generator.
      text: description of the model; it stands beside the file.
      folder: a folder that is there.

    Raises:
      WriteError: the file cannot be written.
    """
    module = tf.Module()
    module.weights = [variable.value for variable in generator.variables]
    for name, function in functions.items():
        setattr(module, name, function)
    with tempfile.TemporaryDirectory() as scratch:
        tf.saved_model.save(module, scratch, dict(functions))
        converter = tf.lite.TFLiteConverter.from_saved_model(
            scratch, signature_keys=list(functions)
        )
        write_bytes(folder / NAME, converter.convert())


def load(folder: str | os.PathLike, threads: int | None = None) -> Callable:
    """Returns (name, inputs) -> (audio, valid) of the file in a folder.

    Args:
      folder: path of the folder.
      threads: how many to use; None leaves it to LiteRT.
    """
    with warnings.catch_warnings():
        # TensorFlow gives the interpreter away to another package one day.
        warnings.simplefilter("ignore", UserWarning)
        interpreter = tf.lite.Interpreter(
            str(pathlib.Path(folder, NAME)), num_threads=threads
        )

    def run(name: str, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        outputs = interpreter.get_signature_runner(name)(**inputs)
        return [outputs["audio"], outputs["valid"]]

    return run
