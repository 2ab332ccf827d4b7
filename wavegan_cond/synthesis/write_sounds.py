"""Writes generated sounds and a ``sounds.json`` to reproduce them."""

import contextlib
import dataclasses
import os
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from wavegan_cond.storage import lock
from wavegan_cond.storage.atomic import (
    remove_leftover_files,
    write_bytes,
    writing,
)
from wavegan_cond.storage.untrusted import read_bytes
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import (
    Recipe,
    SoundListError,
    check_file_name,
    sha256,
)
from wavegan_cond.synthesis.synth import Synth
from wavegan_cond.synthesis.wav import read_wav, to_float, wav_bytes

CHUNK = 256  # sounds in memory at a time
LOCK = ".wavegan_cond.lock"  # of no other program: it is removed


def make_waves(model: Synth, recipes: Sequence[Recipe]) -> np.ndarray:
    """Generates the sounds of recipes, float32 [N, T].

    Args:
      model: the model.
      recipes: the recipes, either all with labels or all with class weights.

    Raises:
      ModelError: the model lacks a class.
      SoundListError: a z has the wrong dimension.
    """
    dim = model.info.latent_dim
    for recipe in recipes:
        if len(recipe.z) != dim:
            raise SoundListError(
                f"{recipe.file}: z has {len(recipe.z)} numbers, the model "
                f"takes {dim}"
            )
    z = np.array([recipe.z for recipe in recipes], np.float32)
    if recipes[0].label is not None:
        labels = [model.info.label(recipe.label) for recipe in recipes]
        return model.generate(z, np.array(labels))
    weights = np.zeros((len(recipes), len(model.info.classes)), np.float32)
    for row, recipe in zip(weights, recipes, strict=True):
        for name, weight in recipe.class_weights.items():
            row[model.info.label(name)] = weight
    return model.mix(z, weights)


def encode(
    model: Synth, recipes: Sequence[Recipe]
) -> Iterator[tuple[Recipe, bytes]]:
    """Generates sounds; yields each recipe and the content of its WAV file."""
    for labelled in (True, False):
        kind = [r for r in recipes if (r.label is not None) == labelled]
        for start in range(0, len(kind), CHUNK):
            chunk = kind[start : start + CHUNK]
            waves = make_waves(model, chunk)
            for recipe, wave in zip(chunk, waves, strict=True):
                yield recipe, wav_bytes(wave, model.info.sample_rate)


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
      model_path: path of the model as the user gave it.
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
    listed = folder / generation_log.NAME
    names = [recipe.file for recipe in recipes] + list(joined or {})
    _check_names(names)
    with writing(folder), _locked(folder):
        content = generation_log.read(listed) if listed.exists() else None
        generation_log.check_room(content, recipes)
        _check_length(content, names, model.info)
        entries = {} if overwrite else _check_same(folder, model, recipes)
        new = [r for r in recipes if r.file not in entries]
        sounds = _Folder(folder, content, names, overwrite)
        if new:  # joined files come last: none is left by a call that was cut
            sounds.check_listed(joined or {})
        for recipe, data in encode(model, new):
            sounds.put(recipe.file, data)
            entries[recipe.file] = recipe.entry(model.info.fingerprint, data)
        content = generation_log.merge(
            content,
            _listed_model(model, model_path),
            [entries[recipe.file] for recipe in recipes],
            _join(sounds, joined or {}, model),
        )
        generation_log.write(folder, content)
    return content


class _Folder:
    """A folder of sounds whose list never says what a file no longer is.

    Args:
      path: path of the folder.
      content: of its list, or None.
      names: of files that may be put there.
      overwrite: whether to replace existing files that differ.
    """

    def __init__(
        self,
        path: pathlib.Path,
        content: Mapping | None,
        names: Sequence[str],
        overwrite: bool,
    ):
        self.path, self._overwrite = path, overwrite
        self._content, self._names = content, names
        entries = content["sounds"] + content["joined"] if content else []
        self._listed = {e["file"]: e["sha256"] for e in entries}

    def check_listed(self, names: Iterable[str]) -> None:
        """Raises SoundListError for a file that is there and in no list."""
        for name in names:
            if name not in self._listed and os.path.lexists(self.path / name):
                self._refuse(name)

    def _refuse(self, name: str) -> None:
        if not self._overwrite:
            raise SoundListError(
                f"{self.path / name} exists and is another sound: choose "
                "another folder, or pass --overwrite"
            )

    def put(self, name: str, data: bytes) -> None:
        """Writes a file, unless it is there.

        Before the first listed one becomes another, the list is written without
        all that may: whatever interrupts the rest, it stays true.

        Raises:
          SoundListError: another file is there, and is not to be replaced.
        """
        path = self.path / name
        if _holds(path, data):
            return
        if path.exists():
            self._refuse(name)
        listed = self._listed.get(name)
        if listed and listed != sha256(data):
            kept = generation_log.without(self._content, self._names)
            generation_log.write(self.path, kept)
            self._listed = {}  # of what may be put here, none is any more
        write_bytes(path, data)


def _check_length(
    content: Mapping | None, names: Sequence[str], info: ModelInfo
) -> None:
    """Checks that a model makes sounds of one length in a list.

    Those of a run that is still growing can have two, see ``full_rate``.

    Args:
      content: of the list, or None.
      names: of files whose entries will be replaced.
      info: description of the model.

    Raises:
      SoundListError: it would not.
    """
    kept = generation_log.without(content, names)["models"] if content else {}
    before = kept.get(info.fingerprint, {}).get("length", info.length)
    if before != info.length:
        raise SoundListError(
            f"the folder has sounds of this model of {before} samples, and "
            f"these have {info.length}, as of --full_rate: choose another "
            "folder"
        )


def _listed_model(model: Synth, path: str | os.PathLike) -> dict[str, dict]:
    """Returns the entry of ``models`` in ``sounds.json``, by fingerprint."""
    info = dataclasses.asdict(model.info)
    del info["directions"]
    return {info.pop("fingerprint"): {"path": str(path), **info}}


@contextlib.contextmanager
def _locked(folder: pathlib.Path) -> Iterator[None]:
    """Creates a folder of sounds, swept, and holds it while the context lasts.

    Its list is read, added to and written again: two that do so at a time would
    each leave out what the other one made.

    Raises:
      SoundListError: another process holds it.
    """
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(lock.acquire(folder, LOCK))
        except lock.LockedError as error:
            raise SoundListError(
                f"{folder} is in use by {error}: wait for it, or choose "
                "another folder"
            ) from error
        try:
            remove_leftover_files(folder)
            yield
        finally:
            (folder / LOCK).unlink(missing_ok=True)


def read_waves(
    folder: str | os.PathLike, recipes: Sequence[Recipe]
) -> np.ndarray:
    """Returns the sounds of recipes that are in a folder, float32 [N, T]."""
    paths = [pathlib.Path(folder, recipe.file) for recipe in recipes]
    return to_float(np.stack([read_wav(path) for path in paths]))


def _join(sounds: _Folder, joined: Mapping, model: Synth) -> list:
    """Writes the joined files; returns their entries in ``sounds.json``.

    Raises:
      SoundListError: see ``_Folder.put``.
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


def _holds(path: pathlib.Path, data: bytes) -> bool:
    """Says whether a file holds these bytes; a pipe is not waited for."""
    try:
        return read_bytes(path, len(data)) == data
    except (OSError, ValueError):
        return False


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
        if not _holds(folder / recipe.file, data):
            different.append(recipe.file)
        entries[recipe.file] = recipe.entry(model.info.fingerprint, data)
    if different:
        raise SoundListError(
            f"{folder / different[0]} exists and is another sound"
            + (f" (so are {len(different) - 1} more)" if different[1:] else "")
            + ": choose another folder, or pass --overwrite"
        )
    return entries
