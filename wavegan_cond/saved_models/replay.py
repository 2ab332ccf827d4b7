"""Reproduces the sounds of a ``sounds.json`` and compares them."""

import os
import pathlib
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from wavegan_cond.saved_models import listed_models
from wavegan_cond.saved_models.find_model import is_saved_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ModelError, ModelInfo
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
      model_path: path of one of the models; None for those in the list. It
        stands for what it is, the others are where the list says.
      folder: folder to write the sounds to; None discards them.
      overwrite: whether to replace existing files that differ.
      known: paths of models by fingerprint, in the place of those in the list.
      **loading: keyword arguments of ``load_model``, for the model that is
        named, else for all. A checkpoint of "auto" is the one that the list
        names.

    Returns:
      The number of files, and the names of those that differ.

    Raises:
      SoundListError: the list cannot be read, a model has changed or is not
        there, or the one that is named is none of the list.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as temporary:
            return reproduce(
                list_path, model_path, temporary, known=known, **loading
            )
    content = generation_log.read(list_path)
    models, named = content["models"], set()
    if model_path:
        named = _listed_in(list_path, models, model_path, **loading)
    places = listed_models.find(list_path, models, known or {}, named)
    new = {"sounds": [], "joined": []}
    for fingerprint, listed in models.items():
        if fingerprint in named:
            path, recorded, options = model_path, model_path, loading
        else:
            path, recorded = places[fingerprint], listed["path"]
            # Trust in the model that is named is not for the others.
            options = {} if model_path else loading
        model = _load_listed(list_path, path, listed, **options)
        if model.info.fingerprint != fingerprint:
            raise _another(list_path, path, model.info, [listed])
        sounds, joined = (
            [e for e in content[part] if e["model"] == fingerprint]
            for part in ("sounds", "joined")
        )
        recipes = [parse_recipe(entry) for entry in sounds]
        parts = {entry["file"]: entry["sounds"] for entry in joined}
        new = write_sounds(folder, model, recorded, recipes, parts, overwrite)
    digests = {e["file"]: e["sha256"] for e in new["sounds"] + new["joined"]}
    old = content["sounds"] + content["joined"]
    different = [e["file"] for e in old if e["sha256"] != digests[e["file"]]]
    return len(old), different


def _listed_in(
    list_path: str | os.PathLike,
    models: Mapping[str, Mapping],
    path: str | os.PathLike,
    checkpoint: str = "auto",
    **loading,
) -> set[str]:
    """Returns the fingerprints of those listed models that are in one place.

    Of a run folder that may be several. The only model of a list is taken to be
    there: whoever loads it sees whether it is.

    Raises:
      SoundListError: none of them is.
      ModelError: see ``load_model``.
    """
    if len(models) < 2:
        return set(models)
    is_one = is_saved_model(path) or checkpoint != "auto"
    tried = {
        "any" if is_one else listed["iteration"]: listed
        for listed in models.values()
    }
    found, last, missing = set(), None, None
    for listed in tried.values():
        try:
            last = _load_listed(
                list_path, path, listed, checkpoint, **loading
            ).info
            found.add(last.fingerprint)
        except SoundListError as error:
            missing = error
    if missing and not found:
        raise missing
    if found.isdisjoint(models):
        raise _another(list_path, path, last, list(models.values()))
    return found & models.keys()


def _another(
    list_path: str | os.PathLike,
    path: str | os.PathLike,
    info: ModelInfo,
    listed: Sequence[Mapping],
) -> SoundListError:
    """Returns the error of a model that is none of some listed ones."""
    expected = "those" if listed[1:] else "the one"
    iterations = ", ".join(str(each["iteration"]) for each in listed)
    return SoundListError(
        f"{path} (iteration {info.iteration}) is another model than {expected} "
        f"of {list_path} (iteration {iterations}): name the right one with "
        "--model and --checkpoint"
    )


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
