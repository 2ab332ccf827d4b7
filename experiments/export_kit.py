r"""Makes a kit of different, clean sounds in the formats that samplers read.

    python -m experiments.export_kit --kicks=4 --snares=4 --cymbals=4 \
        --output_dir=kit

makes it with the model that comes with the project; --model names another. From
a pool of sounds of each class those are taken that are clean, of their class
and far from each other. The folder holds WAVs, sounds.json with what each was
made of, and the kit for SFZ players, Hydrogen, DecentSampler, Drumlabooh and
Strudel, on the keys of General MIDI; README.txt lists them, LICENSE.txt says
what the model's maker grants.

    python -m experiments.export_kit --model=runs/drums --num=8 \
        --counts=tom:6,clap:2 --seed=7 --sample_rate=48000 --bits=24 \
        --output_dir=kit

--num is the number for every class, --counts and the three named flags for
some. The same seed, flags and model give the same bytes; without a seed a new
one is drawn and printed. experiments.generate --again=kit/sounds.json makes the
sounds of a kit again.
"""

import dataclasses
import pathlib
import re
import time

from experiments.common import (
    cli,
    licences,
    loading,
    outputs,
    quietly,
    seeds,
    shipped,
)
from experiments.kit import counts as kit_counts
from experiments.kit.options import KitOptions
from wavegan_cond.saved_models import find_model
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage import folders
from wavegan_cond.synthesis.model_info import ModelInfo

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(KitOptions, loading.LoadingSettings):
    """The flags of this command."""

    model: str | None = shipped.model_setting()
    output_dir: str = setting(REQUIRED, "new folder of the kit")
    num: int = setting(4, "sounds of each class", low=0, high=80)
    kicks: int | None = setting(None, "number of kicks", low=0, high=80)
    snares: int | None = setting(None, "number of snares", low=0, high=80)
    cymbals: int | None = setting(
        None, "number of cymbals, hats among them", low=0, high=80
    )
    counts: tuple[str, ...] = setting(
        (), "sounds of some classes, such as tom:6,clap:2"
    )


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> None:
    """Makes a kit into a new folder.

    Raises:
      UsageError, ModelError: the request cannot be met by this model.
      KitError: too few of the sounds are clean and different.
      FolderError, WriteError: the folder is not empty, or cannot be written.
    """
    settings = name_kit(shipped.fill(settings))
    check_text(settings)
    outputs.check_new(settings.output_dir)
    if info := find_model.peek(settings.model):
        count(settings, info)
    started = time.perf_counter()
    quietly.import_tensorflow()
    files, report = make_files(settings)
    write_folder(settings.output_dir, files)
    print(report)
    print(
        f"{settings.output_dir}: {len(files)} files, seed {settings.seed}, in "
        f"{time.perf_counter() - started:.1f} s"
    )


def name_kit(settings: Settings) -> Settings:
    """Returns settings with a seed and a name, also where none are given."""
    seed = seeds.draw() if settings.seed is None else settings.seed
    name = f"kit_{seed}" if settings.name is None else settings.name
    return dataclasses.replace(settings, seed=seed, name=name)


def check_text(options: KitOptions) -> None:
    """Raises UsageError unless the name and the URL are plain."""
    if not NAME.fullmatch(options.name):
        raise cli.UsageError(
            f"--name={options.name}: expected at most 40 of a to z, A to Z, "
            "0 to 9, _ and -, a letter or a digit first"
        )
    url = options.base_url
    if not (url and url.isascii() and url.isprintable()):
        raise cli.UsageError(f"--base_url={url}: expected a URL")


def count(settings: Settings, info: ModelInfo) -> dict[str, int]:
    """Returns the number of sounds of each class.

    Raises:
      UsageError, ModelError: see ``counts.decide``; or the pool is too large.
    """
    named = {
        "kick": settings.kicks,
        "snare": settings.snares,
        "cymbal": settings.cymbals,
    }
    counts = kit_counts.decide(info, settings.num, named, settings.counts)
    most = kit_counts.MAX_POOL
    if len(counts) * settings.pool > most:
        raise cli.UsageError(
            f"--pool={settings.pool} of {len(counts)} classes are more than "
            f"{most} sounds: lower it, or leave classes out with --counts"
        )
    return counts


def make_files(settings: Settings) -> tuple[dict[str, bytes], str]:
    """Returns the files of the kit, and what was left out of the pool."""
    from experiments.kit import contents, make

    model = loading.load_model(settings)
    texts = licences.find(pathlib.Path(settings.model))
    counts = count(settings, model.info)
    path = shipped.recorded_path(settings.model, model.info.fingerprint)
    kit, sounds, faults = make.make_kit(model, counts, settings)
    return (
        contents.all_files(kit, sounds, settings, model.info, path, texts),
        make.tell_faults(faults, settings.pool),
    )


def write_folder(output_dir: str, files: dict[str, bytes]) -> None:
    """Writes files into a new folder, which appears when all are there."""
    with folders.new_folder(output_dir) as folder:
        for name, data in files.items():
            (folder / name).write_bytes(data)


def main(values: cli.Values) -> None:
    """Reads the flags and makes the kit."""
    run(cli.read_config(Settings, values))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
