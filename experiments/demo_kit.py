"""Writes the procedural demo kit: kicks, snares and cymbals, as WAV files.

  python -m experiments.demo_kit --output_dir=kit --num=1000 --seed=0

makes kit/kick/kick_0001.wav and so on, 1000 of each class, in about 10 s. The
same seed gives the same kit, and more of it gives the same sounds first.
"""

import dataclasses
import time

from tqdm import tqdm

from experiments.common import cli
from wavegan_cond.settings import REQUIRED, setting


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    output_dir: str = setting(REQUIRED, "folder to make, absent or empty")
    num: int = setting(1000, "sounds of each class", low=1, high=1_000_000)
    seed: int = setting(0, "seed of the kit", low=0)


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> None:
    """Writes a kit with a progress bar.

    Raises:
      KitError: the folder holds something.
      WriteError: it cannot be written.
    """
    from data_prep.kit import demo_kit

    num, seed, output_dir = settings.num, settings.seed, settings.output_dir
    total = num * len(demo_kit.CLASSES)
    started = time.perf_counter()
    with tqdm(total=total, unit=" sounds", disable=None) as bar:
        demo_kit.write_kit(output_dir, num, seed, bar.update)
    seconds = time.perf_counter() - started
    print(f"{output_dir}: {total} sounds in {seconds:.1f} s, seed {seed}")


def main(values: cli.Values) -> None:
    """Reads the flags and writes the kit."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
