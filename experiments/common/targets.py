"""The sounds that experiments.invert looks for: which they are, and reading."""

import functools
import pathlib

from data_prep.audio import process_file, workers
from data_prep.audio.scan import scan
from data_prep.read_files import is_sound
from experiments.common import cli, inversion_report


def list_sounds(path: pathlib.Path, output_dir: str | None) -> list[str]:
    """Returns the names of the sounds below a folder, or of the one file.

    Args:
      path: the folder or file.
      output_dir: what was found stands here, and is not looked for; or None.

    Raises:
      UsageError: there are none.
    """
    if path.is_file():
        return [path.name]
    names = [name for name in scan(path) if is_sound(name)]
    if output_dir:
        names = without_found(path, names, pathlib.Path(output_dir).resolve())
    if not names:
        raise cli.UsageError(
            f"--input={path}: expected a sound, or a folder of sounds"
        )
    return names


def without_found(
    path: pathlib.Path, names: list[str], found: pathlib.Path
) -> list[str]:
    """Returns the names of sounds that were not found, but given.

    Args:
      path: the folder they are below.
      names: of the sounds.
      found: folder of what was found. Below the other one it holds nothing
        else; where it is the same one, or above, its report says what.

    Raises:
      UsageError: it has a report of something else.
    """
    places = {name: (path / name).resolve() for name in names}
    if path.resolve() in found.parents:
        return [n for n, place in places.items() if found not in place.parents]
    _, rows = inversion_report.read(found)
    made = {found / inversion_report.wav_name(file) for file in rows}
    return [name for name, place in places.items() if place not in made]


def read(place: str, names: list[str], length: int) -> dict:
    """Returns the sounds by name, int16 [T], as a store would have them.

    A file that gives no sound is named on standard output and left out.

    Raises:
      UsageError: none gives a sound.
    """
    folder = pathlib.Path(place)
    folder = folder.parent if folder.is_file() else folder
    shape = process_file.Shape(length=length)
    work = functools.partial(process_file.process, shape=shape)
    tasks = [(str(folder / name), "decode") for name in names]
    sounds = {}
    for name, outcome in zip(
        names, workers.run_ordered(work, tasks, 1), strict=True
    ):
        if outcome.reason:
            print(f"{name}: left out, {outcome.reason}", flush=True)
        else:
            sounds[name] = outcome.row
    if not sounds:
        raise cli.UsageError(f"--input={place}: no file of it gives a sound")
    return sounds
