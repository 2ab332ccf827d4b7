r"""Finds the z and class whose sounds are nearest to files.

    python -m experiments.invert --input=FOLDER --output_dir=found

looks for every sound below FOLDER (or for one file) in the model that comes
with the project, and prints how far the nearest one is: the mean difference of
levels in decibels, over spectra at several resolutions, where the attack counts
most. The sounds that were found are written with sounds.json, from which
experiments.generate makes them again, and inversion.json holds the distances.

    python -m experiments.invert --model=runs/drums --input=FOLDER \
        --data_dir=data

also prints how far the nearest training sound is: what choosing among the
training sounds would have given. A search takes some 12 seconds on two cores.
If it was stopped, the same command looks for the files that are left; with
--overwrite for all of them anew.
"""

import dataclasses
import pathlib
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from data_prep.store.store import SAMPLE_RATE, Store, open_store
from experiments.common import (
    cli,
    inversion_report,
    loading,
    outputs,
    preflight,
    shipped,
    targets,
)
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.recipe import Recipe, sha256
from wavegan_cond.synthesis.wav import to_float

if TYPE_CHECKING:
    from wavegan_cond.synthesis.inversion import Found
    from wavegan_cond.synthesis.synth import Synth


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    input: str = setting(REQUIRED, "sound, or folder of sounds, to look for")
    data_dir: str | None = setting(
        None, "store whose nearest training sounds to compare with"
    )
    output_dir: str | None = setting(
        None, "folder to add the found sounds and inversion.json to"
    )
    seed: int = setting(
        0, "seed of the random sounds a search begins with", low=0, high=2**63
    )
    overwrite: bool = setting(
        False, "replace what was found for the same files before"
    )


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> list[dict]:
    """Looks for every file, prints and writes what was found.

    Its folder is held meanwhile: of two that write a report at a time each
    would leave out what the other one found.

    Returns:
      For each file its name, label, z, distance, and nearest: the distance of
      the nearest training sound, None without ``data_dir``; and what says
      whether it is to be searched again: the seed, and a hash of the sound.

    Raises:
      UsageError: there is nothing to look for, the store does not fit, or
        another process writes to the folder.
      ModelError: the model cannot be used.
    """
    if not settings.output_dir:
        return look_for_all(settings)
    outputs.check_output(settings.output_dir)
    folder = pathlib.Path(settings.output_dir)
    with outputs.locked(folder, inversion_report.LOCK):
        return look_for_all(settings)


def look_for_all(settings: Settings) -> list[dict]:
    """Does what ``run`` says, in a folder that is held."""
    settings = shipped.fill(settings)
    info = find_model.peek(settings.model)
    names = targets.list_sounds(
        pathlib.Path(settings.input), settings.output_dir
    )
    folder, of_model, listed = pathlib.Path(settings.output_dir or ""), None, {}
    if settings.output_dir:
        of_model, listed = inversion_report.read(folder)
        if not settings.overwrite:
            inversion_report.check_free(folder, listed, names, settings.seed)
    store = open_training(settings, info)
    model = loading.load_model(settings)
    check_rate(model.info, settings.model)
    if store:  # what was not known of the model is known now
        preflight.check_same(store, model.info, settings.model)
    if of_model not in (None, model.info.fingerprint):
        inversion_report.refuse_other_model(folder, settings.overwrite)
        inversion_report.check_covered(folder, listed, names)
        listed = {}
    sounds = targets.read(settings.input, names, model.info.length)
    before, to_write = {}, set(sounds) if settings.output_dir else set()
    if settings.output_dir and not settings.overwrite:
        before = {name: listed[name] for name in sounds if name in listed}
        inversion_report.check_sounds(folder, before, sounds)
        to_write -= before.keys()
        to_write |= inversion_report.without_sound(folder, before)
    nearest = nearest_training(store, sounds, model.info.sample_rate)
    for name, target in sounds.items():
        row = before.get(name) or look_for_row(model, name, target, settings)
        # What is found holds whatever it is compared with.
        row["nearest"] = nearest.get(name, row.get("nearest"))
        again = ", found before" if name in before else ""
        print(f"{describe(row)}{again}", flush=True)
        listed[name] = row
        if name in to_write:
            inversion_report.write(folder, model.info.fingerprint, listed)
            write(settings, model, row)
    if settings.output_dir:  # with the distances of what was found before
        inversion_report.write(folder, model.info.fingerprint, listed)
        print(f"{folder}: {len(sounds)} sounds and {inversion_report.NAME}")
    return [listed[name] for name in sounds]


def open_training(settings: Settings, info: ModelInfo | None) -> Store | None:
    """Returns the store to compare with, None without one.

    Raises:
      UsageError: it is of other sounds than the model, where that is known.
    """
    if not settings.data_dir:
        return None
    store = open_store(settings.data_dir, verify=True)
    if info:
        preflight.check_same(store, info, settings.model)
    return store


def check_rate(info: ModelInfo, path: str) -> None:
    """Raises UsageError for a model whose sounds have not grown to 44.1 kHz."""
    if info.sample_rate != SAMPLE_RATE:
        raise cli.UsageError(
            f"{path} makes sounds at {info.sample_rate} Hz, and files are "
            f"compared at {SAMPLE_RATE}: it has not grown to its full length"
        )


def look_for(
    model: "Synth", name: str, target: np.ndarray, seed: int
) -> "Found":
    """Returns what a search for an int16 sound finds at last.

    A bar on standard error says how far it is, where that is a terminal.
    """
    from wavegan_cond.synthesis.inversion import search

    layout = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    with tqdm(
        desc=name, total=1, bar_format=layout, leave=False, disable=None
    ) as bar:
        for found in search(model, to_float(target), seed=seed):
            bar.set_postfix_str(f"{found.distance:.1f} dB away", refresh=False)
            bar.update(found.progress - bar.n)
    return found


def look_for_row(
    model: "Synth", name: str, target: np.ndarray, settings: Settings
) -> dict:
    """Returns what a search finds, as a row of the report has it."""
    found = look_for(model, name, target, settings.seed)
    return {
        "file": name,
        "label": model.info.kinds[found.label],
        "z": found.z.tolist(),
        "distance": found.distance,
        "seed": settings.seed,
        "sound": sha256(target.tobytes()),
    }


def nearest_training(
    store: Store | None, sounds: dict, sample_rate: int
) -> dict:
    """Returns the distance of the nearest training sound by name of target."""
    if store is None:
        return {}
    from wavegan_cond.synthesis.inversion import distances
    from wavegan_cond.synthesis.spectral_distance import spectra

    wanted = spectra(to_float(np.stack(list(sounds.values()))), sample_rate)
    least = np.full(len(sounds), np.inf)
    for at in range(0, store.train, 32):
        some = to_float(store.waveforms[at : min(at + 32, store.train)])
        least = np.minimum(least, distances(some, wanted, sample_rate).min(0))
    return dict(zip(sounds, map(float, least), strict=True))


def describe(row: dict) -> str:
    """Returns what was found for a file as a line."""
    z = ",".join(f"{value:.4g}" for value in row["z"][:4])
    more = ",..." if row["z"][4:] else ""
    text = f"{row['file']}: {row['label']}, {row['distance']:.2f} dB away"
    if row["nearest"] is not None:
        text += f" (nearest training sound {row['nearest']:.2f} dB)"
    return f"{text}, z = {z}{more}"


def write(settings: Settings, model: "Synth", row: dict) -> None:
    """Writes the sound of a row of the report.

    Args:
      settings: of the command.
      model: a ``Synth``.
      row: what was found for a file.
    """
    from wavegan_cond.synthesis.write_sounds import write_sounds

    label = model.info.class_of(row["label"])
    name = inversion_report.wav_name(row["file"])
    write_sounds(
        settings.output_dir,
        model,
        shipped.recorded_path(settings.model, model.info.fingerprint),
        [Recipe(name, tuple(row["z"]), label)],
        overwrite=settings.overwrite,
    )


def main(values: cli.Values) -> None:
    """Reads the flags and looks for every file."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
