"""What the rules make of known files, which a number stands for in stores."""

import hashlib
import wave

import numpy as np
import pytest

from data_prep import inputs
from data_prep.labels.rules import LabelRules
from data_prep.labels.vocabulary import vocabulary
from data_prep.pipeline import Options, prepare
from data_prep.read_files import Source
from data_prep.store import manifest
from data_prep.store.store import MANIFEST

VERSION = 2  # of the rules that what stands here is of
CHANGED = (
    "the rules make another store of the same files: raise "
    "inputs.RULES_VERSION, and write down here what they make of these"
)
LABELS = "4f1a89331ad9c6807e04175f0ffb96e97ac817c58d8cc237b131a209de2a7571"
PLACES = (1, 8, 15, 16, 100, 1000, 3000, 4500, 5200, 8000, 15000, 16300)
TABLE = """
Kit A/Kick 1.wav | train | kick | kick
Kit A/Kick 1b.wav | duplicate | kick | kick | same as Kit A/Kick 1.wav
Kit A/Kick click.wav | too_short | kick | kick | 40 samples
Kit A/Kick late.wav | validation | kick | kick
Kit A/Kick long.wav | validation | kick | kick | dc_removed; cut
Kit A/Kick loop.wav | excluded_word | loop (not one hit)
Kit A/Kick off.wav | silent | kick | kick | peak below -60 dB of full scale
Kit A/Kick offset.wav | train | kick | kick | dc_removed
Kit A/Kick soft.wav | near_duplicate | kick | kick | same as Kit A/Kick 1.wav
Kit A/Kick, snare.wav | ambiguous_label | kick and snare
Kit B/Conga.wav | excluded_word | conga (another drum)
Kit B/Ride.wav | train | cymbal | ride | dc_removed
Kit B/Rim.wav | no_label
Kit B/Snare 1.wav | validation | snare | snare
Kit B/Snare against.wav | validation | snare | snare | antiphase
Kit B/Snare at 48.wav | train | snare | snare
Kit B/Snare two sides.wav | validation | snare | snare
Kit B/Snare.m4a | not_audio | snare | snare | text
Kit B/x.wav | no_label
notes.txt | ignored
"""
ROWS = """
Kit A/Kick 1.wav
-1066 5753 14196 -29805 -18569 -14628 -4093 391 -1408 0 0 0
Kit A/Kick late.wav
-836 -15877 -28517 -4016 -19430 -22550 3558 2361 860 0 0 0
Kit A/Kick long.wav
-1766 -8601 -23724 -20347 -16529 19191 32002 -2502 -16057 -20278 -11334 -933
Kit A/Kick offset.wav
-493 -3795 13546 -17624 -18017 -27774 -3592 -2324 1511 0 0 0
Kit B/Ride.wav
-948 -9052 -27299 -2168 -20466 -11050 -689 543 1556 0 0 0
Kit B/Snare 1.wav
1848 11347 -7145 15884 -18997 26200 -271 -2727 -275 0 0 0
Kit B/Snare against.wav
-1329 11273 -9996 -29724 -22309 -5371 -2472 -3055 752 0 0 0
Kit B/Snare at 48.wav
615 -1671 20205 -7032 -4224 -8970 -5128 1102 -540 0 0 0
Kit B/Snare two sides.wav
-144 5691 11343 -9851 -21906 -22241 -6297 60 -382 0 0 0
"""


def noise(seed, length, decay=1200):
    """int16 [length] that is the same on every machine: no float is rounded."""
    values, state = [], seed
    for n in range(length):
        state = (1103515245 * state + 12345) % 2**31
        level = 24000 >> min(15, n // decay)
        values.append((state >> 15) % (2 * level + 1) - level)
    return np.array(values, "<i2")


def write(path, samples, rate=44100):
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


@pytest.fixture
def known(tmp_path):
    """A folder of files that are kept or left out for many reasons."""
    folder = tmp_path / "known"
    kick, snare = noise(1, 6000), noise(2, 6000)
    silence = np.zeros(4000, "<i2")
    sounds = {
        "Kit A/Kick 1.wav": kick,
        "Kit A/Kick 1b.wav": kick,
        "Kit A/Kick soft.wav": kick // 2,
        "Kit A/Kick late.wav": np.concatenate([silence, noise(3, 6000)]),
        "Kit A/Kick long.wav": noise(4, 30000, 9000),
        "Kit A/Kick offset.wav": noise(5, 6000) // 4 + 5000,
        "Kit A/Kick, snare.wav": noise(6, 6000),
        "Kit A/Kick loop.wav": noise(7, 6000),
        "Kit A/Kick off.wav": 0 * kick,
        "Kit A/Kick click.wav": noise(8, 40),
        "Kit B/Snare 1.wav": snare,
        "Kit B/Snare two sides.wav": np.stack([noise(9, 6000)] * 2, axis=1),
        "Kit B/Snare against.wav": np.stack(
            [noise(10, 6000), -noise(10, 6000)], axis=1
        ),
        "Kit B/Rim.wav": noise(11, 6000),
        "Kit B/Ride.wav": noise(12, 6000),
        "Kit B/Conga.wav": noise(13, 6000),
        "Kit B/x.wav": noise(14, 6000),
    }
    for file, samples in sounds.items():
        write(folder / file, samples)
    write(folder / "Kit B/Snare at 48.wav", noise(15, 6000), 48000)
    (folder / "notes.txt").write_text("no sound")
    (folder / "Kit B/Snare.m4a").write_bytes(b"no sound")
    return folder


def judged():
    """Yields what the rules say of every word they know, in many places."""
    words = sorted(vocabulary())
    places = (
        "drums/{word} 1.wav",
        "Kit {n}/{word}/{n}.wav",
        "loops/{other}{word}.wav",
        "snares/{word}.wav",
        "Pack/{word}s/kick {n}.wav",
    )
    paths = [
        places[n % 5].format(word=word, other=words[n - 9], n=n // 9)
        for n, word in enumerate(words)
    ]
    for classes in (None, ("tom", "clap", "dog")):
        rules = LabelRules(classes, paths=paths)
        for path in paths:
            verdict = rules.judge(path)
            yield f"{path} {verdict.label} {verdict.reason} {verdict.source}\n"


def test_labels_are_those_of_the_version():
    digest = hashlib.sha256("".join(judged()).encode()).hexdigest()
    assert (inputs.RULES_VERSION, digest) == (VERSION, LABELS), CHANGED


def test_decisions_and_rows_are_those_of_the_version(tmp_path, known):
    """Rows may differ by what versions of libraries round otherwise."""
    source, options = Source(known), Options(validation=0.4)
    report = prepare([source], tmp_path / "store", options, processes=1)
    entries = list(manifest.read(report.store.path / MANIFEST))
    table = []
    for e in entries:
        word = e.label_source.removeprefix("file name: ")
        facts = e.reason or e.split, e.label, word, e.notes
        table.append(" | ".join(filter(None, [e.path, *facts])))
    assert inputs.RULES_VERSION == VERSION
    assert table == TABLE.strip().splitlines(), CHANGED
    rows = iter(ROWS.strip().splitlines())
    for e in entries:
        if e.row:
            assert next(rows) == e.path
            expected = list(map(int, next(rows).split()))
            row = report.store.waveforms[int(e.row), PLACES].astype(int)
            most = 60 if e.path.endswith("48.wav") else 2  # of 32767
            assert np.abs(row - expected).max() <= most, CHANGED
