"""Prepares folders of drum sounds for training.

  python -m experiments.prepare_data --input_dir=SAMPLES --output_dir=DATA

takes every sound below SAMPLES (WAV, AIFF, FLAC, MP3, OGG and more), finds its
class from its folders or its name, and writes to DATA what training reads:
waveforms.npy, checks.npy, labels.npy, dataset.json; and manifest.csv, a line
per file: kept, or why not. A table per class ends the run.

Several folders: repeat --input_dir. Other classes: --classes=tom,clap. Labels
of your own: --labels=labels.csv with the columns file,label and, for kits that
are to stay on one side of the split, group. Run again, it does nothing if
neither files nor settings have changed; after an interruption it goes on where
it was.
"""

import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from absl import flags

from experiments.common import cli

FADES = {"paper": ("16", "1024"), "authors": ("0.1%", "20%")}

FLAGS = flags.FlagValues()
flags.DEFINE_multi_string(
    "input_dir",
    [],
    "folder of sounds; repeat it, or separate several by commas",
    flag_values=FLAGS,
)
flags.DEFINE_string(
    "output_dir", None, "folder of the prepared sounds", flag_values=FLAGS
)
flags.DEFINE_list(
    "classes",
    None,
    "classes in label order; by default those found, kick,snare,cymbal first",
    flag_values=FLAGS,
)
flags.DEFINE_list(
    "labels",
    [],
    "CSV file,label[,group] that overrides the names: one for all input "
    "folders, or one for each",
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "length", 16384, "samples of a sound (T)", 64, 65536, flag_values=FLAGS
)
flags.DEFINE_enum(
    "fade_preset",
    "paper",
    list(FADES),
    "paper: 16 and 1024 samples; authors: 0.1% and 20% of the sound, as in "
    "their later script",
    flag_values=FLAGS,
)
for end in ("fade_in", "fade_out"):
    flags.DEFINE_string(
        end,
        None,
        "samples, or percent of the sound as in 0.1%; overrides the preset",
        flag_values=FLAGS,
    )
flags.DEFINE_bool(
    "trim_leading_silence",
    True,
    "cut what lies below -60 dB of the peak in front",
    flag_values=FLAGS,
)
flags.DEFINE_float(
    "validation", 0.1, "share held out", 0.0, 0.9, flag_values=FLAGS
)
flags.DEFINE_float(
    "test",
    0.0,
    "share held out beside it, for reports: nothing is chosen by it",
    0.0,
    0.9,
    flag_values=FLAGS,
)
flags.DEFINE_enum(
    "validation_by",
    "hash",
    ["hash", "folder"],
    "hash: hold out sound by sound; folder: whole kit folders",
    flag_values=FLAGS,
)
flags.DEFINE_enum(
    "near_duplicates",
    "drop",
    ["drop", "keep", "ignore"],
    "of several copies of one recording keep the best (drop), keep all on one "
    "side of the split (keep), or do not look for them (ignore)",
    flag_values=FLAGS,
)
flags.DEFINE_integer(
    "workers",
    None,
    "processes that decode; by default one per core",
    1,
    256,
    flag_values=FLAGS,
)
flags.DEFINE_bool(
    "overwrite", False, "replace a store that is there", flag_values=FLAGS
)


def main(values: flags.FlagValues) -> int:
    """Turns the flags into the arguments of ``run``."""
    if not values.input_dir or not values.output_dir:
        raise cli.UsageError(
            "--input_dir and --output_dir are needed (--help shows an example)"
        )
    if values.validation + values.test > 0.9:
        raise cli.UsageError(
            f"--validation={values.validation} and --test={values.test} hold "
            "out more than 0.9 together: too few are left to train on"
        )
    presets = FADES[values.fade_preset]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        run(
            split_folders(values.input_dir),
            values.output_dir,
            labels=values.labels,
            classes=values.classes,
            length=values.length,
            fade_in=check_fade("fade_in", values.fade_in or presets[0]),
            fade_out=check_fade("fade_out", values.fade_out or presets[1]),
            trim_leading_silence=values.trim_leading_silence,
            validation=values.validation,
            test=values.test,
            validation_by=values.validation_by,
            near_duplicates=values.near_duplicates,
            workers=values.workers,
            overwrite=values.overwrite,
        )
    except KeyboardInterrupt as interrupt:
        print("interrupted; the same command continues", file=sys.stderr)
        return 128 + interrupt.args[0]
    return 0


def _interrupt(number: int, frame: object) -> NoReturn:
    """Ends the work as Ctrl-C does, and says which signal it was."""
    raise KeyboardInterrupt(number)


def run(
    input_dirs: Sequence[str],
    output_dir: str,
    *,
    labels: Sequence[str] = (),
    classes: Sequence[str] | None = None,
    length: int = 16384,
    fade_in: str = "16",
    fade_out: str = "1024",
    trim_leading_silence: bool = True,
    validation: float = 0.1,
    test: float = 0.0,
    validation_by: str = "hash",
    near_duplicates: str = "drop",
    workers: int | None = None,
    overwrite: bool = False,
):
    """Prepares ``input_dirs`` into ``output_dir`` and prints the report.

    Args are the flags of the same names.

    Returns:
      The ``data_prep.prepare.Report``.
    """
    from tqdm import tqdm

    from data_prep import prepare
    from data_prep.audio import process_file
    from data_prep.store.report import describe

    report = prepare.prepare(
        read_sources(input_dirs, labels),
        output_dir,
        prepare.Options(
            classes=tuple(classes) if classes else None,
            shape=process_file.Shape(
                length, fade_in, fade_out, trim_leading_silence
            ),
            validation=validation,
            test=test,
            validation_by=validation_by,
            near_duplicates=near_duplicates,
        ),
        processes=workers or os.cpu_count() or 1,
        overwrite=overwrite,
        progress=lambda files, total: tqdm(
            files, "files", total, unit="file", smoothing=0.1
        ),
    )
    print(describe(report))
    return report


def split_folders(given: Sequence[str]) -> list[str]:
    """Splits at commas what is not itself a folder."""
    folders = []
    for text in given:
        whole = os.path.isdir(text)
        folders += [text] if whole else [f for f in text.split(",") if f]
    return folders


def check_fade(name: str, amount: str) -> str:
    """Returns ``amount`` if it is samples or percent.

    Raises:
      cli.UsageError: it is neither.
    """
    number = re.fullmatch(r"\d+|(\d+(?:\.\d+)?)%", amount)
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
    from data_prep.labels.rules import Labels, read_labels
    from data_prep.read_files import Source

    if len(labels) not in (0, 1, len(input_dirs)):
        raise cli.UsageError(
            f"--labels names {len(labels)} files for {len(input_dirs)} input "
            "folders: expected one for all, or one for each"
        )
    given = [read_labels(path) for path in labels] or [Labels({}, {})]
    given *= len(input_dirs) // len(given)
    names = [Path(folder).resolve().name for folder in input_dirs]
    sources = []
    for number, (folder, more) in enumerate(
        zip(input_dirs, given, strict=True)
    ):
        name = names[number] if len(names) > 1 else ""
        if name and names.index(name) != number:
            name += f"-{number + 1}"
        sources.append(Source(Path(folder), name, more.label, more.group))
    return sources


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
