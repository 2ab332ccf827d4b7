"""Atomic checkpoints with checksum manifests.

A checkpoint is a folder ``iteration_00001000`` with the variables in
TensorFlow's own format and ``manifest.json``, which lists the SHA-256 of every
file. The folder is written under a temporary name, synced, and renamed; the
rename commits it. A checkpoint that does not match its manifest is never read.
"""

import os
import pathlib
import re
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from wavegan_cond.model.conditioning import variables_of
from wavegan_cond.storage import checksums
from wavegan_cond.storage.atomic import sync, writing
from wavegan_cond.storage.plain_path import plain_path
from wavegan_cond.storage.untrusted import one_line
from wavegan_cond.training.bundle_check import check_bundle
from wavegan_cond.training.checkpoint_folder import (
    PREFIX,
    TEMPORARY,
    CheckpointError,
    iteration_of,
    outdated,
)

if TYPE_CHECKING:
    from wavegan_cond.model.wavegan import WaveGAN

VARIABLES = "variables"
# The names of files that are written here; others are left alone.
FILE = re.compile(
    rf"{re.escape(checksums.NAME)}|{VARIABLES}\.(index|data-\d{{5}}-of-\d{{5}})"
)


class NonFiniteError(RuntimeError):
    """Diverged training: a loss or weight is NaN or infinite."""

    exit_code = 3


def gan_variables(gan: "WaveGAN") -> dict[str, tf.Variable]:
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
    since: int = 0,
) -> pathlib.Path:
    """Saves a checkpoint and removes old ones.

    One of the same run and iteration is replaced. An old one that cannot be
    removed stays, with a warning on standard error.

    Args:
      folder: folder of the checkpoints.
      variables: the variables to save, by name.
      iteration: number of iterations done.
      keep: number of latest whole checkpoints to keep; the best is kept too.
      config_digest: digest of the run's configuration, compared by ``latest``.
      score: distance of generated to real sounds; lower is better.
      since: iterations before this growing stage: its best is kept as well.

    Returns:
      The folder of the new checkpoint.

    Raises:
      NonFiniteError: a variable is not finite; nothing is saved.
      WriteError: the checkpoint cannot be written, or one that is there under
        its name cannot be replaced; nothing of it is kept.
    """
    for name in _not_finite(variables):
        raise NonFiniteError(
            f"{name} is not finite at iteration {iteration}: it is not saved; "
            "checkpoints of before stay as they are"
        )
    final = folder / f"{PREFIX}{iteration:08d}"
    temporary = _unfinished(folder, iteration)
    try:
        with writing(final):
            _write(temporary, variables, iteration, config_digest, score)
            commit(temporary, final, config_digest)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    for old in outdated(folder, keep, config_digest, since):
        if old != final:
            _remove(old)
    return final


def _remove(old: pathlib.Path) -> None:
    """Removes a checkpoint, or says that it could not.

    It is renamed first: half of one would stand there as damaged for ever. What
    is left under the temporary name is removed when the run is next started.
    """
    left = _unfinished(old.parent, iteration_of(old))
    try:
        old.rename(left)
        shutil.rmtree(left)
    except OSError as error:
        there = left if left.exists() else old
        print(
            f"\nwarning: {there} is not needed any more and cannot be removed: "
            f"{error.strerror}",
            file=sys.stderr,
        )


def _unfinished(
    folder: pathlib.Path, iteration: int, unique: str = ""
) -> pathlib.Path:
    """Returns a temporary name of a checkpoint, see ``UNFINISHED``."""
    return folder / f"{TEMPORARY}{iteration:08d}{unique}"


def _not_finite(variables: Mapping[str, tf.Variable]) -> Iterator[str]:
    """Yields the names of variables that are NaN or infinite somewhere."""
    for name, variable in variables.items():
        if not np.isfinite(variable.numpy()).all():
            yield name


def _write(temporary, variables, iteration, config_digest, score) -> None:
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    prefix = str(temporary / VARIABLES)
    tf.train.Checkpoint(variables=dict(variables)).write(prefix)
    checksums.write_manifest(
        temporary, iteration=iteration, run=config_digest, score=score
    )


def commit(
    temporary: pathlib.Path, final: pathlib.Path, config_digest: str
) -> None:
    """Renames a completely written checkpoint to its final name.

    What has that name is kept under another one, unless it is a damaged
    checkpoint or the one that is saved again. Of a process that is killed
    meanwhile, ``remove_unfinished`` finds what is needed no more, or puts back
    what is.

    Args:
      temporary: folder of the checkpoint.
      final: the path it gets.
      config_digest: of its run.
    """
    unique = secrets.token_hex(4)
    replaced = _is_replaced(final, config_digest)
    if replaced:
        former = _unfinished(final.parent, iteration_of(final), f"-{unique}")
        os.rename(final, former)
    elif os.path.lexists(final):
        os.rename(final, final.with_name(f"{final.name}.aside-{unique}"))
    os.rename(temporary, final)
    sync(final.parent)
    if replaced:
        shutil.rmtree(former, ignore_errors=True)


def _is_replaced(there: pathlib.Path, config_digest: str) -> bool:
    """Says whether nothing is lost with what has the name of a checkpoint.

    It is a damaged one, or of the same run and iteration, without other files.
    """
    if there.is_symlink() or not there.is_dir():
        return False
    try:
        paths = list(there.iterdir())
        if any(p.is_dir() or not FILE.fullmatch(p.name) for p in paths):
            return False
        manifest = checksums.verify(there)
    except checksums.ManifestError:
        return True
    except OSError:  # it may be anything
        return False
    ours = manifest.get("run") in ("", config_digest)
    return ours and manifest.get("iteration") == iteration_of(there)


def saved_shapes(checkpoint: pathlib.Path) -> dict[str, list]:
    """Returns the shapes of the variables in a checkpoint, by name.

    Raises:
      CheckpointError: the checkpoint is damaged.
    """
    start, end = f"{VARIABLES}/", "/.ATTRIBUTES/VARIABLE_VALUE"
    try:
        check_bundle(checkpoint / VARIABLES)
        with plain_path(checkpoint) as folder:
            saved = tf.train.list_variables(str(folder / VARIABLES))
    except (ValueError, tf.errors.OpError) as error:
        raise CheckpointError(f"{checkpoint} is damaged: {error}") from error
    # TensorFlow writes a slash in a name as ".S".
    return {
        name[len(start) : -len(end)].replace(".S", "/"): shape
        for name, shape in saved
        if name.startswith(start) and name.endswith(end)
    }


def _difference(there: Mapping, wanted: Mapping) -> str:
    """Returns in words the first difference between two dicts of shapes."""
    for name in sorted(wanted):
        if name not in there:
            return f"it has no {name}"
        if there[name] != wanted[name]:
            return f"its {name} is {there[name]}, not {wanted[name]}"
    return f"it has {min(there.keys() - wanted.keys())} too"


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
    there = saved_shapes(checkpoint)
    wanted = {name: v.shape.as_list() for name, v in variables.items()}
    if partial:
        there = {name: shape for name, shape in there.items() if name in wanted}
    if there != wanted:
        raise CheckpointError(
            f"{checkpoint} does not fit this model: "
            f"{_difference(there, wanted)}. Its config.json was changed, or "
            "another version of this program saved it"
        )
    reader = tf.train.Checkpoint(variables=dict(variables))
    try:
        with plain_path(checkpoint) as folder:
            status = reader.read(str(folder / VARIABLES))
        status.assert_existing_objects_matched().expect_partial()
    except (AssertionError, ValueError, tf.errors.OpError) as error:
        raise CheckpointError(
            f"{checkpoint} does not fit this model: {one_line(error)}"
        ) from error
    for name in _not_finite(variables):
        raise CheckpointError(f"{checkpoint} is damaged: {name} is not finite")
