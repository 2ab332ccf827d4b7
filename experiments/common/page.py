"""One HTML page that plays sounds; it needs no network.

Every sound is inside the page, with its waveform, mel spectrogram and z: click
it, press its key, or go to it with the arrow keys. Below them a step sequencer
plays the sounds chosen. All of them can be saved at once.
"""

import base64
import dataclasses
import html
import io
import json
import os
import pathlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from experiments.common import cli, preflight, quietly
from wavegan_cond.plotting.spectrogram import RANGE_DB, mel_spectrogram_db
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.storage.untrusted import check_regular
from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.model_info import ANYTHING
from wavegan_cond.synthesis.recipe import sha256
from wavegan_cond.synthesis.wav import safe_name, wav_bytes

TEMPLATE = pathlib.Path(__file__).with_name("page.html")
MAX_BYTES = 1 << 28  # of a WAV file
PARTS = {"STYLE": ("page.css",), "SCRIPT": ("zip.js", "soften.js", "page.js")}
PATH_STEP = re.compile(  # the end of its name
    r"_seed(?P<start>\d{4,19})-(?P<end>\d{4,19})"
    r"(_truncated(?P<truncation>[^_]+))?"
    r"_(?P<method>s?lerp)(?P<steps>\d+)_(?P<number>\d{3,4})$"
)
COLORS = 48  # of a spectrogram: few, so that the page stays small


@dataclasses.dataclass(frozen=True)
class Sound:
    """A sound on the page.

    Attributes:
      name: shown below it.
      wav: the file's bytes, mono, 16 or 24 bits.
      z: it was made from; empty for a real sound.
      file: name it is saved under.
    """

    name: str
    wav: bytes
    z: Sequence[float] = ()
    file: str = "sound.wav"


@dataclasses.dataclass(frozen=True)
class Group:
    """Sounds below one heading.

    Attributes:
      title: the heading.
      sounds: from left to right.
      beat: whether they have a row of the sequencer.
      section: of the page, with those before it of the same section; "" for
        none.
      folded: whether a click on the heading unfolds them.
    """

    title: str
    sounds: Sequence[Sound]
    beat: bool = True
    section: str = ""
    folded: bool = False


def group(
    title: str,
    names: Iterable[str],
    waves: Sequence[np.ndarray],
    rate: int,
    *,
    z: Sequence[Sequence[float]] = (),
    stem: str = "",
    **shown: Any,
) -> Group:
    """Returns a group of sounds that are in no files.

    Args:
      title: the heading.
      names: of the sounds.
      waves: float [T] each.
      rate: sample rate in Hz.
      z: they were made from; nothing for real ones.
      stem: beginning of the names they are saved under.
      **shown: other attributes of the group.
    """
    points = z if len(z) else [()] * len(waves)
    sounds = [
        Sound(
            name,
            wav_bytes(wave, rate),
            point,
            f"{safe_name(f'{stem}{name}')}.wav",
        )
        for name, wave, point in zip(names, waves, points, strict=True)
    ]
    return Group(title, sounds, **shown)


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


def build(
    output: str | os.PathLike,
    groups: Sequence[Group],
    title: str,
    note: str = "",
    body: str = "",
    contents: Sequence[tuple[str, str]] = (),
) -> None:
    """Writes the page.

    Args:
      output: the HTML file; it appears whole.
      groups: of sounds, from top to bottom.
      title: of the page.
      note: below the title.
      body: HTML between the note and the sounds, put in as it is; where it
        has ``<!--CONTENTS-->`` comes the list of contents.
      contents: (id, name) of the parts of the body, which the list begins with.
    """
    quietly.import_tensorflow()

    data = [
        {
            "title": group.title,
            "beat": group.beat,
            "section": group.section,
            "folded": group.folded,
            "sounds": [_sound_data(sound) for sound in group.sounds],
        }
        for group in groups
    ]
    # Inside a script element only "<" can end it; JSON knows it escaped.
    text = json.dumps(data).replace("<", "\\u003c")
    page = TEMPLATE.read_text(encoding="utf-8")
    for name, files in PARTS.items():
        code = "".join(
            TEMPLATE.with_name(file).read_text(encoding="utf-8")
            for file in files
        )
        page = page.replace(f"<!--{name}-->\n", code)
    links = contents_list([*contents, *section_links(groups)])
    for name, value in (
        ("TITLE", html.escape(title)),
        ("NOTE", html.escape(note)),
        ("BODY", body),
        ("CONTENTS", links),
        ("DATA", text),
    ):
        page = page.replace(f"<!--{name}-->", value)
    write_text(pathlib.Path(output), page)


def section_links(groups: Sequence[Group]) -> list[tuple[str, str]]:
    """Returns (id, name) of each section, as the page's script numbers them."""
    names = [group.section for group in groups if group.section]
    return [
        (f"sounds-{number}", name)
        for number, name in enumerate(dict.fromkeys(names), 1)
    ]


def contents_list(links: Sequence[tuple[str, str]]) -> str:
    """Returns links to parts of the page, as HTML; no part has no list."""
    items = "".join(
        f'<li><a href="#{name}">{html.escape(title)}</a></li>'
        for name, title in links
    )
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>' if items else ""


def mel_png(wav: bytes) -> bytes:
    """Returns the mel spectrogram of a WAV file as a small PNG."""
    import matplotlib
    import soundfile

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
