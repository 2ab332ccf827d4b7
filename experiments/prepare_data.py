"""Prepares folders of drum sounds for training.

  python -m experiments.prepare_data --input_dir=SAMPLES --output_dir=DATA

takes every sound below SAMPLES (WAV, AIFF, FLAC, MP3, OGG and more), finds its
class from its folders or its name, and writes to DATA what training reads:
waveforms.npy, checks.npy, labels.npy, dataset.json; and manifest.csv, a line
per file: kept, or why not. A table per class ends the run, with what to know
before a training: classes that were not asked for, sounds that were cut, too
few of them, and roughly the time it takes.

Several folders: repeat --input_dir. Other classes: --classes=tom,clap. Labels
of your own: --labels=labels.csv with the columns file,label and, for kits that
are to stay on one side of the split, group. Run again, it does nothing if
neither sounds nor settings have changed, unless --overwrite asks for a store
made anew, as after an upgrade of a decoder; after an interruption it resumes
where it was.
"""

import dataclasses
import functools
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from data_prep.audio.process_file import Shape
from data_prep.labels.label_file import Labels, read_labels
from data_prep.pipeline import Options, prepare
from data_prep.read_files import Source
from data_prep.store.report import Report, describe
from experiments.common import cli
from experiments.common.steps import stoppable
from experiments.common.training_advice import advise
from wavegan_cond.config import LENGTHS
from wavegan_cond.settings import setting
from wavegan_cond.storage import processors

FADES = {
    "paper": (Shape.fade_in, Shape.fade_out),
    "authors": ("0.1%", "20%"),
}
EACH_LENGTH = ", ".join(map(str, sorted(LENGTHS)))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    input_dir: tuple[str, ...] = setting(
        (),
        "folder of sounds; repeat it, or separate several by commas",
        repeated=True,
    )
    output_dir: str | None = setting(None, "folder of the prepared sounds")
    classes: tuple[str, ...] | None = setting(
        None,
        "classes in label order; by default kick,snare,cymbal, those that "
        "have sounds, and those of the CSV",
    )
    labels: tuple[str, ...] = setting(
        (),
        "CSV file,label[,group] that overrides the names: one for all input "
        "folders, or one for each, likewise",
        repeated=True,
    )
    length: int = setting(
        Shape.length, f"samples of a sound (T): one of {EACH_LENGTH}"
    )
    fade_preset: str = setting(
        "paper",
        "paper: 16 and 1024 samples; authors: 0.1% and 20% of the sound, as "
        "preproc.py of jake-drysdale/style-drumsynth",
        choices=tuple(FADES),
    )
    fade_in: str | None = setting(
        None,
        "length of the fade in, samples or percent of the sound as in 0.1%; "
        "overrides the preset",
    )
    fade_out: str | None = setting(
        None, "length of the fade out, likewise; overrides the preset"
    )
    trim_leading_silence: bool = setting(
        Shape.trim_leading_silence,
        "cut what lies below -60 dB of the peak at the start of a sound",
    )
    validation: float = setting(
        Options.validation, "share of the sounds held out", low=0.0, high=0.9
    )
    test: float = setting(
        Options.test,
        "share held out beside it, for reports: nothing is chosen by it",
        low=0.0,
        high=0.9,
    )
    validation_by: str = setting(
        Options.validation_by,
        "hash: hold out sound by sound; folder: whole kit folders",
        choices=("hash", "folder"),
    )
    near_duplicates: str = setting(
        Options.near_duplicates,
        "copies of one recording: keep the best of them (drop), keep all on "
        "one side of the split (keep), or do not look for them (ignore); "
        "synthesised sounds without noise are taken for copies where tuning or "
        "decay differ a little",
        choices=("drop", "keep", "ignore"),
    )
    workers: int | None = setting(
        None, "processes that decode; by default one per core", low=1, high=256
    )
    overwrite: bool = setting(
        False, "make the store anew and replace one that is there"
    )


FLAGS = cli.make_flags(Settings)


def main(values: cli.Values) -> int:
    """Turns the flags into the arguments of ``run``."""
    if not values.input_dir or not values.output_dir:
        raise cli.UsageError(
            "--input_dir and --output_dir are needed (--help shows an example)"
        )
    if values.length not in LENGTHS:
        raise cli.UsageError(
            f"--length={values.length}: models make sounds of {EACH_LENGTH} "
            "samples"
        )
    if values.validation + values.test > 0.9:
        raise cli.UsageError(
            f"--validation={values.validation} and --test={values.test} hold "
            "out more than 0.9 together: too few are left to train on"
        )
    try:
        with stoppable():
            report = run(cli.read_config(Settings, values))
            print(*advise(report.store), sep="\n")
    except KeyboardInterrupt as interrupt:
        print("interrupted; the same command resumes", file=sys.stderr)
        return 128 + interrupt.args[0]
    return 0


def run(settings: Settings) -> Report:
    """Prepares folders of sounds and prints the report."""
    fade_in, fade_out = FADES[settings.fade_preset]
    shape = Shape(
        settings.length,
        check_fade("fade_in", settings.fade_in or fade_in),
        check_fade("fade_out", settings.fade_out or fade_out),
        settings.trim_leading_silence,
    )
    report = prepare(
        read_sources(
            split_paths("input_dir", settings.input_dir),
            split_paths("labels", settings.labels),
        ),
        settings.output_dir,
        Options(
            classes=settings.classes or None,
            shape=shape,
            validation=settings.validation,
            test=settings.test,
            validation_by=settings.validation_by,
            near_duplicates=settings.near_duplicates,
        ),
        processes=settings.workers or processors.count(),
        overwrite=settings.overwrite,
        progress=lambda files, total: tqdm(
            files, "files", total, unit="file", smoothing=0.1
        ),
        note=functools.partial(tqdm.write, file=sys.stderr),
    )
    print(describe(report))
    return report


def split_paths(flag: str, given: Sequence[str]) -> list[str]:
    """Splits the values of a flag at commas, but for paths that are there.

    Raises:
      cli.UsageError: a path is empty.
    """
    paths = []
    for text in given:
        whole = os.path.exists(text)
        paths += [text] if whole else map(str.strip, text.split(","))
    if given:
        cli.check_items(flag, paths)
    return paths


def check_fade(name: str, amount: str) -> str:
    """Returns ``amount`` if it is samples or percent.

    Raises:
      cli.UsageError: it is neither.
    """
    number = re.fullmatch(r"\d{1,9}|(\d{1,9}(?:\.\d+)?)%", amount)
    if not number or float(number[1] or 0) > 100:
        raise cli.UsageError(
            f"--{name}={amount}: expected samples, such as 1024, or percent "
            "from 0% to 100%"
        )
    return amount


def read_sources(input_dirs: Sequence[str], labels: Sequence[str]) -> list:
    """Returns the input folders as ``data_prep.read_files.Source``.

    Where there are several, their names begin the paths in the manifest.

    Raises:
      cli.UsageError: the labels files are neither one nor one per folder.
    """
    if len(labels) not in (0, 1, len(input_dirs)):
        raise cli.UsageError(
            f"--labels names {len(labels)} files for {len(input_dirs)} input "
            "folders: expected one for all, or one for each"
        )
    given = [read_labels(path) for path in labels] or [Labels({}, {})]
    given *= len(input_dirs) // len(given)
    sources, taken = [], set()
    for folder, more in zip(input_dirs, given, strict=True):
        name = own = Path(folder).resolve().name if len(input_dirs) > 1 else ""
        number = 2
        while name in taken:
            name, number = f"{own}-{number}", number + 1
        taken.add(name)
        sources.append(Source(Path(folder), name, more.label, more.group))
    return sources


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
