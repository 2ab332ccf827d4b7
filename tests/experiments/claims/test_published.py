"""Published sounds, read from an index, measured like a model's own."""

import csv
import dataclasses
import json
import types

import numpy as np
import pytest
import soundfile

from experiments.claims import published, published_sounds
from experiments.common import cli, quietly
from tests.fixtures import commands, drums, stores
from wavegan_cond.storage.atomic import WriteError

COUNT = 6  # sounds of a class shown, made, and on a path
COLUMNS = ("file", "label", "kind", "demo", "step", "source_path")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A store, and a page of real drums, noisy copies of others, a path."""
    folder = tmp_path_factory.mktemp("published")
    drums.make_store(folder / "data")
    real, labels = drums.kit(COUNT, 4)
    other, _ = drums.kit(COUNT, 5)
    noise = np.random.default_rng(0).standard_normal(other.shape)
    sets = (
        ("real training sound", "Training Data", real),
        ("generated", "Training Data", other + 0.1 * noise),
        ("generated", "linear interpolation, 3 steps", real),
        ("generated", "A to B: linear path", real),  # of 16384 samples
    )
    rows = []
    for number, (kind, demo, waves) in enumerate(sets):
        for row, (wave, label) in enumerate(zip(waves, labels, strict=True)):
            name = f"{number}_{row}.wav"
            # Twice as long: what is measured is cut to the store's length.
            tail = np.ones(drums.LENGTH)
            sound = np.concatenate([wave, tail]).clip(-1, 1)
            soundfile.write(folder / name, sound, 44100, subtype="FLOAT")
            asked = drums.CLASSES[label] + ("" if number else "?")
            # Two paths of a class; what is shown beside them is each alone.
            source = f"{label}_{row % 2 if number > 1 else row}"
            rows.append((name, asked, kind, demo, row, source))
    with open(folder / "index.csv", "w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return folder


def call(folder, **changes):
    settings = {
        "reference_dir": folder,
        "data_dir": folder / "data",
        "output": folder / "figures.json",
        **changes,
    }
    commands.call(published, **settings)


def test_what_is_further_from_real_is_found_so(place, monkeypatch, capsys):
    monkeypatch.setattr(published, "DRAWS", 20)
    monkeypatch.setattr(published, "FEW", COUNT)
    call(place)
    figures = json.loads((place / "figures.json").read_text("utf-8"))
    assert "2021 generated" in capsys.readouterr().out
    for name in drums.CLASSES:
        found = figures["classes"][name]
        floor = found["held out"]
        assert abs(floor["kad_audible"]) < 3 * floor["kad_audible_deviation"]
        assert found["2021 real"]["sounds"] == COUNT
        noisy, clean = (
            found[key]["kad_absolute"]
            for key in ("2021 generated, held out", "2021 real")
        )
        assert noisy > clean
        path = found["2020 lerp"]
        assert path["paths"] == 2 and path["sounds"] == COUNT
        assert 0 < path["straightness"] < 1 and path["accuracy"] > 0.5
        assert "2020 path" not in found
        # Two paths cannot say how far others would lie; six sounds can.
        assert "kad_audible_interval" not in path
        low, high = found["2021 generated"]["kad_audible_interval"]
        assert low < high
    assert "paths" not in figures  # no model was asked about


def test_an_interval_is_of_other_sources_if_there_are_enough():
    """Steps of a path are nearly one sound: thirty say no more than one."""
    reference = types.SimpleNamespace(points=lambda waves, floor: waves)
    random = np.random.default_rng(0)
    real = published.Sounds(random.normal(size=(60, 8)), [""] * 60)
    widths = []
    for paths in (4, 6):
        centres = np.repeat(random.normal(size=(paths, 8)), 30, axis=0)
        steps = centres + 0.1 * random.normal(size=centres.shape)
        for sources in (np.repeat(np.arange(paths) + 1, 30), [""] * len(steps)):
            names = [str(source or "") for source in sources]
            found = published.compare(
                reference, real, published.Sounds(steps, names)
            )
            interval = found.get("kad_audible_interval")
            widths.append(interval and interval[1] - interval[0])
    few, _, enough, alone = widths
    assert few is None and enough > 2 * alone


def test_what_is_found_is_printed_before_it_is_written(
    place, monkeypatch, capsys
):
    def full(path, text):
        raise WriteError("no room")

    monkeypatch.setattr(published, "DRAWS", 2)
    monkeypatch.setattr(published, "FEW", COUNT)
    monkeypatch.setattr(published, "write_text", full)
    with pytest.raises(WriteError):
        call(place)
    assert "2021 generated" in capsys.readouterr().out


def test_sounds_are_cut_to_the_length_of_the_store(place):
    sounds = published_sounds.select(
        published_sounds.read_index(place), "real", "Training Data", "snare"
    )
    assert [sound.step for sound in sounds] == [*range(10, 12), *range(6, 10)]
    real, _ = drums.kit(COUNT, 4)
    np.testing.assert_allclose(
        published_sounds.read_sounds(sounds, drums.LENGTH, 44100),
        real[[sound.step for sound in sounds]],
    )
    longer = published_sounds.read_sounds(sounds, 3 * drums.LENGTH, 44100)
    assert not longer[:, 2 * drums.LENGTH :].any()


def test_an_index_that_is_none_is_refused(tmp_path):
    with pytest.raises(cli.UsageError, match=r"index\.csv cannot be read"):
        published_sounds.read_index(tmp_path)
    (tmp_path / "index.csv").write_text("file,label\na.wav,kick\n")
    with pytest.raises(cli.UsageError, match="expected the columns"):
        published_sounds.read_index(tmp_path)


@pytest.mark.parametrize("row", ["a.wav,kick", "a.wav,kick,x,d,ten,p"])
def test_an_index_that_is_damaged_is_told(tmp_path, row):
    head = "file,label,kind,demo,step,source_path"
    (tmp_path / "index.csv").write_text(f"{head}\n{row}\n")
    with pytest.raises(cli.UsageError, match=r"index\.csv is damaged"):
        published_sounds.read_index(tmp_path)


def test_the_file_to_write_is_checked_first(tmp_path, capsys):
    places = f"--data_dir={tmp_path}", f"--reference_dir={tmp_path}"
    output = f"--output={tmp_path / 'no' / 'x.json'}"
    assert "folder that exists" in commands.refused(
        capsys, published, *places, output
    )


def test_a_store_that_holds_out_nothing_is_refused(
    place, tmp_path, monkeypatch, capsys
):
    rows, labels = np.zeros((6, drums.LENGTH), np.int16), np.arange(6) % 3
    stores.write(tmp_path / "data", rows, labels, 6)
    monkeypatch.setattr(quietly, "import_tensorflow", None)
    places = f"--data_dir={tmp_path / 'data'}", f"--reference_dir={place}"
    output = f"--output={tmp_path / 'x.json'}"
    said = commands.refused(capsys, published, *places, output)
    assert "holds out 0 sounds" in said


def test_figures_replace_no_json_of_another(place, capsys):
    store = place / "data" / "dataset.json"
    before = store.read_bytes()
    places = f"--data_dir={place / 'data'}", f"--reference_dir={place}"
    said = commands.refused(capsys, published, *places, f"--output={store}")
    assert "is there and" in said and store.read_bytes() == before
    report = place / "report.json"
    report.write_text('{"classes": {"kick": {"held out": {}}}}')
    assert published.is_report(report)


def test_a_sound_that_is_missing_or_of_another_rate_is_named(place):
    sounds = published_sounds.read_index(place)[:1]
    with pytest.raises(cli.UsageError, match=r"0_0\.wav.*48000 Hz"):
        published_sounds.read_sounds(sounds, 64, 48000)
    missing = dataclasses.replace(sounds[0], path=place / "none.wav")
    with pytest.raises(cli.UsageError, match=r"none\.wav"):
        published_sounds.read_sounds([missing], 64, 44100)
