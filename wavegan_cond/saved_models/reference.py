"""Sounds of a model for whoever writes a program that plays its export.

reference.json has for each function its inputs, the output ``valid``, and the
name of a WAV file with the output ``audio``: the sounds one after the other, in
float32. The last one is refused: its label is no class, or its class weights do
not sum to 1.
"""

import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from wavegan_cond.saved_models.load_run import SoundingGenerator
from wavegan_cond.storage.atomic import write_bytes, write_text
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.ends import DEAD
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
from wavegan_cond.synthesis.signatures import make_signatures
from wavegan_cond.synthesis.wav import encode

SOUNDS = 6  # of each function; one more is refused
# Rounding may move the place where a sound is 80 dB down, and silent from there
# on; all else is far more alike.
TOLERANCE = 2 * DEAD


def make(generator: SoundingGenerator, info: ModelInfo) -> dict[str, dict]:
    """Returns inputs and outputs of each function of the live model.

    Args:
      generator: a float32 generator.
      info: its description.

    Returns:
      {name: {"inputs": {name: array}, "audio": float32 [7, T], "valid"}}.
    """
    given = draw_inputs(info)
    found = {}
    for name, (function, specs) in make_signatures(generator, info).items():
        inputs = {spec.name: given[spec.name] for spec in specs}
        good = [tf.constant(inputs[s.name][:SOUNDS]) for s in specs]
        audio = function(*good)["audio"].numpy()
        found[name] = {
            "inputs": inputs,
            "audio": np.pad(audio, [(0, 1), (0, 0)]),
            "valid": np.arange(SOUNDS + 1) < SOUNDS,
        }
    return found


def draw_inputs(info: ModelInfo) -> dict[str, np.ndarray]:
    """Returns what the functions take; the last sound is to be refused."""
    count = SOUNDS + 1
    random = np.random.default_rng(0)
    classes = len(info.classes)
    weights = random.dirichlet(np.ones(classes), count)
    weights[-1] = 0
    label = np.arange(count, dtype=np.int32) % classes
    label[-1] = -1
    return {
        "z": latents.draw(info, 0, count),
        "label": label,
        "class_weights": weights.astype(np.float32),
        "steer": random.uniform(-1, 1, (count, len(info.directions))).astype(
            np.float32
        ),
    }


def write(
    expected: Mapping[str, dict], sample_rate: int, folder: pathlib.Path
) -> None:
    """Writes the reference into a folder.

    Args:
      expected: of ``make``.
      sample_rate: of the sounds, in Hz.
      folder: a folder that is there.

    Raises:
      WriteError: a file cannot be written.
    """
    content: dict[str, Any] = {}
    for name, row in expected.items():
        wave = encode(row["audio"].ravel(), sample_rate, "FLOAT")
        write_bytes(folder / f"{name}.wav", wave)
        content[name] = {
            "inputs": {key: x.tolist() for key, x in row["inputs"].items()},
            "valid": row["valid"].tolist(),
            "audio": f"{name}.wav",
        }
    write_text(folder / "reference.json", json.dumps(content, indent=1))


def check(expected: Mapping[str, dict], run: Callable) -> None:
    """Checks that an exported model answers as the live one.

    Args:
      expected: of ``make``.
      run: (name, inputs) -> (audio, valid) of the exported model.

    Raises:
      ModelError: it does not.
    """
    for name, row in expected.items():
        audio, valid = run(name, row["inputs"])
        off = np.abs(audio - row["audio"]).max()
        if not (off <= TOLERANCE and (valid == row["valid"]).all()):
            raise ModelError(
                f"{name} would sound otherwise than the model, by {off:.1e}: "
                "another release of the converter may do better"
            )
