r"""Makes one HTML page that plays the sounds of a folder; it needs no network.

    python -m experiments.page --sounds_dir=snares --output=snares.html

sounds_dir is a folder of experiments.generate or experiments.interpolate. Every
sound is inside the page, with its waveform, mel spectrogram, z and seed: click
it, press its key, or go to it with the arrow keys. They play equally loud; what
is saved from the page, one sound or all as a ZIP, is as it was made. Below them
a step sequencer plays the sounds chosen.
"""

import dataclasses
import os
import pathlib

from experiments.common import cli, outputs
from experiments.common.page import build, listed_groups
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.synthesis import generation_log


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    sounds_dir: str = setting(REQUIRED, "folder with a sounds.json")
    output: str = setting(REQUIRED, "HTML file to write")
    num: int | None = setting(
        None, "sounds of each class at most; by default all", low=1
    )


FLAGS = cli.make_flags(Settings)


def name_model(model: dict) -> str:
    """Returns a model's iteration and the shorter form of its path."""
    path = min(model["path"], os.path.relpath(model["path"]), key=len)
    return f"iteration {model['iteration']}, {path}"


def main(values: cli.Values) -> None:
    """Makes the page of a folder of sounds."""
    outputs.check_file(values.output, ".html", ".htm", is_ours=outputs.is_page)
    folder = pathlib.Path(values.sounds_dir)
    content = generation_log.read(folder / generation_log.NAME)
    if not content["sounds"]:
        raise cli.UsageError(f"{folder / generation_log.NAME} lists no sounds")
    note = "; ".join(map(name_model, content["models"].values()))
    groups = listed_groups(folder, values.num)
    build(values.output, groups, "Generated drum sounds", note)
    print(values.output)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
