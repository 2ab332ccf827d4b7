"""Bad and odd files among good ones: each is named, no good one changes."""

import functools
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile

from data_prep.kit import demo_kit
from data_prep.prepare import prepare
from data_prep.read_files import Source
from data_prep.store import manifest
from data_prep.store.store import open_store
from tests.reliability import bad_kinds, odd_kinds
from tests.reliability.audio_files import RATE, Kind, drum
from tests.reliability.row import Case

GOOD, SEEDS = 500, 3
BAD_SEED = 1000  # of the sounds in bad files: none of the good ones
# What is no regular file, and how it is made.
SPECIAL: dict[str, Callable[[Path], None]] = {
    "a dangling link": lambda path: path.symlink_to("nowhere.wav"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a FIFO": os.mkfifo,
    "a socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
    "a folder": Path.mkdir,
}


def mixed(folder: Path, quick: bool) -> Iterator[Case]:
    """Yields, for each seed, a case per kind of file and one for the rest."""
    for seed in range(1 if quick else SEEDS):
        for name, kinds in (("bad", bad_kinds), ("odd", odd_kinds)):
            place = folder / f"{name}_{seed}"
            corpus = Corpus(place, seed, kinds.KINDS, 40 if quick else GOOD)
            title = f"seed {seed}"
            yield Case(f"{title}: {name} files stop nothing", corpus.prepare)
            if not corpus.mixed.exists():
                continue
            for kind in kinds.KINDS:
                check = functools.partial(corpus.check_kind, kind)
                yield Case(f"{title}: {kind.name}", check)
            if name == "bad":
                for special in SPECIAL:
                    check = functools.partial(corpus.check_special, special)
                    yield Case(f"{title}: {special}", check)
                check = corpus.check_good_bytes
                yield Case(f"{title}: the good ones, byte by byte", check)
            check = corpus.check_good_rows
            yield Case(f"{title}: the good ones, beside {name} ones", check)
            check = corpus.check_workers
            yield Case(f"{title}: {name} files, other workers", check)


class Corpus:
    """Good files in one folder; the same and others in another.

    Attributes:
      mixed: the store of all files, once prepared.
      alone: the store of the good ones.
    """

    def __init__(
        self, place: Path, seed: int, kinds: Sequence[Kind], good: int
    ):
        self._place, self._seed, self._kinds = place, seed, kinds
        self._good = good
        self._random = np.random.default_rng(seed)
        self._paths: dict[str, str] = {}
        self.mixed, self.alone = place / "mixed", place / "alone"

    def prepare(self, folder: Path) -> None:
        """Writes the files and prepares them, with and without the others."""
        write_good(self._place / "files", self._seed, self._good)
        run(self._place / "files", self.alone, 2)
        for number, kind in enumerate(self._kinds):
            path = self._path(kind.name, kind.file)
            wave = drum(BAD_SEED + self._seed, number)
            path.write_bytes(kind.content(wave, self._random))
        for name, make in SPECIAL.items():
            make(self._path(name, "{}.wav"))
        run(self._place / "files", self.mixed, 2)

    def check_kind(self, kind: Kind, folder: Path) -> None:
        """Raises unless the manifest says of a file what it must."""
        found = [
            (line.status, line.reason, "" if kind.reason else line.notes)
            for line in self._lines(kind.name)
        ]
        status = "left out" if kind.reason else "kept"
        if found != [(status, kind.reason, kind.note)]:
            raise AssertionError(f"{found}")

    def check_special(self, name: str, folder: Path) -> None:
        """Raises unless what is no file is unreadable, an empty folder none."""
        reasons = [line.reason for line in self._lines(name)]
        if reasons != ([] if name == "a folder" else ["unreadable"]):
            raise AssertionError(f"{reasons}")

    def check_good_bytes(self, folder: Path) -> None:
        """Raises unless the arrays are those of the good files alone."""
        for name in ("waveforms.npy", "checks.npy", "labels.npy"):
            content = (self.alone / name).read_bytes()
            if content != (self.mixed / name).read_bytes():
                raise AssertionError(f"{name} is another one")

    def check_good_rows(self, folder: Path) -> None:
        """Raises unless every good file has the row and side it has alone."""
        alone, both = rows(self.alone), rows(self.mixed)
        if len(alone) < self._good * 0.9:
            raise AssertionError(f"{len(alone)} of {self._good} good files")
        changed = [path for path in alone if alone[path] != both.get(path)]
        if changed:
            raise AssertionError(f"changed: {', '.join(changed[:9])}")

    def check_workers(self, folder: Path) -> None:
        """Raises unless another number of workers gives the same bytes."""
        run(self._place / "files", folder / "store", 3)
        for path in self.mixed.iterdir():
            other = folder / "store" / path.name
            if path.read_bytes() != other.read_bytes():
                raise AssertionError(f"{path.name} is another one")

    def _path(self, name: str, file: str) -> Path:
        """Draws a place among the good files for one that is named so."""
        label = demo_kit.CLASSES[self._random.integers(3)]
        number = f"{self._random.integers(10**6):06}"
        self._paths[name] = f"{label}/{file.format(number)}"
        path = self._place / "files" / self._paths[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _lines(self, name: str) -> list[manifest.Entry]:
        """Returns the lines of the manifest that are of a file."""
        path = manifest.printable(self._paths[name])
        lines = manifest.read(self.mixed / "manifest.csv")
        return [line for line in lines if line.path == path]


def write_good(folder: Path, seed: int, count: int) -> None:
    """Writes short sounds of the demo kit, as many of each class."""
    for number in range(count):
        label = demo_kit.CLASSES[number % 3]
        path = folder / label / f"{number * 10**6 // count:06} good.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, drum(seed, number, label), RATE)


def run(files: Path, store: Path, workers: int) -> None:
    """Prepares a folder."""
    prepare([Source(files)], store, processes=workers)


def rows(path: Path) -> dict[str, tuple[str, str, bytes]]:
    """Returns path -> label, side and row of every sound that is kept."""
    store = open_store(path)
    kept = [
        line
        for line in manifest.read(path / "manifest.csv")
        if line.status == "kept" and line.path.endswith(" good.wav")
    ]
    waves = store.read_rows(np.array([int(line.row) for line in kept]))
    return {
        line.path: (line.label, line.split, wave.tobytes())
        for line, wave in zip(kept, waves, strict=True)
    }
