"""The sounds of a folder with a list of them, as the groups of a page."""

import io
import pathlib
import re

from experiments.common import cli, preflight
from experiments.common.page import Group, Sound
from wavegan_cond.storage.untrusted import check_regular
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ANYTHING
from wavegan_cond.synthesis.recipe import sha256

MAX_BYTES = 1 << 28  # of a WAV file
PATH_STEP = re.compile(  # the end of its name
    r"_seed(?P<start>\d{4,19})-(?P<end>\d{4,19})"
    r"(_truncated(?P<truncation>[^_]+))?"
    r"_(?P<method>s?lerp)(?P<steps>\d+)_(?P<number>\d{3,4})$"
)


def listed_groups(folder: pathlib.Path, num: int | None = None) -> list[Group]:
    """Returns the sounds of a folder's ``sounds.json``, a group a class.

    Every path is a group of its own.

    Args:
      folder: with the sounds.
      num: number of sounds of each class at most, the first ones; None for
        all. The title of a group says how many of how many are shown.

    Raises:
      UsageError: a file is missing, or is no sound.
    """
    content = generation_log.read(folder / generation_log.NAME)
    rows = {}
    for entry in content["sounds"]:
        title = entry.get("label") or "from {} to {}".format(
            *[*entry["class_weights"], "", ""][:2]
        )
        if not content["models"][entry["model"]].get("conditional", True):
            title = ANYTHING
        if step := _path_step(entry["file"]):
            title += (
                f", {step['method']} from seed {int(step['start'])} to "
                f"{int(step['end'])} in {step['steps']} steps"
            )
            if step["truncation"]:
                title += f", truncated {step['truncation']}"
        rows.setdefault(title, []).append(entry)
    groups = []
    for title, entries in rows.items():
        shown = [_read_sound(folder, entry) for entry in entries[:num]]
        if len(shown) < len(entries):
            title += f", the first {len(shown)} of {len(entries)}"
        groups.append(Group(title, shown))
    return groups


def _read_sound(folder: pathlib.Path, entry: dict) -> Sound:
    """Returns a sound of a folder that can be shown.

    Raises:
      UsageError: its file is missing, is no WAV of one channel or another one
        than was made, or has a rate that browsers do not play.
    """
    import soundfile

    path = folder / entry["file"]
    try:
        wav = check_regular(path, MAX_BYTES).read_bytes()
        info = soundfile.info(io.BytesIO(wav))
        reason = None if info.channels == 1 and info.frames else "no sound"
        if not reason and sha256(wav) != entry["sha256"]:
            reason = "it has changed since"  # and z would not be its own
    except OSError as error:
        reason = error.strerror
    except soundfile.LibsndfileError:
        reason = "no sound"
    if reason:
        raise cli.UsageError(
            f"{path} is listed in sounds.json and cannot be read ({reason}): "
            "generate the sounds again"
        )
    preflight.check_playable(info.samplerate, str(path))
    return Sound(_caption(entry), wav, entry["z"], entry["file"])


def _path_step(file: str) -> re.Match | None:
    """Returns what the name of a sound says of its path, if it is on one."""
    return PATH_STEP.search(pathlib.PurePath(file).stem)


def _caption(entry: dict) -> str:
    if "seed" in entry:
        return f"seed {entry['seed']}"
    stem = pathlib.PurePath(entry["file"]).stem
    step = _path_step(entry["file"])
    method = f"{step['method']} " if step else ""
    if "class_weights" in entry:
        share = list(entry["class_weights"].values())[-1]
        return f"{method}{100 * share:.0f} %"
    if step:
        return f"{method}{int(step['number'])}"
    if drawn := re.search(r"_seed(\d+)_(.+)$", stem):  # truncated, or steered
        return f"seed {int(drawn[1])}, {drawn[2].replace('_', ', ')}"
    given = re.search(r"_z_?([+-]\d.*|[0-9a-f]{10})$", stem)  # recipe.z_name
    return (given[1] if given else stem).replace("_", " ")
