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
Stopped, the same command goes on with the files that are left.
"""

import dataclasses
import functools
import hashlib
import json
import pathlib

from absl import flags

from experiments.common import cli, loading, preflight, shipped
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.untrusted import read_json

REPORT = "inversion.json"
ROW = {"file", "label", "z", "distance", "nearest"}
MAX_BYTES = 1 << 26  # of a report


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

    Returns:
      For each file its name, label, z, distance, and nearest: the distance of
      the nearest training sound, None without ``data_dir``; and what says
      whether it is to be searched again: the seed, and a hash of the sound.

    Raises:
      UsageError: there is nothing to look for, or the store does not fit.
      ModelError: the model cannot be used.
    """
    settings = shipped.fill(settings)
    info = find_model.peek(settings.model)
    names = list_sounds(pathlib.Path(settings.input))
    if settings.output_dir:
        preflight.check_output(settings.output_dir)
        check_free(settings, names)
    store = None
    if settings.data_dir:
        from data_prep.store.store import open_store

        store = open_store(settings.data_dir, verify=True)
        if info:
            preflight.check_same(store, info, settings.model)
    model = loading.load_model(settings)
    check_rate(model.info, settings.model)
    listed = earlier_rows(settings, model.info.fingerprint)
    targets = read_targets(settings.input, names, model.info.length)
    check_sounds(settings, listed, targets)
    nearest = nearest_training(store, targets, model.info.sample_rate)
    rows = []
    for name, target in targets.items():
        if name in listed and not settings.overwrite:
            rows.append(listed[name])
            print(f"{describe(listed[name])}, found before", flush=True)
            continue
        found = look_for(model, target, settings.seed)
        row = {
            "file": name,
            "label": model.info.kinds[found.label],
            "z": found.z.tolist(),
            "distance": found.distance,
            "nearest": nearest.get(name),
            "seed": settings.seed,
            "sound": digest(target),
        }
        print(describe(row), flush=True)
        rows.append(row)
        if settings.output_dir:
            listed[name] = row
            write(settings, model, row, listed)
    if settings.output_dir:
        print(f"{settings.output_dir}: {len(rows)} sounds and {REPORT}")
    return rows


def check_free(settings: Settings, names: list[str]) -> None:
    """Raises UsageError if something is there that this search did not leave.

    What it left, with the same seed, is where it goes on.
    """
    folder, listed = pathlib.Path(settings.output_dir), {}
    if (folder / REPORT).exists():
        listed = {row["file"]: row for row in read_report(folder)["files"]}
    if settings.overwrite:
        return
    for name in names:
        row, wav = listed.get(name), folder / wav_name(name)
        if row and wav.exists() and row.get("seed") == settings.seed:
            continue
        if row or wav.exists():
            raise cli.UsageError(
                f"{wav if wav.exists() else folder / REPORT} exists: choose "
                "another --output_dir, or pass --overwrite"
            )


def check_sounds(settings: Settings, listed: dict, targets: dict) -> None:
    """Raises UsageError if a file that was found is another sound now."""
    for name, target in targets.items():
        if settings.overwrite or name not in listed:
            continue
        if listed[name].get("sound") != digest(target):
            raise cli.UsageError(
                f"{name} is another sound than the one that {REPORT} in "
                f"{settings.output_dir} has: choose another --output_dir, or "
                "pass --overwrite"
            )


def digest(target) -> str:
    """Returns a hash of a sound, int16 [T]."""
    return hashlib.sha256(target.tobytes()).hexdigest()


def earlier_rows(settings: Settings, fingerprint: str) -> dict[str, dict]:
    """Returns the rows of the report that is there, by file.

    Raises:
      UsageError: it is of another model, and is not to be replaced.
    """
    folder = pathlib.Path(settings.output_dir or "")
    if not settings.output_dir or not (folder / REPORT).exists():
        return {}
    report = read_report(folder)
    if report["model"] == fingerprint:
        return {row["file"]: row for row in report["files"]}
    if settings.overwrite:
        return {}
    raise cli.UsageError(
        f"{folder / REPORT} is of another model: choose another --output_dir, "
        "or pass --overwrite"
    )


def read_report(folder: pathlib.Path) -> dict:
    """Returns the report of earlier searches.

    Raises:
      UsageError: it is no such report.
    """
    try:
        report = read_json(folder / REPORT, MAX_BYTES)
        if all(ROW <= set(row) for row in report["files"]):
            return {"model": report["model"], "files": report["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise cli.UsageError(
        f"{folder / REPORT} is no report of this command: move it away, or "
        "choose another --output_dir"
    )


def wav_name(name: str) -> str:
    """Returns the name of the file that is written for a file."""
    from wavegan_cond.synthesis.wav import safe_name

    return f"{safe_name(name)}.wav"


def check_rate(info, path: str) -> None:
    """Raises UsageError for a model whose sounds have not grown to 44.1 kHz."""
    from data_prep.store.store import SAMPLE_RATE

    if info.sample_rate != SAMPLE_RATE:
        raise cli.UsageError(
            f"{path} makes sounds at {info.sample_rate} Hz, and files are "
            f"compared at {SAMPLE_RATE}: it has not grown to its full length"
        )


def list_sounds(path: pathlib.Path) -> list[str]:
    """Returns the names of the sounds below a folder, or of the one file.

    Raises:
      UsageError: there are none.
    """
    from data_prep.audio.scan import scan
    from data_prep.read_files import is_sound

    if path.is_file():
        return [path.name]
    names = [name for name in scan(path) if is_sound(name)]
    if not names:
        raise cli.UsageError(
            f"--input={path}: expected a sound, or a folder of sounds"
        )
    return names


def read_targets(place: str, names: list[str], length: int) -> dict:
    """Returns the sounds by name, int16 [T], as a store would have them.

    A file that gives no sound is named on standard output and left out.

    Raises:
      UsageError: none gives a sound.
    """
    from data_prep.audio import process_file, workers

    folder = pathlib.Path(place)
    folder = folder.parent if folder.is_file() else folder
    shape = process_file.Shape(length=length)
    work = functools.partial(process_file.process, shape=shape)
    tasks = [(str(folder / name), "decode") for name in names]
    targets = {}
    for name, outcome in zip(
        names, workers.run_ordered(work, tasks, 1), strict=True
    ):
        if outcome.reason:
            print(f"{name}: left out, {outcome.reason}", flush=True)
        else:
            targets[name] = outcome.row
    if not targets:
        raise cli.UsageError(f"--input={place}: no file of it gives a sound")
    return targets


def look_for(model, target, seed: int):
    """Returns what a search for an int16 sound finds at last."""
    from wavegan_cond.synthesis.inversion import search
    from wavegan_cond.synthesis.wav import to_float

    *_, found = search(model, to_float(target), seed=seed)
    return found


def nearest_training(store, targets: dict, sample_rate: int) -> dict:
    """Returns the distance of the nearest training sound by name of target."""
    if store is None:
        return {}
    import numpy as np

    from wavegan_cond.synthesis.inversion import distances
    from wavegan_cond.synthesis.spectral_distance import spectra
    from wavegan_cond.synthesis.wav import to_float

    wanted = spectra(to_float(np.stack(list(targets.values()))), sample_rate)
    least = np.full(len(targets), np.inf)
    for at in range(0, store.train, 32):
        some = to_float(store.waveforms[at : min(at + 32, store.train)])
        least = np.minimum(least, distances(some, wanted, sample_rate).min(0))
    return dict(zip(targets, map(float, least), strict=True))


def describe(row: dict) -> str:
    """Returns what was found for a file as a line."""
    z = ",".join(f"{value:.4g}" for value in row["z"][:4])
    more = ",..." if row["z"][4:] else ""
    text = f"{row['file']}: {row['label']}, {row['distance']:.2f} dB away"
    if row["nearest"] is not None:
        text += f" (nearest training sound {row['nearest']:.2f} dB)"
    return f"{text}, z = {z}{more}"


def write(
    settings: Settings, model, last: dict, listed: dict[str, dict]
) -> None:
    """Writes the sound that was found last, and the distances of all.

    Args:
      settings: of the command.
      model: a ``Synth``.
      last: what was found last.
      listed: what was found for each file, in this search and before it.
    """
    from wavegan_cond.storage.atomic import write_text
    from wavegan_cond.synthesis.generation_log import Recipe
    from wavegan_cond.synthesis.write_sounds import write_sounds

    info = model.info
    label = info.classes[info.kinds.index(last["label"])]
    recipe = Recipe(wav_name(last["file"]), tuple(last["z"]), label)
    write_sounds(
        settings.output_dir,
        model,
        settings.model,
        [recipe],
        overwrite=settings.overwrite,
    )
    rows = [row for _, row in sorted(listed.items())]
    content = {"model": info.fingerprint, "files": rows}
    path = pathlib.Path(settings.output_dir) / REPORT
    write_text(path, json.dumps(content, indent=1) + "\n")


def main(values: flags.FlagValues) -> None:
    """Reads the flags and looks for every file."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
