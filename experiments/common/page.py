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

from experiments.common import quietly
from wavegan_cond.plotting.spectrogram import RANGE_DB, mel_spectrogram_db
from wavegan_cond.storage.atomic import write_text
from wavegan_cond.synthesis.wav import safe_name, wav_bytes

TEMPLATE = pathlib.Path(__file__).with_name("page.html")
SHARED = ("elements.js", "soften.js", "zip.js")  # modules of the instrument too
PARTS = {"STYLE": ("page.css",), "SCRIPT": (*SHARED, "page.js")}
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
        # Of a file a browser loads no modules: all are one script.
        code = re.sub(r"(?m)^export ", "", code)
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
