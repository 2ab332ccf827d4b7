"""Checkpoints: committed whole or not at all, verified before they are used.

A checkpoint is a folder ``iteration_00001000`` with the variables in
TensorFlow's own format and ``manifest.json``, which names every file with its
SHA-256. The folder is written under another name, synced, and renamed: the
rename is the commit. What does not match its manifest is never read.
"""

import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

PREFIX = "iteration_"
TEMPORARY = ".unfinished_"
MANIFEST = "manifest.json"
VARIABLES = "variables"


class CheckpointError(ValueError):
    """No checkpoint can be used; the message says why."""

    exit_code = 2


class NonFiniteError(RuntimeError):
    """Training has diverged: a number is NaN or infinite."""

    exit_code = 3


def gan_variables(gan) -> dict[str, tf.Variable]:
    """Returns everything a run must not lose, by name.

    Weights of the generator, its average and the critic, and both optimizers
    with their slots and iterations. The iteration counter is the generator
    optimizer's; random draws and data order are functions of it.
    """
    parts = {
        "generator": gan.generator,
        "critic": gan.critic,
        "generator_optimizer": gan.generator_optimizer,
        "critic_optimizer": gan.critic_optimizer,
    }
    if gan.average is not None:
        parts["average"] = gan.average
    named = {}
    for part, owner in parts.items():
        named.update(variables_of(owner, part))
    return named


def variables_of(owner, part: str) -> dict[str, tf.Variable]:
    """Returns a network's or optimizer's variables, named below ``part``."""
    named = {}
    for variable in owner.variables:
        path = variable.path.split("/", 1)[-1]
        named[f"{part}/{path}"] = variable.value
    if len(named) != len(owner.variables):
        raise ValueError(f"two variables of {part} share a name")
    return named


def save(
    folder: pathlib.Path,
    variables: Mapping[str, tf.Variable],
    iteration: int,
    keep: int = 3,
) -> pathlib.Path:
    """Commits a checkpoint and removes those older than the newest ``keep``.

    Raises:
      NonFiniteError: a variable is not finite; nothing is committed.
    """
    for name, variable in variables.items():
        if not np.all(np.isfinite(variable.numpy())):
            raise NonFiniteError(
                f"{name} is not finite at iteration {iteration}: not saved"
            )
    final = folder / f"{PREFIX}{iteration:08d}"
    temporary = folder / f"{TEMPORARY}{iteration:08d}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    prefix = str(temporary / VARIABLES)
    tf.train.Checkpoint(variables=dict(variables)).write(prefix)
    digests = {path.name: sha256(path) for path in sorted(temporary.iterdir())}
    manifest = {"iteration": iteration, "sha256": digests}
    (temporary / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    for path in (*temporary.iterdir(), temporary):
        _sync(path)
    shutil.rmtree(final, ignore_errors=True)
    os.rename(temporary, final)
    _sync(folder)
    for old in committed(folder)[:-keep]:
        shutil.rmtree(old)
    return final


def committed(folder: pathlib.Path) -> list[pathlib.Path]:
    """Returns the committed checkpoints, oldest first, not yet verified."""
    return sorted(folder.glob(f"{PREFIX}*"))


def sweep(folder: pathlib.Path) -> None:
    """Removes what an interrupted save left behind."""
    for path in folder.glob(f"{TEMPORARY}*"):
        shutil.rmtree(path, ignore_errors=True)


def verify(checkpoint: pathlib.Path) -> int:
    """Returns the iteration of a checkpoint whose files are as written.

    Raises:
      CheckpointError: a file is missing, or is not what was written.
    """
    try:
        manifest = json.loads((checkpoint / MANIFEST).read_text())
        digests, iteration = manifest["sha256"], int(manifest["iteration"])
        for name, digest in digests.items():
            if sha256(checkpoint / name) != digest:
                raise CheckpointError(f"{checkpoint / name} has changed")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
    return iteration


def newest(folder: pathlib.Path) -> tuple[pathlib.Path, int, list[str]]:
    """Returns the newest checkpoint that verifies, and its iteration.

    The third value says, for each newer one passed over, what is wrong.

    Raises:
      CheckpointError: there are checkpoints and none verifies.
      FileNotFoundError: there is none.
    """
    passed_over = []
    for checkpoint in reversed(committed(folder)):
        try:
            return checkpoint, verify(checkpoint), passed_over
        except CheckpointError as error:
            passed_over.append(str(error))
    if passed_over:
        raise CheckpointError("; ".join(passed_over))
    raise FileNotFoundError(f"no checkpoint in {folder}")


def restore(
    checkpoint: pathlib.Path,
    variables: Mapping[str, tf.Variable],
    partial: bool = False,
) -> None:
    """Reads ``variables`` from a verified checkpoint, in place.

    Args:
      checkpoint: the folder.
      variables: named as they were saved.
      partial: whether the checkpoint may hold more than is asked for.

    Raises:
      CheckpointError: a name is missing or a shape differs.
    """
    reader = tf.train.Checkpoint(variables=dict(variables))
    try:
        status = reader.read(str(checkpoint / VARIABLES))
        if partial:
            status.assert_existing_objects_matched().expect_partial()
        else:
            status.assert_consumed()
    except (AssertionError, ValueError, tf.errors.OpError) as error:
        raise CheckpointError(
            f"{checkpoint} does not fit this model: {error}"
        ) from error


def sha256(path: pathlib.Path) -> str:
    """Returns the SHA-256 of a file, in hex."""
    with open(path, "rb") as file:
        digest = hashlib.sha256()
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _sync(path: pathlib.Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
