"""Atomic checkpoints with checksum manifests.

A checkpoint is a folder ``iteration_00001000`` with the variables in
TensorFlow's own format and ``manifest.json``, which lists the SHA-256 of every
file. The folder is written under a temporary name, synced, and renamed; the
rename commits it. A checkpoint that does not match its manifest is never read.
"""

import contextlib
import functools
import os
import pathlib
import re
import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import sync, writing
from wavegan_cond.training.bundle_check import BundleError, check_bundle

PREFIX = "iteration_"
TEMPORARY = ".unfinished_"
VARIABLES = "variables"
# The names of folders and files that are written here; others are left alone.
NUMBER = r"\d{8}|[1-9]\d{8,}"
FOLDER = re.compile(rf"{PREFIX}({NUMBER})")
UNFINISHED = re.compile(rf"{re.escape(TEMPORARY)}(?:{NUMBER})")
FILE = re.compile(
    rf"{re.escape(checksums.NAME)}|{VARIABLES}\.(index|data-\d{{5}}-of-\d{{5}})"
)


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
      keep: number of latest whole checkpoints to keep; the best is kept too.
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
    for old in outdated(folder, keep, config_digest):
        if old != final:
            shutil.rmtree(old)
    return final


def _write(temporary, variables, iteration, config_digest, score) -> None:
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    prefix = str(temporary / VARIABLES)
    tf.train.Checkpoint(variables=dict(variables)).write(prefix)
    checksums.write_manifest(
        temporary, iteration=iteration, run=config_digest, score=score
    )


def commit(temporary: pathlib.Path, final: pathlib.Path) -> None:
    """Renames a completely written checkpoint to its final name."""
    if os.path.lexists(final):
        _make_way(final)
    os.rename(temporary, final)
    sync(final.parent)


def _make_way(final: pathlib.Path) -> None:
    """Removes the damaged checkpoint of an iteration that is saved again.

    What else has its name, or is in its folder, is kept under another name.
    """
    if final.is_dir() and not final.is_symlink():
        for path in final.iterdir():
            if FILE.fullmatch(path.name) and not path.is_dir():
                path.unlink()
        with contextlib.suppress(OSError):  # there is more in it
            final.rmdir()
            return
    final.rename(final.with_name(f"{final.name}.aside-{secrets.token_hex(4)}"))


def committed(folder: pathlib.Path) -> list[pathlib.Path]:
    """Returns the committed checkpoints, oldest first, not yet verified."""
    found = [
        path
        for path in folder.glob(f"{PREFIX}*")
        if FOLDER.fullmatch(path.name) and path.is_dir()
    ]
    return sorted(found, key=_iteration_of)


def _iteration_of(checkpoint: pathlib.Path) -> int:
    return int(checkpoint.name.removeprefix(PREFIX))


def outdated(
    folder: pathlib.Path, keep: int, config_digest: str = ""
) -> list[pathlib.Path]:
    """Returns the checkpoints to remove.

    What is damaged, or of another run, stays, and stands for no other one.

    Args:
      folder: folder of the checkpoints.
      keep: number of latest checkpoints to keep; the best is kept too.
      config_digest: digest they must have been saved with; "" accepts any.
    """
    found = {}
    for path in committed(folder):
        with contextlib.suppress(CheckpointError):
            found[path] = _verified(path, config_digest, _state_of(path))
    whole = list(found)
    kept = {*whole[-keep:], _best_of(whole, [found[path] for path in whole])}
    return [
        path for path in whole if path not in kept and not path.is_symlink()
    ]


def best(folder: pathlib.Path) -> pathlib.Path:
    """Returns the checkpoint with the lowest score; the latest of equal ones.

    Raises:
      CheckpointError: no readable checkpoint has a score.
    """
    found = {}
    for path in committed(folder):
        with contextlib.suppress(checksums.ManifestError):
            found[path] = checksums.read_manifest(path)
    chosen = _best_of(list(found), list(found.values()))
    if chosen is None:
        raise CheckpointError(f"no checkpoint in {folder} has a score")
    return chosen


def _best_of(
    paths: Sequence[pathlib.Path], manifests: Sequence[Mapping[str, Any]]
) -> pathlib.Path | None:
    """Returns the path with the lowest score, the last of equal ones."""
    scores = [
        (manifest["score"], -place)
        for place, manifest in enumerate(manifests)
        if type(manifest.get("score")) in (int, float)
    ]
    return paths[-min(scores)[1]] if scores else None


def remove_unfinished(folder: pathlib.Path) -> None:
    """Removes the files of interrupted saves."""
    for path in folder.glob(f"{TEMPORARY}*"):
        if UNFINISHED.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)


def verify(checkpoint: pathlib.Path, config_digest: str = "") -> int:
    """Checks a checkpoint against its manifest and returns its iteration.

    Args:
      checkpoint: folder of the checkpoint.
      config_digest: digest it must have been saved with; "" accepts any.

    Raises:
      CheckpointError: a file is missing or has changed, or the checkpoint was
        saved with another configuration or under another name.
    """
    return _check(checkpoint, config_digest)["iteration"]


def _check(checkpoint: pathlib.Path, config_digest: str) -> dict[str, Any]:
    """Returns the manifest of a checkpoint; see ``verify``."""
    try:
        manifest = checksums.verify(checkpoint)
    except checksums.ManifestError as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
    iteration = manifest.get("iteration")
    named = FOLDER.fullmatch(checkpoint.name)
    if type(iteration) is not int or (named and int(named[1]) != iteration):
        raise CheckpointError(
            f"{checkpoint} is damaged: it holds iteration {iteration!r:.50}"
        )
    if config_digest and manifest.get("run") not in ("", config_digest):
        raise CheckpointError(
            f"{checkpoint} was saved by a run of another configuration than "
            "the config.json beside it"
        )
    return manifest


@functools.lru_cache(maxsize=256)
def _verified(
    checkpoint: pathlib.Path, config_digest: str, state: tuple
) -> dict[str, Any]:
    """Returns the manifest of a checkpoint that is read again if it changes.

    Args:
      checkpoint: folder of the checkpoint.
      config_digest: see ``verify``.
      state: of ``_state_of``.

    Raises:
      CheckpointError: see ``verify``.
    """
    return _check(checkpoint, config_digest)


def _state_of(checkpoint: pathlib.Path) -> tuple:
    """Returns what of the files changes when one of them is written to."""
    states = []
    with contextlib.suppress(OSError):
        for path in sorted(checkpoint.iterdir()):
            status = path.stat()
            states.append(
                (
                    path.name,
                    status.st_ino,
                    status.st_size,
                    status.st_mtime_ns,
                    status.st_ctime_ns,
                )
            )
    return tuple(states)


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
