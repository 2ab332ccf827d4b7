"""A trained generator to make sounds with, from a run folder or a SavedModel.

Imports neither the training step nor the data: z and labels in, sounds out.
"""

import json
import os
import pathlib
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wavegan_cond.model.networks import Generator
from wavegan_cond.saved_models.load_run import load_run
from wavegan_cond.saved_models.model_check import check_files, check_graph
from wavegan_cond.storage import checksums
from wavegan_cond.storage.untrusted import one_line
from wavegan_cond.synthesis import model_info
from wavegan_cond.synthesis.model_info import Info, ModelError
from wavegan_cond.synthesis.signatures import generate_function, mix_function
from wavegan_cond.training.run_dir import RunDir

# Rows the graph always runs at once. The last batch is filled up, so that a
# sound does not depend, to the last bit, on how many are made beside it.
BATCH = 16

ADVICE = (
    "A SavedModel is a program: pass --trust_model if you know who made this "
    "one, and trust them"
)


class Synth:
    """Makes sounds.

    Args:
      info: of the model.
      generate: z [N, Z], label int [N] -> audio [N, T].
      mix: z [N, Z], class weights [N, num_classes] -> audio [N, T].
    """

    def __init__(self, info: Info, generate: Callable, mix: Callable):
        self.info = info
        self._generate, self._mix = generate, mix

    def generate(self, z: np.ndarray, label: np.ndarray) -> np.ndarray:
        """Returns sounds of classes: [N, Z], int [N] -> float32 [N, T]."""
        return in_batches(self._generate, z, np.asarray(label, np.int32))

    def mix(self, z: np.ndarray, class_weights: np.ndarray) -> np.ndarray:
        """Returns sounds between classes, whose label embeddings are mixed.

        Args:
          z: [N, Z].
          class_weights: [N, num_classes]; a one-hot row is that class.

        Returns:
          float32 [N, T].
        """
        return in_batches(self._mix, z, np.asarray(class_weights, np.float32))

    def label(self, name: str) -> int:
        """Returns the label of a class.

        Raises:
          ModelError: the model does not know it.
        """
        if name not in self.info.classes:
            raise ModelError(
                f"the model knows no {name!r}: it makes "
                f"{', '.join(self.info.classes)}"
            )
        return self.info.classes.index(name)


def in_batches(
    function: Callable, z: np.ndarray, other: np.ndarray
) -> np.ndarray:
    """Runs ``function(z, other)`` on BATCH rows at a time: -> [N, T].

    Raises:
      ValueError: ``z`` and ``other`` are not of one length, or are empty.
      ModelError: the graph refuses them.
    """
    if len(z) != len(other) or not len(z):
        raise ValueError(f"{len(z)} z and {len(other)} labels or weights")
    waves = []
    for start in range(0, len(z), BATCH):
        rows = [np.float32(z[start : start + BATCH]), other[start:][:BATCH]]
        count = len(rows[0])
        rows = [np.resize(part, (BATCH, *part.shape[1:])) for part in rows]
        try:
            wave = function(*map(tf.constant, rows))
        except tf.errors.OpError as error:
            raise ModelError(
                f"the model cannot make these sounds: {_reason(error)}"
            ) from error
        waves.append(np.asarray(wave)[:count])
    return np.concatenate(waves)


def _reason(error: tf.errors.OpError) -> str:
    """Returns what a check of the graph says, without the way to its node."""
    text = one_line(error, limit=100_000)
    return one_line(text[max(0, text.rfind("assertion failed:")) :])


def from_generator(generator: Generator, info: Info) -> Synth:
    """Returns a Synth of a live generator; later weights are heard too."""
    generate = generate_function(generator, info.length)
    mix = mix_function(generator, info.length)
    generate = tf.function(generate, autograph=False)
    mix = tf.function(mix, autograph=False)
    return Synth(
        info,
        lambda z, label: generate(z, label)["audio"],
        lambda z, weights: mix(z, weights)["audio"],
    )


def load_model(
    path: str | os.PathLike,
    checkpoint: str = "newest",
    trust: bool = False,
    full_rate: bool = False,
) -> Synth:
    """Returns the model in a run folder or a SavedModel.

    Args:
      path: the folder.
      checkpoint: of a run folder: "newest", "best" or an iteration.
      trust: load a SavedModel whatever it would do.
      full_rate: of a run folder: bring the sounds of a model that has not
        grown up to the full length and rate.

    Raises:
      ModelError: the folder is neither, or cannot be used.
      CheckpointError, ConfigError: of a run folder.
    """
    path = pathlib.Path(path)
    try:
        is_saved_model = (path / "saved_model.pb").is_file()
        is_run, is_file = RunDir(path).config.is_file(), path.is_file()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    if is_saved_model and (checkpoint != "newest" or full_rate):
        raise ModelError(
            f"{path} is a SavedModel, which has one state: --checkpoint and "
            "--full_rate are of run folders"
        )
    if is_saved_model:
        return load_saved_model(path, trust)
    if is_run:
        generator, info, _ = load_run(path, checkpoint, full_rate)
        return from_generator(generator, info)
    if is_file:
        raise ModelError(
            f"{path} is a file: a model is a run folder or the folder of a "
            "SavedModel, nothing else is loaded"
        )
    raise ModelError(
        f"{path} is neither a run folder (config.json) nor a SavedModel "
        "(saved_model.pb)"
    )


def load_saved_model(path: pathlib.Path, trust: bool = False) -> Synth:
    """Returns the model in a SavedModel of ``experiments.export``.

    Args:
      path: the folder.
      trust: load what another program has written, whatever it would do.

    Raises:
      ModelError: it is damaged, or would do more than compute.
    """
    sealed_here = (path / checksums.NAME).is_file()
    try:
        if not trust:
            check_files(path)
        if sealed_here:
            checksums.check(path)
        if not trust:
            check_graph(path)
    except (ModelError, OSError) as error:
        raise ModelError(f"{path} is refused: {error}. {ADVICE}") from error
    except ValueError as error:
        raise ModelError(
            f"{path} is damaged: {one_line(error)}; export it again"
        ) from error
    if not (sealed_here or trust):
        raise ModelError(
            f"{path} has no {checksums.NAME}: it is no SavedModel of "
            f"experiments.export, or an old one. Export it again. {ADVICE}"
        )
    try:
        return _load(path)
    # No list of what TensorFlow raises for a wrong graph would be complete.
    except Exception as error:
        raise ModelError(
            f"{path} is damaged, or no SavedModel of experiments.export: "
            f"{one_line(error)}"
        ) from error


def _load(path: pathlib.Path) -> Synth:
    module = tf.saved_model.load(str(path))
    signatures = module.signatures
    text = signatures["info"]()["info"].numpy().decode()
    generate, mix = signatures["generate"], signatures["mix"]
    info = model_info.from_fields(json.loads(text))
    shapes = (
        generate.structured_input_signature[1]["z"].shape,
        generate.structured_outputs["audio"].shape,
    )
    if shapes != ([None, info.latent_dim], [None, info.length]):
        raise ModelError("it makes other sounds than it says")
    synth = Synth(
        info,
        lambda z, label: generate(z=z, label=label)["audio"],
        lambda z, weights: mix(z=z, class_weights=weights)["audio"],
    )
    synth.module = module  # its variables live as long as it does
    return synth
