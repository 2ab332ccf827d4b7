"""Writes generated sounds and a ``sounds.json`` to reproduce them."""

import os
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np

from wavegan_cond.storage.atomic import writing
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import (
    Recipe,
    SoundListError,
    check_file_name,
    sha256,
)
from wavegan_cond.synthesis.render import encode
from wavegan_cond.synthesis.sounds_folder import SoundsFolder, holds, locked
from wavegan_cond.synthesis.synth import Synth
from wavegan_cond.synthesis.wav import read_wav, to_float, wav_bytes


def write_sounds(
    folder: str | os.PathLike,
    model: Synth,
    model_path: str | os.PathLike,
    recipes: Sequence[Recipe],
    joined: Mapping[str, Sequence[str]] | None = None,
    overwrite: bool = False,
) -> dict:
    """Generates sounds, writes them to a folder and lists them in sounds.json.

    Sounds that are there and would come out the same are left alone, so a
    second call adds to the folder, and one that was interrupted continues.
    Each sound is made once, to be compared or to be written.

    Args:
      folder: output folder, created if needed.
      model: the model.
      model_path: path of the model that is listed.
      recipes: recipes of the sounds, with different file names.
      joined: for each file that concatenates sounds, the files of these.
      overwrite: whether to replace existing files that differ.

    Returns:
      The content of ``sounds.json``.

    Raises:
      SoundListError: an existing sound differs (then nothing is written), or
        the existing ``sounds.json`` cannot be read or has no room, or another
        process writes to the folder.
      WriteError: a file cannot be written. The same call resumes there.
    """
    folder = pathlib.Path(folder)
    names = [recipe.file for recipe in recipes] + list(joined or {})
    _check_names(names)
    with writing(folder), locked(folder):
        content = generation_log.read_there(folder)
        generation_log.check_room(content, recipes)
        _check_length(content, names, model.info)
        entries = {} if overwrite else _check_same(folder, model, recipes)
        new = [r for r in recipes if r.file not in entries]
        sounds = SoundsFolder(folder, content, names, overwrite)
        if new:  # joined files come last: none is left by a call that was cut
            sounds.check_listed(joined or {})
        for recipe, data in encode(model, new):
            sounds.put(recipe.file, data)
            entries[recipe.file] = recipe.entry(model.info.fingerprint, data)
        content = generation_log.merge(
            content,
            generation_log.describe_model(model.info, model_path),
            [entries[recipe.file] for recipe in recipes],
            _join(sounds, joined or {}, model),
        )
        generation_log.write(folder, content)
    return content


def _check_length(
    content: Mapping, names: Sequence[str], info: ModelInfo
) -> None:
    """Checks that a model makes sounds of one length in a list.

    Those of a run that is still growing can have two, see ``full_rate``.

    Args:
      content: of the list.
      names: of files whose entries will be replaced.
      info: description of the model.

    Raises:
      SoundListError: it would not.
    """
    kept = generation_log.without(content, names)["models"]
    before = kept.get(info.fingerprint, {}).get("length", info.length)
    if before != info.length:
        raise SoundListError(
            f"the folder has sounds of this model of {before} samples, and "
            f"these have {info.length}, as of --full_rate: choose another "
            "folder"
        )


def read_waves(
    folder: str | os.PathLike, recipes: Sequence[Recipe]
) -> np.ndarray:
    """Returns the sounds of recipes that are in a folder, float32 [N, T]."""
    paths = [pathlib.Path(folder, recipe.file) for recipe in recipes]
    return to_float(np.stack([read_wav(path) for path in paths]))


def _join(sounds: SoundsFolder, joined: Mapping, model: Synth) -> list:
    """Writes the joined files; returns their entries in ``sounds.json``.

    Raises:
      SoundListError: see ``SoundsFolder.put``.
    """
    entries = []
    for name, files in joined.items():
        paths = [sounds.path / file for file in files]
        samples = np.concatenate([read_wav(path) for path in paths])
        data = wav_bytes(samples, model.info.sample_rate)
        sounds.put(name, data)
        entries.append(
            {
                "file": name,
                "sounds": list(files),
                "model": model.info.fingerprint,
                "sha256": sha256(data),
            }
        )
    return entries


def _check_names(names: Sequence[str]) -> None:
    seen = set()
    for name in names:
        check_file_name(name)
        # Some file systems take Kick.wav and kick.wav for one file.
        if name.casefold() in seen:
            raise SoundListError(f"two sounds would be called {name}")
        seen.add(name.casefold())


def _check_same(
    folder: pathlib.Path, model: Synth, recipes: Sequence[Recipe]
) -> dict[str, dict]:
    """Returns file -> entry of sounds that are there; raises if one differs."""
    entries, different = {}, []
    there = [r for r in recipes if (folder / r.file).exists()]
    for recipe, data in encode(model, there):
        if not holds(folder / recipe.file, data):
            different.append(recipe.file)
        entries[recipe.file] = recipe.entry(model.info.fingerprint, data)
    if different:
        raise SoundListError(
            f"{folder / different[0]} exists and is another sound"
            + (f" (so are {len(different) - 1} more)" if different[1:] else "")
            + ": choose another folder, or pass --overwrite"
        )
    return entries
