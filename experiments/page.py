r"""Makes one HTML page that plays the sounds of a folder; it needs no network.

    python -m experiments.page --sounds_dir=snares --output=snares.html

sounds_dir is a folder of experiments.generate or experiments.interpolate. Every
sound is inside the page, with its waveform, mel spectrogram, z and seed: click
it or press its key. Below them a step sequencer plays the sounds chosen.
"""

import pathlib

from absl import flags

from experiments.common import cli
from experiments.common.page import build, listed_groups

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "sounds_dir", None, "folder with a sounds.json", flag_values=FLAGS
)
flags.DEFINE_string("output", None, "the page", flag_values=FLAGS)
flags.DEFINE_integer(
    "num", 24, "sounds of each class at most", lower_bound=1, flag_values=FLAGS
)
flags.mark_flags_as_required(["sounds_dir", "output"], flag_values=FLAGS)


def run(sounds_dir: str, output: str, num: int = 24) -> None:
    """Makes the page of a folder of sounds."""
    from wavegan_cond.synthesis import generation_log

    folder = pathlib.Path(sounds_dir)
    content = generation_log.read(folder / generation_log.NAME)
    model = next(iter(content["models"].values()))
    note = f"iteration {model['iteration']}, {model['path']}"
    build(output, listed_groups(folder, num), "Generated drum sounds", note)
    print(output)


def main(values: flags.FlagValues) -> None:
    """Makes the page."""
    run(values.sounds_dir, values.output, values.num)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
