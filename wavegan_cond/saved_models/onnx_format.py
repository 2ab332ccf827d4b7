"""A model as ONNX files, one for each function, with ``tf2onnx``.

  generate.onnx  z float32 [N, Z], label int32 [N] -> audio, valid
  mix.onnx       z float32 [N, Z], class_weights float32 [N, classes] -> ...
  steer.onnx     z float32 [N, Z], label int32 [N], steer float32 [N, 3] -> ...

audio is float32 [N, T], valid bool [N], see ``portable``. Each file holds all
weights, so that a program needs the one that it calls. The description of the
model is in the metadata of each, as JSON under "info".
"""

import os
import pathlib
from collections.abc import Callable, Mapping

import numpy as np
import onnx
import onnxruntime
import tf2onnx

from wavegan_cond.saved_models.load_run import SoundingGenerator
from wavegan_cond.storage.atomic import write_bytes

# The newest one that tf2onnx writes. Below 16 an ONNX runtime has no comparison
# that is false of NaN.
OPSET = 18


def write(
    functions: Mapping[str, Callable],
    generator: SoundingGenerator,
    text: str,
    folder: pathlib.Path,
) -> None:
    """Writes the files.

    Args:
      functions: of ``portable_functions``.
      generator: their generator.
      text: description of the model, JSON.
      folder: a folder that is there.

    Raises:
      WriteError: a file cannot be written.
    """
    for name, function in functions.items():
        model, _ = tf2onnx.convert.from_function(
            function,
            function.input_signature,
            opset=OPSET,
            custom_op_handlers={"SelectV2": (_select, [])},
        )
        model.graph.name = name
        onnx.helper.set_model_props(model, {"info": text})
        onnx.checker.check_model(model)
        write_bytes(folder / f"{name}.onnx", model.SerializeToString())


def _select(graph, node, name, arguments):
    """Has a choice be one: tf2onnx makes it a sum of products, NaN of NaN."""
    node.type = "Where"
    return node


def load(folder: str | os.PathLike, threads: int = 0) -> Callable:
    """Returns (name, inputs) -> (audio, valid) of the files in a folder.

    Args:
      folder: path of the folder.
      threads: how many to use; 0 for one a core.
    """
    sessions = {}

    def run(name: str, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        if name not in sessions:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            sessions[name] = onnxruntime.InferenceSession(
                pathlib.Path(folder, f"{name}.onnx"),
                options,
                providers=["CPUExecutionProvider"],
            )
        return sessions[name].run(["audio", "valid"], dict(inputs))

    return run
