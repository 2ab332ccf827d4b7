r"""Gathers the sounds that the results are of from where they were published.

    python -m experiments.gather --sounds=drums --output_dir=SAMPLES
    python -m experiments.prepare_data --input_dir=SAMPLES \
        --labels=SAMPLES/labels.csv --output_dir=data

--sounds=drums are the 5,664 drums by which everything is measured
(experiments/results/data/drums.csv), of 107 GitHub repositories; others the
2,345 of data/others.csv; open the 1,581 that the shipped model learned
from (open/training_files.csv), of GitHub, npm and Debian: 229 of them are in
packages of 0.7 GB. None is in this project, and each keeps its own licence, see
data/sources.csv. --open_only leaves out those of which no licence is known that
lets one share them.

Every file is checked by its hash. labels.csv names those that are there, and
missing.csv those that cannot be had, with the reason; the command then ends
with 1, and given again fetches what is missing. A folder holds what one command
gathers; a labels.csv that was changed is not written anew.

--copies makes a second sound of each, 6 % faster and slower in turn, as the
shipped model was trained.
"""

import concurrent.futures
import contextlib
import dataclasses
import functools
import pathlib
import shlex
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from tqdm import tqdm

from experiments.common import cli, outputs
from experiments.gathering import downloads, folder, lists, packages
from experiments.gathering.lists import Listed
from experiments.gathering.marker import Marker
from wavegan_cond.settings import REQUIRED, check_fields, setting

WORKERS = 8  # files that are fetched at the same time
INCOMPLETE = 1  # exit code
ASKED = "sounds", "open_only", "copies"  # flags of which a folder has one value


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    sounds: str = setting(
        REQUIRED, "which are gathered", choices=tuple(lists.LISTS)
    )
    output_dir: str = setting(
        REQUIRED, "folder to make, or begun by this command"
    )
    open_only: bool = setting(
        False, "only sounds under a licence that lets one share them"
    )
    copies: bool = setting(False, "also a copy of each at another pitch")
    github: str = setting(
        lists.Hosts.github, "where files of repositories come from"
    )
    npm: str = setting(lists.Hosts.npm, "where npm packages come from")
    debian: str = setting(lists.Hosts.debian, "where Debian packages come from")

    def __post_init__(self):
        check_fields(self)


FLAGS = cli.make_flags(Settings)


def run(settings: Settings) -> dict[Listed, str]:
    """Gathers sounds with a progress bar.

    Returns:
      The sounds that are not there, and why.

    Raises:
      UsageError: an address is none, the folder holds something else, or
        another process gathers to it.
      WriteError: a file cannot be written.
    """
    hosts = lists.Hosts(settings.github, settings.npm, settings.debian)
    _check_hosts(hosts)
    outputs.check_output(settings.output_dir)
    place = pathlib.Path(settings.output_dir)
    listed = lists.read(settings.sounds, hosts, settings.open_only)
    with outputs.locked(place, folder.LOCK):
        missing = _fill(place, listed, settings)
    print(
        f"{place}: {len(listed) - len(missing)} of {len(listed)} sounds\n"
        f"next: {_next_command(place)}"
    )
    return missing


def _fill(
    place: pathlib.Path, listed: Sequence[Listed], settings: Settings
) -> dict[Listed, str]:
    """Gathers what is not there yet; returns what could not be had, and why."""
    asked = {name: getattr(settings, name) for name in ASKED}
    begun = folder.begin(place, asked)
    wanted = [sound for sound in listed if not folder.find(place, sound)]
    reasons = {}
    try:
        _gather_all(wanted, place, reasons, len(listed))
        if settings.copies:
            from experiments.gathering import copies

            copies.make(place, listed)
    finally:
        missing = _list(place, begun, listed, reasons)
    return missing


def _next_command(place: pathlib.Path) -> str:
    """Returns what prepares a folder, as a shell takes it."""
    return shlex.join(
        [
            *("python", "-m", "experiments.prepare_data"),
            f"--input_dir={place}",
            f"--labels={place / folder.LABELS}",
            "--output_dir=data",
        ]
    )


def _check_hosts(hosts: lists.Hosts) -> None:
    for name, url in dataclasses.asdict(hosts).items():
        if not downloads.is_address(url):
            raise cli.UsageError(
                f"--{name}={url}: expected an address such as "
                f"{getattr(lists.Hosts, name)}"
            )


def _gather_all(
    wanted: Sequence[Listed],
    place: pathlib.Path,
    reasons: dict[Listed, str],
    total: int,
) -> None:
    """Gathers with a bar; ``reasons`` gets why a sound is not there."""
    with (
        tqdm(
            total=total,
            initial=total - len(wanted),
            unit=" sounds",
            disable=None,
        ) as bar,
        contextlib.closing(gather(wanted, place)) as gathered,
    ):
        for sound, why in gathered:
            if why:
                reasons[sound] = why
            bar.update(not why)


def gather(
    wanted: Sequence[Listed], place: pathlib.Path
) -> Iterator[tuple[Listed, str]]:
    """Yields each sound once it is there, or why it is not.

    A host that does not answer is asked for nothing more. Where this ends
    early, what is on its way is waited for, and tried no more.

    Raises:
      WriteError: a file cannot be written.
    """
    silent, stop = downloads.Silent(), threading.Event()
    files = [sound for sound in wanted if not sound.member]
    pool = concurrent.futures.ThreadPoolExecutor(WORKERS)
    try:
        work = functools.partial(
            _gather_file, place=place, silent=silent, stop=stop
        )
        reasons = pool.map(work, files)
        yield from zip(files, reasons, strict=True)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
    of_package = defaultdict(list)
    for sound in wanted:
        if sound.member:
            of_package[sound.url].append(sound)
    for url, sounds in of_package.items():
        yield from _gather_package(url, sounds, place, silent)


def _gather_file(
    sound: Listed,
    place: pathlib.Path,
    silent: downloads.Silent,
    stop: threading.Event,
) -> str:
    """Returns why a sound is not there, or nothing."""
    try:
        with silent.asking(sound.url):
            content = downloads.read(sound.url, stop)
        return folder.keep(place, sound, content)
    except downloads.GoneError as error:
        return str(error)


def _gather_package(
    url: str,
    sounds: Iterable[Listed],
    place: pathlib.Path,
    silent: downloads.Silent,
) -> Iterator[tuple[Listed, str]]:
    """Yields the sounds of a package, and why one is not there."""
    of_member = defaultdict(list)
    for sound in sounds:
        of_member[sound.member].append(sound)
    reasons = dict.fromkeys(sounds, "the package does not have it")
    with tempfile.TemporaryFile() as file:
        try:
            with silent.asking(url):
                _save(url, file)
            file.seek(0)
            members = packages.read_members(file, of_member.keys())
            for member, content in members:
                for sound in of_member[member]:
                    if reasons[sound]:
                        reasons[sound] = folder.keep(place, sound, content)
        except (downloads.GoneError, ValueError) as error:
            reasons = {
                sound: why and str(error) for sound, why in reasons.items()
            }
    yield from reasons.items()


def _save(url: str, file: BinaryIO) -> None:
    """Copies a package to a file, with a bar of its own."""
    name = url.rpartition("/")[2]
    with tqdm(
        unit="B", unit_scale=True, desc=name, leave=False, disable=None
    ) as bar:

        def report(done: int, size: int) -> None:
            bar.total = size or None
            bar.update(done - bar.n)

        downloads.save(url, file, report)


def _list(
    place: pathlib.Path,
    begun: Marker,
    listed: Sequence[Listed],
    reasons: dict[Listed, str],
) -> dict[Listed, str]:
    """Writes what is there and what is not; returns the latter, and why."""
    missing = {
        sound: reasons.get(sound, "not tried yet")
        for sound in listed
        if not (place / sound.file).exists()
    }
    there = [sound for sound in listed if sound not in missing]
    folder.write_labels(place, begun, folder.find_rows(place, there))
    gone = [(sound.file, sound.url, why) for sound, why in missing.items()]
    folder.write_missing(place, gone)
    return missing


def main(values: cli.Values) -> int:
    """Gathers, and says what could not be had."""
    settings = cli.read_config(Settings, values)
    missing = run(settings)
    if missing:
        place = pathlib.Path(settings.output_dir) / folder.MISSING
        why = next(iter(missing.values()))
        cli.fail(
            f"{len(missing)} sounds could not be had, see {place}; the same "
            f"command tries them again (of the first: {why})",
            INCOMPLETE,
        )
    return 0


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
