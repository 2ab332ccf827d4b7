"""Checkpoints: committed whole or not at all, verified before they are used.

A checkpoint is a folder ``iteration_00001000`` with the variables in
TensorFlow's own format and ``manifest.json``, which names every file with its
SHA-256. The folder is written under another name, synced, and renamed: the
rename is the commit. What does not match its manifest is never read.
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

PREFIX = "iteration_"
TEMPORARY = ".unfinished_"
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


def save(
    folder: pathlib.Path,
    variables: Mapping[str, tf.Variable],
    iteration: int,
    keep: int = 3,
    run: str = "",
    score: float | None = None,
) -> pathlib.Path:
    """Commits a checkpoint and removes those it makes superfluous.

    Args:
      folder: of the checkpoints.
      variables: what to save, by name.
      iteration: they are of.
      keep: the newest to keep; the best stays beside them.
      run: a digest of the run's configuration, which ``newest`` compares.
      score: how far from real its sounds are; the lowest is the best.

    Raises:
      NonFiniteError: a variable is not finite; nothing is committed.
      WriteError: it cannot be written; nothing is left of it.
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
            _write(temporary, variables, iteration, run, score)
            commit(temporary, final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    for old in superfluous(folder, keep):
        shutil.rmtree(old)
    return final


def _write(temporary, variables, iteration, run, score) -> None:
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    prefix = str(temporary / VARIABLES)
    tf.train.Checkpoint(variables=dict(variables)).write(prefix)
    checksums.write_manifest(
        temporary, iteration=iteration, run=run, score=score
    )


def commit(temporary: pathlib.Path, final: pathlib.Path) -> None:
    """Gives a written checkpoint its name: from here on it counts."""
    shutil.rmtree(final, ignore_errors=True)
    os.rename(temporary, final)
    sync(final.parent)


def committed(folder: pathlib.Path) -> list[pathlib.Path]:
    """Returns the committed checkpoints, oldest first, not yet verified."""
    return sorted(folder.glob(f"{PREFIX}*"))


def superfluous(folder: pathlib.Path, keep: int) -> list[pathlib.Path]:
    """Returns the checkpoints that are neither the best nor of the newest."""
    old = committed(folder)[:-keep]
    if not old:
        return []
    try:
        kept = best(folder)
    except CheckpointError:  # there are no scores
        return old
    return [path for path in old if path != kept]


def best(folder: pathlib.Path) -> pathlib.Path:
    """Returns the checkpoint with the lowest score, the newest of equals.

    Raises:
      CheckpointError: no checkpoint that can be read has a score.
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


def sweep(folder: pathlib.Path) -> None:
    """Removes what an interrupted save left behind."""
    for path in folder.glob(f"{TEMPORARY}*"):
        shutil.rmtree(path, ignore_errors=True)


def verify(checkpoint: pathlib.Path, run: str = "") -> int:
    """Returns the iteration of a checkpoint whose files are as written.

    Args:
      checkpoint: the folder.
      run: the digest it was saved with; "" for any.

    Raises:
      CheckpointError: a file is missing, or is not what was written, or the
        checkpoint is of another run.
    """
    try:
        manifest = checksums.verify(checkpoint)
    except checksums.ManifestError as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
    if run and manifest["run"] not in ("", run):
        raise CheckpointError(
            f"{checkpoint} was saved by a run of another configuration than "
            "the config.json beside it"
        )
    return manifest["iteration"]


def newest(
    folder: pathlib.Path, run: str = ""
) -> tuple[pathlib.Path, int, list[str]]:
    """Returns the newest checkpoint that verifies, and its iteration.

    The third value says, for each newer one passed over, what is wrong.

    Raises:
      CheckpointError: there are checkpoints and none verifies.
      FileNotFoundError: there is none.
    """
    passed_over = []
    for checkpoint in reversed(committed(folder)):
        try:
            return checkpoint, verify(checkpoint, run), passed_over
        except CheckpointError as error:
            passed_over.append(str(error))
    if passed_over:
        raise CheckpointError("; ".join(passed_over))
    raise FileNotFoundError(f"no checkpoint in {folder}")


def newest_told(
    folder: pathlib.Path, run: str = ""
) -> tuple[pathlib.Path, int]:
    """Returns the newest checkpoint that verifies, and its iteration.

    Each newer one passed over is named on standard error, with the reason.

    Raises:
      CheckpointError: there are checkpoints and none verifies.
      FileNotFoundError: there is none.
    """
    checkpoint, iteration, passed_over = newest(folder, run)
    for message in passed_over:
        print(f"warning: passed over: {message}", file=sys.stderr)
    return checkpoint, iteration


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
