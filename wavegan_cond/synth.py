"""A trained generator to make sounds with, from a run folder or a SavedModel.

Imports neither the training step nor the data: z and labels in, sounds out.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import sys
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wavegan_cond import checkpoints
from wavegan_cond.config import ModelConfig, from_json
from wavegan_cond.endpoints import generate_function, mix_function
from wavegan_cond.networks import Generator, make_generator
from wavegan_cond.run_dir import RunDir

# Rows the graph always runs at once. The last batch is filled up, so that a
# sound does not depend, to the last bit, on how many are made beside it.
BATCH = 16


class ModelError(ValueError):
    """A folder holds no model that can be used; the message says why."""

    exit_code = 2


@dataclasses.dataclass(frozen=True)
class Info:
    """What a host must know of a model.

    Attributes:
      sample_rate: in Hz.
      length: samples of a sound (T).
      classes: names; a label is an index into them.
      latent_dim: size of z (Z).
      prior: z was drawn from, "normal" or "uniform".
      iteration: of the training.
      fingerprint: SHA-256 of the weights, the model's identity.
      conditional: whether the label changes the sound.
    """

    sample_rate: int
    length: int
    classes: tuple[str, ...]
    latent_dim: int
    prior: str
    iteration: int
    fingerprint: str
    conditional: bool = True


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
    """
    if len(z) != len(other) or not len(z):
        raise ValueError(f"{len(z)} z and {len(other)} labels or weights")
    waves = []
    for start in range(0, len(z), BATCH):
        rows = [np.float32(z[start : start + BATCH]), other[start:][:BATCH]]
        count = len(rows[0])
        rows = [np.resize(part, (BATCH, *part.shape[1:])) for part in rows]
        waves.append(np.asarray(function(*map(tf.constant, rows)))[:count])
    return np.concatenate(waves)


def from_generator(generator: Generator, info: Info) -> Synth:
    """Returns a Synth of a live generator; later weights are heard too."""
    generate = tf.function(generate_function(generator), autograph=False)
    mix = tf.function(mix_function(generator), autograph=False)
    return Synth(
        info,
        lambda z, label: generate(z, label)["audio"],
        lambda z, weights: mix(z, weights)["audio"],
    )


def load_model(path: str | os.PathLike) -> Synth:
    """Returns the model in a run folder or a SavedModel.

    Raises:
      ModelError: the folder is neither, or cannot be used.
    """
    path = pathlib.Path(path)
    if (path / "saved_model.pb").is_file():
        return load_saved_model(path)
    if RunDir(path).config.is_file():
        generator, info, _ = load_run(path)
        return from_generator(generator, info)
    raise ModelError(
        f"{path} is neither a run folder (config.json) nor a SavedModel "
        "(saved_model.pb)"
    )


def load_saved_model(path: pathlib.Path) -> Synth:
    """Returns the model in a SavedModel of ``experiments.export``.

    Raises:
      ModelError: it is not one.
    """
    try:
        module = tf.saved_model.load(str(path))
        signatures = module.signatures
        values = {k: v.numpy() for k, v in signatures["info"]().items()}
        text = values["info"].decode()
        fields = json.loads(text)
        fields["classes"] = tuple(fields["classes"])
        names = {f.name for f in dataclasses.fields(Info)}
        info = Info(**{k: v for k, v in fields.items() if k in names})
        generate, mix = signatures["generate"], signatures["mix"]
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        tf.errors.OpError,
    ) as error:
        raise ModelError(
            f"{path} is damaged, or no SavedModel of experiments.export: "
            f"{one_line(error)}"
        ) from error
    synth = Synth(
        info,
        lambda z, label: generate(z=z, label=label)["audio"],
        lambda z, weights: mix(z=z, class_weights=weights)["audio"],
    )
    synth.module = module  # its variables live as long as it does
    return synth


def load_run(path: pathlib.Path) -> tuple[Generator, Info, ModelConfig]:
    """Returns the generator of a run's newest good checkpoint, in float32.

    Where the run keeps an average of the weights, that is the generator.

    Damaged checkpoints that are newer are passed over and named on standard
    error.

    Raises:
      ModelError: the folder is no run, or has no checkpoint yet.
      CheckpointError: none of its checkpoints can be used.
    """
    run_dir = RunDir(path)
    try:
        model, train, _ = from_json(run_dir.config.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"{path} is no run folder: it has no config.json"
        ) from error
    try:
        checkpoint, iteration, bad = checkpoints.newest(run_dir.checkpoints)
    except FileNotFoundError as error:
        raise ModelError(
            f"{path} has no checkpoint yet: train it first"
        ) from error
    for message in bad:
        print(f"warning: passed over: {message}", file=sys.stderr)
    generator = make_generator(model)
    part = "average" if train.average else "generator"
    variables = checkpoints.variables_of(generator, part)
    checkpoints.restore(checkpoint, variables, partial=True)
    return generator, describe(model, generator, iteration), model


def describe(model: ModelConfig, generator: Generator, iteration: int) -> Info:
    """Returns the Info of a generator."""
    return Info(
        sample_rate=model.sample_rate,
        length=model.length,
        classes=model.classes,
        latent_dim=model.latent_dim,
        prior=model.prior,
        iteration=iteration,
        fingerprint=fingerprint(model, generator),
        conditional=model.conditioning != "none",
    )


def fingerprint(model: ModelConfig, generator: Generator) -> str:
    """Returns the SHA-256 of a model's shape and weights."""
    digest = hashlib.sha256(
        json.dumps(dataclasses.asdict(model), sort_keys=True).encode()
    )
    named = checkpoints.variables_of(generator, "generator")
    for name in sorted(named):
        digest.update(name.encode() + named[name].numpy().tobytes())
    return digest.hexdigest()


def one_line(error: Exception, limit: int = 200) -> str:
    """Returns the message of an error as one line of at most ``limit``."""
    return " ".join(str(error).split())[:limit]
