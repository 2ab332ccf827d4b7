"""A kit as the command writes it: whole, the same again, and made anew."""

import json
import re
import shutil

import numpy as np
import pytest
import soundfile

from experiments import export_kit, generate
from experiments.common.cli import UsageError
from experiments.kit.choose import KitError
from tests.fixtures import commands
from tests.fixtures.runs import make_export, make_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.storage.atomic import FolderError
from wavegan_cond.synthesis import generation_log, latents
from wavegan_cond.synthesis.model_info import ModelError

# An untrained model's sounds are noise of every kind: a few are drums.
FEW = {"num": 2, "pool": 48}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return make_export(tmp_path_factory.mktemp("model"), length=4096)


def make(model, folder, **flags):
    flags = {**FEW, "seed": 3, **flags}
    commands.call(export_kit, model=str(model), output_dir=str(folder), **flags)
    return {p.name: p.read_bytes() for p in folder.iterdir()}


@pytest.fixture(scope="module")
def kit(model, tmp_path_factory):
    """The files of a kit at 48 kHz and 24 bits."""
    folder = tmp_path_factory.mktemp("kits") / "kit"
    make(model, folder, sample_rate=48000, bits=24)
    return folder


def test_the_folder_holds_every_format(kit):
    names = {path.name for path in kit.iterdir()}
    wavs = {name for name in names if name.endswith(".wav")}
    formats = "kit_3.sfz kit_3.dspreset kit_3.h2drumkit strudel.json"
    texts = "drumkit.txt kit.json sounds.json README.txt LICENSE.txt"
    assert names - wavs == {*f"{formats} {texts}".split()}
    assert wavs == {
        *("kick_01.wav", "kick_02.wav", "snare_01.wav", "snare_02.wav"),
        *("closed_hat_01.wav", "open_hat_01.wav"),
    }
    assert all(re.fullmatch(r"[A-Za-z0-9_.]{1,60}", name) for name in names)


@pytest.mark.parametrize(
    "name",
    ["kit.json", "kit_3.sfz", "kit_3.dspreset", "drumkit.txt", "sounds.json"],
)
def test_a_format_names_every_sound_and_no_other_file(kit, name):
    wavs = {path.name for path in kit.glob("*.wav")}
    named = re.findall(r"[^\s\"'=,/\\<>]+\.wav", (kit / name).read_text())
    assert set(named) == wavs


def test_sounds_begin_and_end_at_zero_at_the_rate_and_bits_asked_for(kit):
    for path in kit.glob("*.wav"):
        info = soundfile.info(path)
        assert (info.samplerate, info.channels) == (48000, 1)
        assert info.subtype == "PCM_24"
        wave, _ = soundfile.read(path)
        assert wave[0] == wave[-1] == 0
        assert np.abs(wave).max() == pytest.approx(0.966, abs=1e-3)


@pytest.mark.parametrize(
    "flags",
    [
        {"sample_rate": 48000, "bits": 24},
        {"bits": 16, "fade": 0.0, "truncation": 1},
    ],
)
def test_every_sound_is_made_again_from_the_list(model, tmp_path, flags):
    folder, again = tmp_path / "kit", tmp_path / "again"
    files = make(model, folder, **flags)
    listed = generation_log.read(folder / "sounds.json")
    assert commands.call(generate, again=folder / "sounds.json") == 0
    commands.call(generate, again=folder / "sounds.json", output_dir=again)
    for path in again.glob("*.wav"):
        assert path.read_bytes() == files.pop(path.name)
    assert not any(name.endswith(".wav") for name in files)
    assert generation_log.read(again / "sounds.json") == listed


def test_a_list_says_how_a_sound_became_that_of_the_kit(model, tmp_path):
    make(model, tmp_path / "kit", bits=24)
    synth = load_model(model)
    listed = generation_log.read(tmp_path / "kit" / "sounds.json")
    for entry in listed["sounds"]:
        z, done = np.float32([entry["z"]]), entry["finish"]
        assert (done["fade"], done["sample_rate"], done["bits"]) == (
            *(0.08, 44100),
            24,
        )
        made = synth.generate(z, [synth.info.label(entry["label"])])[0]
        found, _ = soundfile.read(tmp_path / "kit" / entry["file"])
        kept = min(len(found), 3072)  # of 4096, before it dies away
        expected = made[:kept] * done["gain"]
        np.testing.assert_allclose(found[:kept], expected, atol=2**-22)


def test_a_seed_is_listed_where_it_alone_gives_the_sound(model, tmp_path):
    for truncation, whole in ((1, True), (0.85, False)):
        folder = tmp_path / str(truncation)
        make(model, folder, truncation=truncation)
        for entry in generation_log.read(folder / "sounds.json")["sounds"]:
            assert ("seed" in entry) == whole
            if whole:
                z = latents.draw(load_model(model).info, entry["seed"], 1)[0]
                assert z.tolist() == entry["z"]


def test_a_licence_in_the_folder_of_a_model_goes_into_its_kits(model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "model")
    (copy / "LICENSE").write_text("CC0 1.0\n")
    files = make(copy, tmp_path / "kit")
    assert b"CC0 1.0" in files["LICENSE.txt"]


def test_the_seed_decides_every_byte(model, kit, tmp_path):
    again = make(model, tmp_path / "again", sample_rate=48000, bits=24)
    assert again == {p.name: p.read_bytes() for p in kit.iterdir()}
    other = make(model, tmp_path / "other", sample_rate=48000, bits=24, seed=4)
    points = [
        {tuple(sound["z"]) for sound in json.loads(f["sounds.json"])["sounds"]}
        for f in (again, other)
    ]
    assert points[0].isdisjoint(points[1])  # though 3 and 4 are neighbours
    wavs = [n for n in again if n.endswith(".wav")]
    assert all(again[name] != other[name] for name in wavs)


def test_without_a_seed_a_new_one_is_printed(model, tmp_path, capsys):
    commands.call(export_kit, model=model, output_dir=tmp_path / "new", **FEW)
    seed = int(re.search(r"seed (\d+)", capsys.readouterr().out)[1])
    new = {p.name: p.read_bytes() for p in (tmp_path / "new").iterdir()}
    assert make(model, tmp_path / "again", seed=seed) == new
    assert f"kit_{seed}.sfz" in new


def test_any_classes_will_do(tmp_path):
    classes = ("kick", "snare", "tom", "clap", "vinyl noise")
    make_run(tmp_path / "run", length=4096, classes=classes)
    make(tmp_path / "run", tmp_path / "kit", counts="tom:3,snare:0", kicks=1)
    banks = json.loads((tmp_path / "kit" / "strudel.json").read_text())
    sizes = {k: len(v) for k, v in banks.items() if k != "_base"}
    assert sizes == {
        **{"bd": 1, "lt": 1, "mt": 1, "ht": 1, "cp": 2},
        "vinyl_noise": 2,
    }


def test_a_model_without_labels_makes_sounds(tmp_path):
    make_run(tmp_path / "run", length=4096, conditioning="none")
    files = make(tmp_path / "run", tmp_path / "kit", name="Drums-1")
    assert commands.call(generate, again=tmp_path / "kit/sounds.json") == 0
    assert {n for n in files if n.endswith(".wav")} == {
        "sound_01.wav",
        "sound_02.wav",
    }
    assert "Drums-1.sfz" in files


@pytest.mark.parametrize(
    ("flags", "error", "complaint"),
    [
        ({"counts": "tom:4"}, ModelError, "knows no 'tom'"),
        ({"num": 0}, UsageError, "0 sounds"),
        ({"name": "../kit"}, UsageError, "--name="),
        ({"name": "Trommeln_für_mich"}, UsageError, "--name="),
        ({"name": ""}, UsageError, "--name="),
        ({"base_url": "a\nb"}, UsageError, "--base_url"),
        ({"pool": 2000}, UsageError, "--pool=2000"),
        ({"num": 25, "pool": 25}, KitError, "draw more"),
    ],
)
def test_what_cannot_be_made_leaves_nothing(
    model, tmp_path, flags, error, complaint
):
    with pytest.raises(error, match=complaint) as raised:
        make(model, tmp_path / "kit", **flags)
    assert raised.value.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_is_left_alone(model, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FolderError, match="is not empty"):
        make(model, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


class Interrupted(dict):
    """Files of which the second one never comes."""

    def items(self):
        yield next(iter(super().items()))
        raise KeyboardInterrupt


def test_an_interrupted_kit_is_no_kit(tmp_path):
    files = {"a.wav": b"a", "b.wav": b"b"}
    with pytest.raises(KeyboardInterrupt):
        export_kit.write_folder(tmp_path / "kit", Interrupted(files))
    assert not list(tmp_path.iterdir())
