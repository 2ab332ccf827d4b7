"""One HTML page that plays sounds; it needs no network.

Every sound is inside the page, with its waveform, mel spectrogram and z: click
it or press its key. Below them a step sequencer plays the sounds chosen.
"""

import base64
import dataclasses
import html
import io
import json
import os
import pathlib
from collections.abc import Sequence

from experiments.common import cli

TEMPLATE = pathlib.Path(__file__).with_name("page.html")
MOST = 1 << 28  # bytes of a WAV file
COLORS = 48  # of a spectrogram: few, so that the page stays small


@dataclasses.dataclass(frozen=True)
class Sound:
    """A sound on the page.

    Attributes:
      name: shown below it.
      wav: the file's bytes, 16 bits mono.
      z: it was made from; empty for a real sound.
      file: name it is saved under.
    """

    name: str
    wav: bytes
    z: Sequence[float] = ()
    file: str = "sound.wav"


@dataclasses.dataclass(frozen=True)
class Group:
    """Sounds below one heading; ``beat`` gives them a row of the sequencer."""

    title: str
    sounds: Sequence[Sound]
    beat: bool = True


def listed_groups(folder: pathlib.Path, num: int) -> list[Group]:
    """Returns the sounds of a folder's ``sounds.json``, a group a class.

    Raises:
      UsageError: a file is missing, or is no sound.
    """
    from wavegan_cond.synthesis import generation_log

    content = generation_log.read(folder / generation_log.NAME)
    rows = {}
    for entry in content["sounds"]:
        title = entry.get("label") or "from {} to {}".format(
            *[*entry["class_weights"], "", ""][:2]
        )
        rows.setdefault(title, []).append(entry)
    return [
        Group(title, [_read_sound(folder, entry) for entry in entries[:num]])
        for title, entries in rows.items()
    ]


def _read_sound(folder: pathlib.Path, entry: dict) -> Sound:
    """Returns a sound of a folder that can be shown.

    Raises:
      UsageError: its file is missing, or is no WAV of one channel.
    """
    import soundfile

    from wavegan_cond.storage.untrusted import check_regular

    path = folder / entry["file"]
    try:
        wav = check_regular(path, MOST).read_bytes()
        info = soundfile.info(io.BytesIO(wav))
        reason = None if info.channels == 1 and info.frames else "no sound"
    except OSError as error:
        reason = error.strerror
    except soundfile.LibsndfileError:
        reason = "no sound"
    if reason:
        raise cli.UsageError(
            f"{path} is listed in sounds.json and cannot be read ({reason}): "
            "generate the sounds again"
        )
    return Sound(_caption(entry), wav, entry["z"], entry["file"])


def build(
    output: str | os.PathLike,
    groups: Sequence[Group],
    title: str,
    note: str = "",
    body: str = "",
) -> None:
    """Writes the page.

    Args:
      output: the HTML file; it appears whole.
      groups: of sounds, from top to bottom.
      title: of the page.
      note: below the title.
      body: HTML between the note and the sounds, put in as it is.
    """
    cli.import_tensorflow()
    from wavegan_cond.storage.atomic import write_text

    data = [
        {
            "title": group.title,
            "beat": group.beat,
            "sounds": [_sound_data(sound) for sound in group.sounds],
        }
        for group in groups
    ]
    # Inside a script element only "<" can end it; JSON knows it escaped.
    text = json.dumps(data).replace("<", "\\u003c")
    page = TEMPLATE.read_text(encoding="utf-8")
    for name, value in (
        ("TITLE", html.escape(title)),
        ("NOTE", html.escape(note)),
        ("BODY", body),
        ("DATA", text),
    ):
        page = page.replace(f"<!--{name}-->", value)
    write_text(pathlib.Path(output), page)


def mel_png(wav: bytes) -> bytes:
    """Returns the mel spectrogram of a WAV file as a small PNG."""
    import matplotlib
    import numpy as np
    import soundfile
    from PIL import Image

    from wavegan_cond.plotting.spectrogram import RANGE_DB, mel_spectrogram_db

    wave, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    mel = mel_spectrogram_db(wave, rate)[::2].T[::-1]
    levels = np.rint((mel / RANGE_DB + 1) * (COLORS - 1)).astype(np.uint8)
    image = Image.fromarray(levels)
    colors = matplotlib.colormaps["magma"](np.linspace(0, 1, COLORS))[:, :3]
    image.putpalette(np.rint(colors * 255).astype(np.uint8).tobytes())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _sound_data(sound: Sound) -> dict:
    return {
        "name": sound.name,
        "file": sound.file,
        "z": [float(f"{value:.4g}") for value in sound.z],
        "wav": base64.b64encode(sound.wav).decode(),
        "mel": base64.b64encode(mel_png(sound.wav)).decode(),
    }


def _caption(entry: dict) -> str:
    if "seed" in entry:
        return f"seed {entry['seed']}"
    if "class_weights" in entry:
        share = list(entry["class_weights"].values())[-1]
        return f"{100 * share:.0f} %"
    return pathlib.PurePath(entry["file"]).stem.rpartition("_")[2]
