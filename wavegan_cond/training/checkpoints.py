"""Atomic checkpoints with checksum manifests.

A checkpoint is a folder ``iteration_00001000`` with the variables in
TensorFlow's own format and ``manifest.json``, which lists the SHA-256 of every
file. The folder is written under a temporary name, synced, and renamed; the
rename commits it. A checkpoint that does not match its manifest is never read.
"""

import os
import pathlib
import shutil
import sys
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import sync, writing
from wavegan_cond.training.bundle_check import BundleError, check_bundle

PREFIX = "iteration_"
TEMPORARY = ".unfinished_"
VARIABLES = "variables"


class CheckpointError(ValueError):
    """Missing or unusable checkpoint; the message gives the reason."""

    exit_code = 2


class NonFiniteError(RuntimeError):
    """Diverged training: a loss or weight is NaN or infinite."""

    exit_code = 3


def gan_variables(gan) -> dict[str, tf.Variable]:
    """Returns the complete state of a training run, by name.

    These are the weights of the generator, its moving average and the critic,
    and both optimizers with their slots and iterations. The iteration counter
    is that of the generator's optimizer; random draws and data order are
    functions of it.
    """
    parts = {
        "generator": gan.generator,
        "critic": gan.critic,
        "generator_optimizer": gan.generator_optimizer,
        "critic_optimizer": gan.critic_optimizer,
    }
    for part in ("average", "match_eq"):
        if getattr(gan, part) is not None:
            parts[part] = getattr(gan, part)
    named = {}
    for part, owner in parts.items():
        named.update(variables_of(owner, part))
    return named


def save(
    folder: pathlib.Path,
    variables: Mapping[str, tf.Variable],
    iteration: int,
    keep: int = 3,
    config_digest: str = "",
    score: float | None = None,
) -> pathlib.Path:
    """Saves a checkpoint and removes old ones.

    Args:
      folder: folder of the checkpoints.
      variables: the variables to save, by name.
      iteration: number of iterations done.
      keep: number of latest checkpoints to keep; the best is kept too.
      config_digest: digest of the run's configuration, compared by ``latest``.
      score: distance of generated to real sounds; lower is better.

    Returns:
      The folder of the new checkpoint.

    Raises:
      NonFiniteError: a variable is not finite; nothing is saved.
      WriteError: the checkpoint cannot be written; nothing of it is kept.
    """
    for name, variable in variables.items():
        if not np.all(np.isfinite(variable.numpy())):
            raise NonFiniteError(
                f"{name} is not finite at iteration {iteration}: not saved; "
                "the checkpoint before is kept"
            )
    final = folder / f"{PREFIX}{iteration:08d}"
    temporary = folder / f"{TEMPORARY}{iteration:08d}"
    try:
        with writing(final):
            _write(temporary, variables, iteration, config_digest, score)
            commit(temporary, final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    for old in outdated(folder, keep):
        shutil.rmtree(old)
    return final


def _write(temporary, variables, iteration, config_digest, score) -> None:
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    prefix = str(temporary / VARIABLES)
    tf.train.Checkpoint(variables=dict(variables)).write(prefix)
    checksums.write_manifest(
        temporary, iteration=iteration, run=config_digest, score=score
    )


def commit(temporary: pathlib.Path, final: pathlib.Path) -> None:
    """Renames a completely written checkpoint to its final name."""
    shutil.rmtree(final, ignore_errors=True)
    os.rename(temporary, final)
    sync(final.parent)


def committed(folder: pathlib.Path) -> list[pathlib.Path]:
    """Returns the committed checkpoints, oldest first, not yet verified."""
    return sorted(folder.glob(f"{PREFIX}*"))


def outdated(folder: pathlib.Path, keep: int) -> list[pathlib.Path]:
    """Returns the checkpoints to remove.

    Args:
      folder: folder of the checkpoints.
      keep: number of latest checkpoints to keep; the best is kept too.
    """
    old = committed(folder)[:-keep]
    if not old:
        return []
    try:
        kept = best(folder)
    except CheckpointError:  # there are no scores
        return old
    return [path for path in old if path != kept]


def best(folder: pathlib.Path) -> pathlib.Path:
    """Returns the checkpoint with the lowest score; the latest of equal ones.

    Raises:
      CheckpointError: no readable checkpoint has a score.
    """
    scores = []
    for place, path in enumerate(committed(folder)):
        try:
            score = checksums.read_manifest(path).get("score")
        except checksums.ManifestError:
            continue
        if score is not None:
            scores.append((score, -place, path))
    if not scores:
        raise CheckpointError(f"no checkpoint in {folder} has a score")
    return min(scores)[2]


def remove_unfinished(folder: pathlib.Path) -> None:
    """Removes the files of interrupted saves."""
    for path in folder.glob(f"{TEMPORARY}*"):
        shutil.rmtree(path, ignore_errors=True)


def verify(checkpoint: pathlib.Path, config_digest: str = "") -> int:
    """Checks a checkpoint against its manifest and returns its iteration.

    Args:
      checkpoint: folder of the checkpoint.
      config_digest: digest it must have been saved with; "" accepts any.

    Raises:
      CheckpointError: a file is missing or has changed, or the checkpoint was
        saved with another configuration.
    """
    try:
        manifest = checksums.verify(checkpoint)
    except checksums.ManifestError as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
    if config_digest and manifest["run"] not in ("", config_digest):
        raise CheckpointError(
            f"{checkpoint} was saved by a run of another configuration than "
            "the config.json beside it"
        )
    return manifest["iteration"]


def latest(
    folder: pathlib.Path, config_digest: str = ""
) -> tuple[pathlib.Path, int, list[str]]:
    """Returns the latest valid checkpoint of a run.

    A warning on standard error names each later checkpoint that is not valid.

    Args:
      folder: folder of the checkpoints.
      config_digest: digest it must have been saved with; "" accepts any.

    Returns:
      The folder of the checkpoint, its iteration, and for each later
      checkpoint the reason why it is not valid.

    Raises:
      CheckpointError: there are checkpoints, but none is valid.
      FileNotFoundError: there are no checkpoints.
    """
    rejected = []
    for checkpoint in reversed(committed(folder)):
        try:
            iteration = verify(checkpoint, config_digest)
        except CheckpointError as error:
            rejected.append(str(error))
            continue
        for message in rejected:
            print(f"warning: passed over: {message}", file=sys.stderr)
        return checkpoint, iteration, rejected
    if rejected:
        raise CheckpointError("; ".join(rejected))
    raise FileNotFoundError(f"no checkpoint in {folder}")


def restore(
    checkpoint: pathlib.Path,
    variables: Mapping[str, tf.Variable],
    partial: bool = False,
) -> None:
    """Loads ``variables`` in place from a verified checkpoint.

    Args:
      checkpoint: folder of the checkpoint.
      variables: the variables to load, by the names they were saved under.
      partial: whether the checkpoint may contain further variables.

    Raises:
      CheckpointError: a name is missing, a shape differs, the files are not
        whole, or a number is not finite.
    """
    try:
        check_bundle(checkpoint / VARIABLES)
    except BundleError as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
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
    for name, variable in variables.items():
        if not np.all(np.isfinite(variable.numpy())):
            raise CheckpointError(
                f"{checkpoint} is damaged: {name} is not finite"
            )
