"""Reproduces the sounds of a ``sounds.json`` and compares them."""

import os
import pathlib
import tempfile
from collections.abc import Mapping
from typing import Any

from wavegan_cond.saved_models.find_model import is_saved_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.synthesis.recipe import SoundListError, parse_recipe
from wavegan_cond.synthesis.synth import Synth
from wavegan_cond.synthesis.write_sounds import write_sounds
from wavegan_cond.training.run_dir import RunError


def reproduce(
    list_path: str | os.PathLike,
    model_path: str | os.PathLike | None = None,
    folder: str | os.PathLike | None = None,
    overwrite: bool = False,
    known: Mapping[str, str] | None = None,
    **loading: Any,
) -> tuple[int, list[str]]:
    """Generates every sound of a ``sounds.json`` again and compares checksums.

    Args:
      list_path: path of the ``sounds.json``.
      model_path: path of the model; None for that in the list.
      folder: folder to write the sounds to; None discards them.
      overwrite: whether to replace existing files that differ.
      known: paths of models by fingerprint, in the place of those in the list.
      **loading: keyword arguments of ``load_model``. A checkpoint of "auto" is
        the one that the list names.

    Returns:
      The number of files, and the names of those that differ.

    Raises:
      SoundListError: the list cannot be read, or the model has changed.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as temporary:
            return reproduce(
                list_path, model_path, temporary, known=known, **loading
            )
    content = generation_log.read(list_path)
    new = {"sounds": [], "joined": []}
    for fingerprint, listed in content["models"].items():
        named = model_path or listed["path"]
        path = model_path or (known or {}).get(fingerprint, named)
        model = _load_listed(list_path, path, listed, **loading)
        if model.info.fingerprint != fingerprint:
            raise SoundListError(
                f"{path} (iteration {model.info.iteration}) is another model "
                f"than the one of {list_path} (iteration "
                f"{listed['iteration']}): name the right one with --model "
                "and --checkpoint"
            )
        sounds, joined = (
            [e for e in content[part] if e["model"] == fingerprint]
            for part in ("sounds", "joined")
        )
        recipes = [parse_recipe(entry) for entry in sounds]
        parts = {entry["file"]: entry["sounds"] for entry in joined}
        new = write_sounds(folder, model, named, recipes, parts, overwrite)
    digests = {e["file"]: e["sha256"] for e in new["sounds"] + new["joined"]}
    old = content["sounds"] + content["joined"]
    different = [e["file"] for e in old if e["sha256"] != digests[e["file"]]]
    return len(old), different


def _load_listed(
    list_path: str | os.PathLike,
    path: str | os.PathLike,
    listed: Mapping,
    checkpoint: str = "auto",
    full_rate: bool = False,
    **loading,
) -> Synth:
    """Loads the model of an entry of ``models``.

    Of a run folder it takes the checkpoint that the entry is of, and brings the
    sounds of an early growing stage to the length that they had.

    Raises:
      SoundListError: the run no longer has that checkpoint.
      ModelError: see ``load_model``.
    """
    if checkpoint != "auto" or is_saved_model(pathlib.Path(path)):
        return load_model(path, checkpoint, full_rate=full_rate, **loading)
    try:
        model = load_model(
            path, str(listed["iteration"]), full_rate=full_rate, **loading
        )
    except (ModelError, RunError) as error:
        raise SoundListError(
            f"{list_path} needs iteration {listed['iteration']} of {path}: "
            f"{error}"
        ) from error
    if listed.get("length", model.info.length) == model.info.length:
        return model
    return load_model(path, str(listed["iteration"]), full_rate=True, **loading)
