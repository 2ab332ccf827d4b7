"""Writes the procedural demo kit: kicks, snares and cymbals, as WAV files.

  python -m experiments.demo_kit --output_dir=kit --num=1000 --seed=0

makes kit/kick/kick_0001.wav and so on, 1000 of each class, in about 10 s. The
same seed gives the same kit, and more of it gives the same sounds first.
"""

import time

from absl import flags

from experiments.common import cli

FLAGS = flags.FlagValues()
flags.DEFINE_string(
    "output_dir", None, "folder to make, absent or empty", flag_values=FLAGS
)
flags.DEFINE_integer(
    "num",
    1000,
    "sounds of each class",
    lower_bound=1,
    upper_bound=1_000_000,
    flag_values=FLAGS,
)
flags.DEFINE_integer("seed", 0, "of the kit", lower_bound=0, flag_values=FLAGS)


def run(output_dir: str, num: int = 1000, seed: int = 0) -> None:
    """Writes a kit with a progress bar.

    Args:
      output_dir: absent or empty.
      num: sounds of each class.
      seed: of the kit.

    Raises:
      KitError: the folder holds something, or cannot be written.
    """
    from tqdm import tqdm

    from data_prep.kit import demo_kit

    total = num * len(demo_kit.CLASSES)
    started = time.perf_counter()
    with tqdm(total=total, unit=" sounds", disable=None) as bar:
        demo_kit.write_kit(output_dir, num, seed, bar.update)
    seconds = time.perf_counter() - started
    print(f"{output_dir}: {total} sounds in {seconds:.1f} s, seed {seed}")


def main(values: flags.FlagValues) -> None:
    """Checks the flags, then writes the kit."""
    if not values.output_dir:
        raise cli.UsageError("--output_dir is needed")
    run(values.output_dir, values.num, values.seed)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
