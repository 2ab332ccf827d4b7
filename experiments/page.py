r"""Makes one HTML page that plays the sounds of a folder; it needs no network.

    python -m experiments.page --sounds_dir=snares --output=snares.html

sounds_dir is a folder of experiments.generate or experiments.interpolate. Every
sound is inside the page, with its waveform, mel spectrogram, z and seed: click
it, press its key, or go to it with the arrow keys. They play equally loud; what
is saved from the page, one sound or all as a ZIP, is as it was made. Below them
a step sequencer plays the sounds chosen.
"""

import dataclasses
import pathlib

from experiments.common import cli, outputs, shipped
from experiments.common.listed_sounds import listed_groups
from experiments.common.page import build
from experiments.common.shown_path import shown
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


def name_model(fingerprint: str, model: dict) -> str:
    """Returns a model's iteration and the last part of its path.

    The rest of it tells strangers of the machine that it was on.
    """
    name = pathlib.PurePath(model["path"]).name
    if fingerprint == shipped.fingerprint():
        name = "the model that comes with the project"
    return f"iteration {model['iteration']}, {name}"


def main(values: cli.Values) -> None:
    """Makes the page of a folder of sounds."""
    outputs.check_file(values.output, ".html", ".htm", is_ours=outputs.is_page)
    folder = pathlib.Path(values.sounds_dir)
    content = generation_log.read(folder / generation_log.NAME)
    if not content["sounds"]:
        raise cli.UsageError(f"{folder / generation_log.NAME} lists no sounds")
    note = "; ".join(name_model(*each) for each in content["models"].items())
    groups = listed_groups(folder, values.num)
    build(values.output, groups, "Generated drum sounds", note)
    print(f"open {shown(values.output)}")


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
