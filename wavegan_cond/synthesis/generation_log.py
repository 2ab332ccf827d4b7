"""``sounds.json``: the inputs of each generated sound, to reproduce it.

{
  "format": "wavegan-cond sounds 1",
  "models": {FINGERPRINT: {"path": as given, "iteration": 5000, ...}},
  "sounds": [{"file": "snare_seed0007.wav", "label": "snare", "seed": 7,
              "z": [...], "model": FINGERPRINT, "sha256": ...}, ...],
  "joined": [{"file": ..., "sounds": [FILE, ...], "model": FINGERPRINT,
              "sha256": ...}]
}

A sound between classes has ``class_weights`` instead of a label. z is written
with all its digits. A ``joined`` file is a concatenation of sounds. A sound of
a kit has a ``finish``: what was done to it after the model had made it.

More numbers than a text should hold stand in a file beside it, float32 and
little-endian; the format is then "wavegan-cond sounds 2", ``"array": {"file":
..., "sha256": ...}`` names the file, and a sound has ``"z_at": [place, count]``
instead of z. ``read`` gives z in either case.
"""

import dataclasses
import os
import pathlib
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from wavegan_cond.storage import readable_json
from wavegan_cond.storage.atomic import write_bytes, write_text
from wavegan_cond.storage.untrusted import one_line, read_bytes, read_json
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import (
    INVALID,
    Recipe,
    SoundListError,
    check_file_name,
    parse_recipe,
    sha256,
)

FORMAT = "wavegan-cond sounds 1"
FORMAT_WITH_ARRAY = "wavegan-cond sounds 2"
NAME = "sounds.json"
MAX_BYTES = 1 << 28  # of sounds.json
MAX_SOUNDS = 400_000  # in one list; so many fit, whatever their names are
MAX_INLINE = 1 << 20  # numbers of z in sounds.json, 20 bytes each
MAX_NUMBERS = 1 << 29  # in the array, 4 bytes each
ARRAY = re.compile(r"sounds_z_([0-9a-f]{16})\.f32")
MAX_JOINED = 1000  # sounds in one file: --steps of experiments.interpolate


def read(path: str | os.PathLike) -> dict:
    """Returns the content of a ``sounds.json`` after validating it.

    Raises:
      SoundListError: the file is invalid, or names a file outside its folder.
    """
    try:
        content = read_json(path, MAX_BYTES)
        _check_content(_with_z(content, pathlib.Path(path).parent))
    except OSError as error:
        raise SoundListError(
            f"{path} cannot be read: {error.strerror or error}"
        ) from error
    except INVALID as error:
        raise SoundListError(
            f"{path} is no list of sounds: {one_line(repr(error))}"
        ) from error
    return content


def read_there(folder: pathlib.Path) -> dict:
    """Returns the content of a folder's list, an empty one if it has none."""
    if (folder / NAME).exists():
        return read(folder / NAME)
    return empty()


def empty() -> dict:
    """Returns the content of a list of nothing."""
    return {"models": {}, "sounds": [], "joined": []}


def describe_model(info: ModelInfo, path: str | os.PathLike) -> dict[str, dict]:
    """Returns the entry of ``models``, by its fingerprint."""
    fields = dataclasses.asdict(info)
    del fields["directions"]
    return {fields.pop("fingerprint"): {"path": str(path), **fields}}


def _check_content(content: dict) -> None:
    """Raises an error that ``read`` turns into a SoundListError."""
    if content["format"] not in (FORMAT, FORMAT_WITH_ARRAY):
        raise ValueError(f"its format is {content['format']!r}")
    for model in content["models"].values():
        _check_types(model, path=str, iteration=int)
    model_of = {}
    for entry in content["sounds"]:
        parse_recipe(entry)
        _check_types(entry, sha256=str)
        if entry["model"] not in content["models"]:
            raise ValueError(f"{entry['file']}: its model is not listed")
        model_of[entry["file"]] = entry["model"]
    for entry in content["joined"]:
        check_file_name(entry["file"])
        _check_types(entry, sha256=str, sounds=list)
        if {entry["model"]} != {model_of[s] for s in entry["sounds"]}:
            raise ValueError(f"{entry['file']}: not of one model")
        if len(entry["sounds"]) > MAX_JOINED:
            raise ValueError(f"{entry['file']}: of too many sounds")


def _check_types(entry: Mapping, **kinds: type) -> None:
    for key, kind in kinds.items():
        if type(entry[key]) is not kind:
            raise TypeError(f"its {key} is no {kind.__name__}")


def _with_z(content: dict, folder: pathlib.Path) -> dict:
    """Returns the content with z in the sounds, from the array if there is one.

    Raises:
      OSError, ValueError, KeyError, TypeError: the array is not what the list
        says.
    """
    if content["format"] != FORMAT_WITH_ARRAY:
        return content
    listed = content.pop("array")
    if not ARRAY.fullmatch(listed["file"]):
        raise ValueError(f"its array is {listed['file']!r:.100}")
    data = read_bytes(folder / listed["file"], 4 * MAX_NUMBERS)
    if sha256(data) != listed["sha256"]:
        raise ValueError(f"{listed['file']} has changed")
    array = np.frombuffer(data, "<f4")
    for entry in content["sounds"]:
        place, count = map(int, entry.pop("z_at"))
        if not 0 <= place <= place + count <= len(array):
            raise ValueError(f"{listed['file']} ends before {place + count}")
        entry["z"] = array[place : place + count].tolist()
    return content


def check_room(content: Mapping, recipes: Sequence[Recipe]) -> None:
    """Raises SoundListError if a list with more sounds could not be read.

    Args:
      content: content so far.
      recipes: the sounds to add.
    """
    sizes = {entry["file"]: len(entry["z"]) for entry in content["sounds"]}
    sizes |= {recipe.file: len(recipe.z) for recipe in recipes}
    for count, most, what in (
        (len(sizes), MAX_SOUNDS, "sounds"),
        (sum(sizes.values()), MAX_NUMBERS, "numbers of z"),
    ):
        if count > most:
            raise SoundListError(
                f"these would be {count} {what} in one folder, and {most} can "
                "be listed: choose another folder for some"
            )


def write(folder: pathlib.Path, content: Mapping) -> None:
    """Writes ``sounds.json`` atomically, and its array if it needs one.

    Raises:
      SoundListError: ``read`` would refuse it; nothing is written.
      WriteError: it cannot be written.
    """
    data = b""
    if sum(len(entry["z"]) for entry in content["sounds"]) > MAX_INLINE:
        content, data = _without_z(content)
    text = readable_json.to_text(content)
    if len(text.encode()) >= MAX_BYTES:
        raise SoundListError(
            f"{folder / NAME} would be larger than {MAX_BYTES} bytes: choose "
            "another folder for some sounds"
        )
    if data:  # before the list that names it
        write_bytes(folder / content["array"]["file"], data, durable=True)
    write_text(folder / NAME, text)
    _remove_arrays(folder, but=content["array"]["file"] if data else None)


def _without_z(content: Mapping) -> tuple[dict, bytes]:
    """Returns the content with an array in the place of z, and the array."""
    sounds, rows, place = [], [], 0
    for entry in content["sounds"]:
        row = np.array(entry["z"], "<f4")
        sounds.append({k: v for k, v in entry.items() if k != "z"})
        sounds[-1]["z_at"] = [place, len(row)]
        rows.append(row)
        place += len(row)
    data = np.concatenate(rows).tobytes()
    digest = sha256(data)
    array = {"file": f"sounds_z_{digest[:16]}.f32", "sha256": digest}
    head = {**content, "format": FORMAT_WITH_ARRAY, "array": array}
    return {**head, "sounds": sounds}, data


def _remove_arrays(folder: pathlib.Path, but: str | None) -> None:
    """Removes the arrays of earlier lists, named by what they hold."""
    for path in folder.iterdir():
        name = ARRAY.fullmatch(path.name)
        if name and path.name != but and path.is_file():
            if sha256(read_bytes(path, 4 * MAX_NUMBERS)).startswith(name[1]):
                path.unlink(missing_ok=True)


def merge(
    content: Mapping,
    models: Mapping[str, Mapping],
    sounds: Sequence[Mapping],
    joined: Sequence[Mapping],
) -> dict:
    """Returns the content of ``sounds.json`` with entries added.

    Args:
      content: content so far. Entries of the same file are replaced.
      models: description of each model, by fingerprint.
      sounds: entries of ``sounds`` to add.
      joined: entries of ``joined`` to add.
    """
    digests = {entry["file"]: entry["sha256"] for entry in sounds}
    changed = {
        entry["file"]
        for entry in content["sounds"]
        if digests.get(entry["file"], entry["sha256"]) != entry["sha256"]
    }
    kept = without(content, changed)
    merged = {"format": FORMAT, "models": {**content["models"], **models}}
    for part, new in (("sounds", sounds), ("joined", joined)):
        files = {entry["file"] for entry in new}
        old = [e for e in kept[part] if e["file"] not in files]
        merged[part] = [*old, *new]
    return _of_used_models(merged)


def without(content: Mapping, files: Iterable[str]) -> dict:
    """Returns the content of ``sounds.json`` without some files.

    A file joined from sounds that are among them is not reproducible: it is
    left out too.
    """
    files = set(files)
    kept = {
        part: [e for e in content[part] if e["file"] not in files]
        for part in ("sounds", "joined")
    }
    kept["joined"] = [
        e for e in kept["joined"] if files.isdisjoint(e["sounds"])
    ]
    return _of_used_models({**content, "format": FORMAT, **kept})


def _of_used_models(content: Mapping) -> dict:
    """Returns the content with the models that its sounds are of."""
    used = {entry["model"] for entry in content["sounds"]}
    models = {k: v for k, v in content["models"].items() if k in used}
    return {**content, "models": models}
