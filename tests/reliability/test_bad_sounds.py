"""R6: bad sounds are named, good ones untouched.

Bad and odd files among good ones: each is named, and no good one changes.
"""

import os
import stat
from pathlib import Path

import numpy as np
import pytest
import soundfile

from data_prep.kit import demo_kit
from data_prep.pipeline import prepare
from data_prep.read_files import Source
from data_prep.store import manifest
from data_prep.store.store import open_store
from tests.reliability import bad_kinds, odd_kinds
from tests.reliability.audio_files import RATE, drum
from tests.reliability.cases import seeds

SEEDS = seeds(3, quick=1, scope="module")
BAD_SEED = 1000  # of the sounds in bad files: none of the good ones
KINDS = {"bad": bad_kinds.KINDS, "odd": odd_kinds.KINDS}
# What is no regular file, and how it is made.
SPECIAL = {
    "a dangling link": lambda path: path.symlink_to("nowhere.wav"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "a FIFO": os.mkfifo,
    "a socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
    "a folder": Path.mkdir,
}


class Corpus:
    """Good files in one folder, prepared alone and with others.

    Attributes:
      good: number of good files.
      files: the folder.
      mixed: the store of all files.
      alone: the store of the good ones.
    """

    def __init__(self, place, seed, kinds, good):
        self.good, self.files = good, place / "files"
        self.mixed, self.alone = place / "mixed", place / "alone"
        self._random = np.random.default_rng(seed)
        self._paths = {}
        write_good(self.files, seed, good)
        run(self.files, self.alone, 2)
        for number, kind in enumerate(kinds):
            path = self._path(kind.name, kind.file)
            wave = drum(BAD_SEED + seed, number)
            path.write_bytes(kind.content(wave, self._random))
        for name, make in SPECIAL.items():
            make(self._path(name, "{}.wav"))
        run(self.files, self.mixed, 2)

    def _path(self, name, file):
        """Draws a place among the good files for one that is named so."""
        label = demo_kit.CLASSES[self._random.integers(3)]
        number = f"{self._random.integers(10**6):06}"
        self._paths[name] = f"{label}/{file.format(number)}"
        path = self.files / self._paths[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def lines(self, name):
        """Returns the lines of the manifest that are of a file."""
        path = manifest.printable(self._paths[name])
        lines = manifest.read(self.mixed / "manifest.csv")
        return [line for line in lines if line.path == path]


def write_good(folder, seed, count):
    """Writes short sounds of the demo kit, as many of each class."""
    for number in range(count):
        label = demo_kit.CLASSES[number % 3]
        path = folder / label / f"{number * 10**6 // count:06} good.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, drum(seed, number, label), RATE)


def run(files, store, workers):
    """Prepares a folder."""
    prepare([Source(files)], store, processes=workers)


def rows(path):
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


@pytest.fixture(scope="module")
def corpora(tmp_path_factory, full, seed):
    """By the kind of the others, made when it is asked for."""
    made = {}

    def get(others):
        if others not in made:
            place, good = tmp_path_factory.mktemp(others), 500 if full else 40
            made[others] = Corpus(place, seed, KINDS[others], good)
        return made[others]

    return get


@pytest.fixture
def corpus(corpora, others):
    return corpora(others)


OTHERS = pytest.mark.parametrize("others", KINDS)
EACH_KIND = pytest.mark.parametrize(
    ("others", "kind"),
    [
        pytest.param(others, kind, id=f"{others}: {kind.name}")
        for others, kinds in KINDS.items()
        for kind in kinds
    ],
)


@SEEDS
@EACH_KIND
def test_a_file_is_named(corpus, kind):
    """The manifest says of a file what it must."""
    found = [
        (line.status, line.reason, "" if kind.reason else line.notes)
        for line in corpus.lines(kind.name)
    ]
    status = "left out" if kind.reason else "kept"
    assert found == [(status, kind.reason, kind.note)]


@SEEDS
@pytest.mark.parametrize("name", SPECIAL)
def test_what_is_no_file_is_unreadable(corpora, name):
    reasons = [line.reason for line in corpora("bad").lines(name)]
    assert reasons == ([] if name == "a folder" else ["unreadable"])


@SEEDS
def test_good_bytes(corpora):
    """The arrays are those of the good files alone."""
    corpus = corpora("bad")
    for name in ("waveforms.npy", "checks.npy", "labels.npy"):
        content = (corpus.alone / name).read_bytes()
        assert content == (corpus.mixed / name).read_bytes(), name


@SEEDS
@OTHERS
def test_good_rows(corpus):
    """Every good file has the row and side it has alone."""
    alone, both = rows(corpus.alone), rows(corpus.mixed)
    assert len(alone) >= corpus.good * 0.9
    assert [p for p in alone if alone[p] != both.get(p)] == []


@SEEDS
@OTHERS
def test_other_workers(corpus, tmp_path):
    """Another number of them gives the same bytes."""
    run(corpus.files, tmp_path / "store", 3)
    for path in corpus.mixed.iterdir():
        other = tmp_path / "store" / path.name
        assert path.read_bytes() == other.read_bytes(), path.name
