"""Files to the nearest sounds of a model."""

import dataclasses
import json
import types

import numpy as np
import pytest

from experiments import generate, invert
from experiments.common import cli, inversion_report
from tests.fixtures import stores
from tests.fixtures.commands import call
from tests.fixtures.runs import LENGTH, make_export, make_run
from wavegan_cond.storage import checksums
from wavegan_cond.synthesis.wav import read_wav


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "run"
    make_run(path)
    return path


def make_sounds(model, folder, count, label="snare"):
    generate.run(
        generate.Settings(
            model=str(model),
            output_dir=str(folder),
            label=label,
            num=count,
            seed=50,
            picture=False,
        )
    )


def test_a_folder_is_found_and_can_be_made_again(model, tmp_path, capsys):
    make_sounds(model, tmp_path / "in", 1)
    (tmp_path / "in" / "text.wav").write_text("no sound")
    wave = read_wav(tmp_path / "in" / "snare_seed0050.wav")
    store = tmp_path / "store"
    rows = np.stack([wave, *np.zeros((2, LENGTH), np.int16)])
    rows[1:] = np.random.default_rng(0).integers(-9999, 9999, (2, LENGTH))
    stores.write(store, rows, np.arange(3), train=3)
    output = tmp_path / "out"
    settings = invert.Settings(
        model=str(model),
        input=str(tmp_path / "in"),
        data_dir=str(store),
        output_dir=str(output),
    )
    (row,) = invert.run(settings)
    assert row["file"] == "snare_seed0050.wav"
    # The store has the sound but for the fades of preparation.
    assert 0 < row["nearest"] < 20 and np.isfinite(row["distance"])
    said = capsys.readouterr().out
    assert "text.wav: left out, not_audio" in said
    assert f"{row['distance']:.2f} dB away" in said
    assert json.loads((output / "inversion.json").read_text())["files"] == [row]
    # What is found is compared with another store, without a search.
    other = str(tmp_path / "other")
    stores.write(other, rows[::-1], np.arange(3), train=2)
    (further,) = invert.run(dataclasses.replace(settings, data_dir=other))
    assert further["nearest"] > 2 * row["nearest"]
    assert further | {"nearest": row["nearest"]} == row
    assert invert.run(dataclasses.replace(settings, data_dir=None)) == [further]
    assert invert.run(settings) == [row]
    assert call(generate, again=output / "sounds.json") == 0
    written = (output / "sounds.json").read_bytes()
    with pytest.raises(cli.UsageError, match="exists: choose another"):
        invert.run(dataclasses.replace(settings, seed=1))
    assert (output / "sounds.json").read_bytes() == written
    (other,) = invert.run(dataclasses.replace(settings, seed=1, overwrite=True))
    listed = json.loads((output / "sounds.json").read_text())["sounds"]
    assert [entry["z"] for entry in listed] == [other["z"]] != [row["z"]]


def test_what_was_found_before_a_stop_is_kept(model, tmp_path, monkeypatch):
    make_sounds(model, tmp_path / "in", 2)
    look_for, output = invert.look_for, tmp_path / "out"
    settings = invert.Settings(
        model=str(model), input=str(tmp_path / "in"), output_dir=str(output)
    )

    def stopped(*args):
        if (output / inversion_report.NAME).exists():
            raise KeyboardInterrupt
        return look_for(*args)

    monkeypatch.setattr(invert, "look_for", stopped)
    with pytest.raises(KeyboardInterrupt):
        invert.run(settings)
    (row,) = json.loads((output / "inversion.json").read_text())["files"]
    assert row["file"] == "snare_seed0050.wav"
    assert call(generate, again=output / "sounds.json") == 0
    # The same command goes on with what is left.
    searched = []
    monkeypatch.setattr(
        invert,
        "look_for",
        lambda *args: searched.append(1) or look_for(*args),
    )
    first, second = invert.run(settings)
    assert first == row and len(searched) == 1
    report = json.loads((output / "inversion.json").read_text())
    assert report["files"] == [first, second]
    assert invert.run(settings) == [first, second] and len(searched) == 1
    # Another sound under the same name is not taken for the one found.
    (tmp_path / "in" / first["file"]).write_bytes(
        (tmp_path / "in" / second["file"]).read_bytes()
    )
    with pytest.raises(cli.UsageError, match="is another sound than"):
        invert.run(settings)
    for wav in output.glob("*.wav"):
        wav.unlink()
    # An earlier report is not replaced either.
    with pytest.raises(cli.UsageError, match="json exists"):
        invert.run(dataclasses.replace(settings, seed=1))


@pytest.mark.parametrize(
    "part", [(inversion_report, "write"), (invert, "write")]
)
def test_a_stop_between_a_row_and_its_sound_is_continued(
    model, tmp_path, monkeypatch, part
):
    make_sounds(model, tmp_path / "in", 2)
    output, write, done = tmp_path / "out", getattr(*part), []

    def stopped_then(*args):
        if done:
            raise KeyboardInterrupt
        write(*args)
        done.append(args)

    flags = {"model": model, "input": tmp_path / "in", "output_dir": output}
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(*part, stopped_then)
        call(invert, **flags)
    rows = json.loads((output / "inversion.json").read_text())["files"]
    searched, look_for = [], invert.look_for

    def counted(model, name, *args):
        searched.append(name)
        return look_for(model, name, *args)

    monkeypatch.setattr(invert, "look_for", counted)
    assert call(invert, **flags) in (None, 0)
    left = {f"snare_seed005{n}.wav" for n in (0, 1)}
    assert set(searched) == left - {row["file"] for row in rows}
    assert len(list(output.glob("*.wav"))) == 2
    assert call(generate, again=output / "sounds.json") == 0


def test_a_sound_that_is_gone_is_made_again(model, tmp_path, monkeypatch):
    make_sounds(model, tmp_path / "in", 1)
    flags = {"model": model, "input": tmp_path / "in"}
    call(invert, **flags, output_dir=tmp_path / "out")
    (wav,) = (tmp_path / "out").glob("*.wav")
    data = wav.read_bytes()
    wav.unlink()
    monkeypatch.setattr(invert, "look_for", None)  # nothing is searched
    call(invert, **flags, output_dir=tmp_path / "out")
    assert wav.read_bytes() == data


def test_what_was_found_for_other_files_stays(model, tmp_path):
    for seed, name in ((50, "first"), (60, "second")):
        generate.run(
            generate.Settings(
                model=str(model),
                output_dir=str(tmp_path / name),
                label="kick",
                num=1,
                seed=seed,
                picture=False,
            )
        )
    output, found = tmp_path / "out", []
    for name in ("first", "second"):
        settings = invert.Settings(
            model=str(model),
            input=str(tmp_path / name),
            output_dir=str(output),
        )
        found += invert.run(settings)
    report = json.loads((output / "inversion.json").read_text())
    assert report["files"] == found
    make_run(tmp_path / "other", seed=5)
    settings = dataclasses.replace(settings, model=str(tmp_path / "other"))
    next(output.glob("kick_seed0060*.wav")).unlink()
    report["files"].pop()
    (output / "inversion.json").write_text(json.dumps(report))
    with pytest.raises(cli.UsageError, match="is of another model"):
        invert.run(settings)
    for content in ("[]", '{"files": [1]}', "mine"):
        (output / "inversion.json").write_text(content)
        with pytest.raises(cli.UsageError, match="is no report"):
            invert.run(settings)
        assert (output / "inversion.json").read_text() == content


def test_of_two_at_once_the_second_is_refused(model, tmp_path, monkeypatch):
    """Each would leave out of the report what the other one found."""
    make_sounds(model, tmp_path / "in", 1)
    settings = invert.Settings(
        model=str(model),
        input=str(tmp_path / "in"),
        output_dir=str(tmp_path / "out"),
    )

    def second(*_):
        with pytest.raises(cli.UsageError, match="in use by"):
            invert.run(settings)
        raise KeyboardInterrupt

    monkeypatch.setattr(invert, "look_for_row", second)
    with pytest.raises(KeyboardInterrupt):
        invert.run(settings)
    assert not (tmp_path / "out").exists()  # nothing was found


def test_a_report_of_more_files_is_not_replaced_in_part(tmp_path):
    """Of another model: the other sounds would stay, and nothing name them."""
    rows = {"a.wav": {}, "b.wav": {}}
    inversion_report.check_covered(tmp_path, rows, ["b.wav", "a.wav", "c.wav"])
    with pytest.raises(cli.UsageError, match=r"b\.wav too"):
        inversion_report.check_covered(tmp_path, rows, ["a.wav"])


def test_a_model_without_labels_finds_no_class(tmp_path):
    make_run(tmp_path / "run", conditioning="none")
    make_sounds(tmp_path / "run", tmp_path / "in", 1, label="all")
    settings = invert.Settings(
        model=str(tmp_path / "run"),
        input=str(tmp_path / "in"),
        output_dir=str(tmp_path / "out"),
    )
    (row,) = invert.run(settings)
    assert row["label"] == "sound"
    assert call(generate, again=tmp_path / "out" / "sounds.json") == 0


def test_a_model_that_has_not_grown_to_the_rate_of_files_is_refused():
    info = types.SimpleNamespace(sample_rate=11025)
    with pytest.raises(cli.UsageError, match="11025 Hz"):
        invert.check_rate(info, "run")
    info.sample_rate = 44100
    invert.check_rate(info, "run")


def test_a_store_of_other_sounds_than_the_model_says_itself(tmp_path):
    """Nothing beside a SavedModel of an earlier version says what it is."""
    saved, store = make_export(tmp_path), tmp_path / "store"
    (saved / "info.json").unlink()
    checksums.write_manifest(saved)
    make_sounds(tmp_path / "run", tmp_path / "in", 1)
    rows = np.random.default_rng(0).integers(-9999, 9999, (3, 2 * LENGTH))
    stores.write(store, rows.astype(np.int16), np.arange(3), train=3)
    with pytest.raises(cli.UsageError, match=f"{2 * LENGTH}: they must be"):
        call(invert, model=saved, input=tmp_path / "in", data_dir=store)


def test_the_nearest_training_sound_is_of_the_training_side():
    class Store:
        waveforms = np.random.default_rng(0).integers(-9, 9, (40, 256))
        waveforms = waveforms.astype(np.int16) * 1000
        train = 34

    targets = {"a": Store.waveforms[33], "b": Store.waveforms[35]}
    found = invert.nearest_training(Store, targets, 44100)
    assert found["a"] == 0 and found["b"] > 1


@pytest.mark.parametrize("name", ["absent", "empty", "notes.txt"])
def test_nothing_to_look_for(model, tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("no sound")
    settings = invert.Settings(model=str(model), input=str(tmp_path / name))
    with pytest.raises(cli.UsageError, match=name):
        invert.run(settings)
