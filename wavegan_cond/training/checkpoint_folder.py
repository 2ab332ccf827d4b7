"""The checkpoints in a folder: which are whole, which is the latest, the best.

Nothing here loads TensorFlow, or a variable.
"""

import contextlib
import functools
import pathlib
import re
import shutil
import sys
from collections.abc import Mapping
from typing import Any

from wavegan_cond.storage import checksums

PREFIX = "iteration_"
NUMBER = r"\d{8}|[1-9]\d{8,}"
TEMPORARY = ".unfinished_"  # of a checkpoint that is written, or removed
# Folders of other names are left alone.
FOLDER = re.compile(rf"{PREFIX}({NUMBER})")
# One that is replaced has hex digits too, the new one having the name without.
UNFINISHED = re.compile(
    rf"{re.escape(TEMPORARY)}({NUMBER})(?P<replaced>-[0-9a-f]{{8}})?"
)


class CheckpointError(ValueError):
    """Missing or unusable checkpoint; the message gives the reason."""

    exit_code = 2


def committed(folder: pathlib.Path) -> list[pathlib.Path]:
    """Returns the committed checkpoints, oldest first, not yet verified."""
    found = [
        path
        for path in folder.glob(f"{PREFIX}*")
        if FOLDER.fullmatch(path.name) and path.is_dir()
    ]
    return sorted(found, key=iteration_of)


def iteration_of(checkpoint: pathlib.Path) -> int:
    """Returns the iteration in the name of a checkpoint."""
    return int(checkpoint.name.removeprefix(PREFIX))


def remove_unfinished(folder: pathlib.Path) -> None:
    """Removes what interrupted saves and removals left in a folder.

    A whole checkpoint that was replaced gets its name back, if the new one did
    not come to have it.

    Args:
      folder: folder of the checkpoints, which need not exist.
    """
    for path in list(folder.glob(f"{TEMPORARY}*")):
        if named := UNFINISHED.fullmatch(path.name):
            if named["replaced"]:
                with contextlib.suppress(CheckpointError, OSError):
                    verify(path)
                    path.rename(folder / f"{PREFIX}{named[1]}")
            shutil.rmtree(path, ignore_errors=True)


def outdated(
    folder: pathlib.Path, keep: int, config_digest: str, since: int
) -> list[pathlib.Path]:
    """Returns the checkpoints to remove.

    What is damaged, or of another run, stays, and stands for no other one.

    Args:
      folder: folder of the checkpoints.
      keep: number of latest checkpoints to keep; the best is kept too.
      config_digest: digest they must have been saved with; "" accepts any.
      since: iterations before the newest one's growing stage, the best of which
        is kept as well.
    """
    found = {}
    for path in committed(folder):
        with contextlib.suppress(CheckpointError):
            found[path] = _verified(path, config_digest, _state_of(path))
    ranked = (*_ranked(found)[:1], *_ranked(found, since)[:1])
    kept = {*list(found)[-keep:], *ranked}
    return [
        path for path in found if path not in kept and not path.is_symlink()
    ]


def best(
    folder: pathlib.Path, config_digest: str = "", since: int = 0
) -> tuple[pathlib.Path, int]:
    """Returns the valid checkpoint with the lowest score, and its iteration.

    Of equal scores the latest. A warning on standard error names each better
    checkpoint that is not valid.

    Args:
      folder: folder of the checkpoints.
      config_digest: digest it must have been saved with; "" accepts any.
      since: iteration after which it was saved.

    Raises:
      CheckpointError: no valid checkpoint has a score.
    """
    found = {}
    for path in committed(folder):
        with contextlib.suppress(checksums.ManifestError):
            found[path] = checksums.read_manifest(path)
    rejected = []
    for path in _ranked(found, since):
        try:
            return path, verify(path, config_digest)
        except CheckpointError as error:
            rejected.append(str(error))
            print(f"warning: passed over: {error}", file=sys.stderr)
    raise CheckpointError(
        "; ".join(rejected) or f"no checkpoint in {folder} has a score"
    )


def _ranked(
    found: Mapping[pathlib.Path, Mapping], since: int = 0
) -> list[pathlib.Path]:
    """Returns the paths whose manifests have scores, the lowest score first.

    Of equal scores the latest comes first.

    Args:
      found: manifest of each checkpoint, oldest first.
      since: iteration after which it was saved.
    """
    scores = {
        path: manifest["score"]
        for path, manifest in found.items()
        if type(manifest.get("score")) in (int, float)
        and iteration_of(path) > since
    }
    return sorted(scores, key=lambda path: (scores[path], -iteration_of(path)))


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
    names = ("st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
    states = []
    with contextlib.suppress(OSError):
        for path in sorted(checkpoint.iterdir()):
            status = path.stat()
            states.append((path, *(getattr(status, name) for name in names)))
    return tuple(states)


def latest(
    folder: pathlib.Path, config_digest: str = ""
) -> tuple[pathlib.Path, int]:
    """Returns the latest valid checkpoint of a run, and its iteration.

    A warning on standard error names each later checkpoint that is not valid.

    Args:
      folder: folder of the checkpoints.
      config_digest: digest it must have been saved with; "" accepts any.

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
        return checkpoint, iteration
    if rejected:
        raise CheckpointError("; ".join(rejected))
    raise FileNotFoundError(f"no checkpoint in {folder}")
