"""SavedModels that do more than compute, to see that they are refused.

Each makes sounds like an export of this project, and does something to a file
when it is asked what it is, which happens while it is loaded.
"""

import json
from collections.abc import Callable
from pathlib import Path

LENGTH = 64
INFO = {
    "sample_rate": 44100,
    "length": LENGTH,
    "classes": ["kick", "snare"],
    "latent_dim": 3,
    "prior": "normal",
    "iteration": 1,
    "fingerprint": "0" * 64,
    "conditional": True,
}
TOUCHED = "touched"


def operations() -> dict[str, Callable[[str], object]]:
    """Returns, by operation, what touches or reads the file of a path."""
    import tensorflow as tf

    def touch(path):
        Path(path.decode()).write_text(TOUCHED)
        return b""

    def touch_eagerly(path):
        Path(path.numpy().decode()).write_text(TOUCHED)
        return b""

    return {
        "ReadFile": tf.io.read_file,
        "WriteFile": lambda path: tf.io.write_file(path, TOUCHED),
        "PyFunc": lambda path: tf.numpy_function(touch, [path], tf.string),
        "EagerPyFunc": lambda path: tf.py_function(
            touch_eagerly, [path], tf.string
        ),
        "SaveV2": lambda path: tf.raw_ops.SaveV2(
            prefix=path,
            tensor_names=["x"],
            shape_and_slices=[""],
            tensors=[0.0],
        ),
        "PrintV2": lambda path: tf.print(
            TOUCHED, output_stream=f"file://{path}"
        ),
        "MatchingFiles": tf.io.matching_files,
    }


def write(
    folder: Path,
    act: Callable[[str], object],
    canary: str | Path,
    said: dict = INFO,
) -> None:
    """Writes a SavedModel that calls ``act(canary)`` as it is loaded.

    Args:
      folder: a new one.
      act: one of ``operations``.
      canary: the path of a file.
      said: what the model says of itself.
    """
    import tensorflow as tf

    z = tf.TensorSpec([None, INFO["latent_dim"]], tf.float32, "z")
    label = tf.TensorSpec([None], tf.int32, "label")
    weights = tf.TensorSpec(
        [None, len(INFO["classes"])], tf.float32, "class_weights"
    )

    def sound(z, other):
        spread = tf.ones([INFO["latent_dim"], LENGTH])
        return {"audio": tf.tanh(tf.matmul(z, spread))}

    def info():
        act(str(canary))
        return {"info": tf.constant(json.dumps(said))}

    module = tf.Module()
    signatures = {
        "generate": tf.function(
            lambda z, label: sound(z, label), input_signature=[z, label]
        ),
        "mix": tf.function(
            lambda z, class_weights: sound(z, class_weights),
            input_signature=[z, weights],
        ),
        "info": tf.function(info, input_signature=[]),
    }
    tf.saved_model.save(module, str(folder), signatures)
