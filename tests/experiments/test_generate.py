"""Sounds in a folder, and every one of them again."""

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from experiments import generate
from experiments import page as page_command
from experiments.common import again, cli, quietly, shipped
from experiments.common.listed_sounds import listed_groups
from tests.fixtures.commands import call, end, refused
from tests.fixtures.counting import counted_rows
from tests.fixtures.runs import LENGTH, make_run, make_run_of, model_config
from wavegan_cond.saved_models import replay
from wavegan_cond.saved_models.formats import export_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.storage import atomic, lock, temporary
from wavegan_cond.synthesis import (
    generation_log,
    latents,
    sounds_folder,
    steering,
)
from wavegan_cond.synthesis.recipe import SoundListError
from wavegan_cond.synthesis.synth import ModelError


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    make_run(folder / "run")
    make_run(folder / "other", seed=1)
    export_model(folder / "run", folder / "saved")
    return folder


def make(model, folder, **options):
    options = {"label": "snare", "num": 3, "picture": False, **options}
    if "z" not in options:
        options.setdefault("seed", 0)
    settings = generate.Settings(
        model=model and str(model),
        output_dir=str(folder),
        **options,
    )
    return generate.run(settings)


def test_without_a_model_it_is_that_of_the_project(
    models, tmp_path, monkeypatch
):
    """Which a list names without the folder that the project is in."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "sounds"
    content = make(None, folder, num=1)
    (model,) = content["models"].values()
    assert model["path"] == "experiments/results/open/model"
    assert len(wavs(folder)) == 1
    call(page_command, sounds_dir=folder, output=tmp_path / "page.html")
    for path in (folder / "sounds.json", tmp_path / "page.html"):
        assert str(shipped.MODEL) not in path.read_text("utf-8")
    # It is found again, beside another one and from any place.
    make(models / "run", folder, num=1, seed=7)
    listed, copy = folder / "sounds.json", tmp_path / "copy"
    assert again.replay(str(listed), None, str(copy)) == 0
    assert generation_log.read(copy / "sounds.json") == (
        generation_log.read(listed)
    )


def test_an_installation_without_that_model_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "MODEL", tmp_path / "nothing")
    with pytest.raises(cli.UsageError, match="name one with --model"):
        make(None, tmp_path / "sounds", num=1)
    assert not list(tmp_path.iterdir())


def test_a_picture_of_another_is_not_replaced(models, tmp_path):
    sheet = tmp_path / "sheet.png"
    sheet.write_bytes(b"mine")
    with pytest.raises(cli.UsageError, match=r"sheet\.png .* --nopicture"):
        make(models / "run", tmp_path, picture=True)
    assert [*tmp_path.iterdir()] == [sheet] and sheet.read_bytes() == b"mine"
    make(models / "run", tmp_path, num=1)
    assert sheet.read_bytes() == b"mine"
    make(models / "run", tmp_path, num=1, picture=True, overwrite=True)
    assert sheet.read_bytes() != b"mine"


def wavs(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.wav")}


def test_sounds_are_named_by_label_and_seed(models, tmp_path):
    content = make(models / "run", tmp_path, label="all", seed=9)
    expected = [
        f"{label}_seed{seed:04d}.wav"
        for label in ("kick", "snare", "cymbal")
        for seed in (9, 10, 11)
    ]
    assert [entry["file"] for entry in content["sounds"]] == expected
    assert set(wavs(tmp_path)) == set(expected)
    written = json.loads((tmp_path / "sounds.json").read_text())
    assert written == json.loads(json.dumps(content))


def test_every_sound_is_made_once(models, tmp_path):
    options = {"label": "all", "num": 2, "picture": True}
    with counted_rows() as rows:
        make(models / "run", tmp_path, **options)
    assert rows == [6]
    with counted_rows() as rows:  # compared with what is there
        make(models / "run", tmp_path, **options)
    assert rows == [6]
    with counted_rows() as rows:  # the first two of each class are there
        make(models / "run", tmp_path, **{**options, "num": 3})
    assert rows == [6, 3]
    with counted_rows() as rows:
        again.replay(str(tmp_path / "sounds.json"), None, None)
    assert rows == [9]
    with counted_rows() as rows:
        page = tmp_path / "page.html"
        call(page_command, sounds_dir=tmp_path, output=page)
    assert not rows


def test_truncated_sounds_are_others_and_are_named_so(models, tmp_path):
    make(models / "run", tmp_path, label="kick", num=1, seed=9)
    content = make(
        models / "run", tmp_path, label="kick", num=1, seed=9, truncation=0.5
    )
    whole, half = content["sounds"]
    assert half["file"] == "kick_seed0009_truncated0.5.wav"
    assert half["z"] == [value / 2 for value in whole["z"]]
    assert half["sha256"] != whole["sha256"]
    assert whole["seed"] == 9 and "seed" not in half  # z says what it is
    assert again.replay(tmp_path / "sounds.json", None, None) == 0


def test_a_sound_is_the_same_from_any_call_and_either_format(models, tmp_path):
    make(models / "run", tmp_path / "many", num=20, seed=3)
    make(models / "run", tmp_path / "one", num=1, seed=17)
    make(models / "saved", tmp_path / "saved", label="kick,snare", seed=16)
    name = "snare_seed0017.wav"
    one = (tmp_path / "one" / name).read_bytes()
    assert one == (tmp_path / "many" / name).read_bytes()
    assert one == (tmp_path / "saved" / name).read_bytes()


def test_a_vector_of_ones_own(models, tmp_path):
    make(models / "run", tmp_path, num=1, seed=5)
    z = json.loads((tmp_path / "sounds.json").read_text())["sounds"][0]["z"]
    text = ",".join(map(repr, z))
    content = make(models / "run", tmp_path, z=[text, "0,0,0"])
    assert len(content["sounds"]) == 3
    files = [entry["file"] for entry in content["sounds"]]
    assert files[2] == "snare_z+0_+0_+0.wav"
    sounds = wavs(tmp_path)
    assert sounds[files[0]] == sounds[files[1]] != sounds[files[2]]


def test_a_folder_is_added_to_and_never_overwritten(models, tmp_path):
    make(models / "run", tmp_path, num=2)
    before = wavs(tmp_path)
    content = make(models / "run", tmp_path, num=3)
    assert len(content["sounds"]) == 3
    assert before.items() < wavs(tmp_path).items()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SoundListError, match=r"another sound \(so are 2 more"):
        make(models / "other", tmp_path, num=5)
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir()}
    content = make(models / "other", tmp_path, num=2, overwrite=True)
    assert len(content["models"]) == 2
    after = wavs(tmp_path)
    same = [name for name in after if before[tmp_path / name] == after[name]]
    assert same == ["snare_seed0002.wav"]


def test_two_calls_do_not_write_one_folder_at_a_time(models, tmp_path):
    make(models / "run", tmp_path)
    before = (tmp_path / "sounds.json").read_bytes()
    with (
        lock.acquire(tmp_path, sounds_folder.LOCK),
        pytest.raises(SoundListError, match=f"in use by process {os.getpid()}"),
    ):
        make(models / "run", tmp_path, seed=50)
    assert (tmp_path / "sounds.json").read_bytes() == before
    assert len(wavs(tmp_path)) == 3
    # A killed call leaves its file, and holds nothing.
    content = make(models / "run", tmp_path, seed=50)
    assert len(content["sounds"]) == len(wavs(tmp_path)) == 6
    assert not list(tmp_path.glob(".*")), "left behind"


def test_a_list_is_enough_to_make_every_sound_again(models, tmp_path, capsys):
    old, new = tmp_path / "old", tmp_path / "new"
    make(models / "saved", old, label="all")
    make(models / "other", old, z=["1,2,3"])
    listed = str(old / "sounds.json")
    assert again.replay(listed, None, str(new)) == 0
    assert "10 of 10 files are the same" in capsys.readouterr().out
    assert wavs(old) == wavs(new)
    assert again.replay(listed, None, None) == 0
    (new / "kick_seed0000.wav").write_bytes(b"mine")
    with pytest.raises(SoundListError, match="--overwrite"):
        again.replay(listed, None, str(new))
    assert again.replay(listed, None, str(new), overwrite=True) == 0
    assert wavs(old) == wavs(new)


def test_a_sound_that_comes_out_another_is_named(models, tmp_path, capsys):
    make(models / "run", tmp_path)
    path = tmp_path / "sounds.json"
    content = json.loads(path.read_text())
    content["sounds"][1]["z"][0] += 0.5
    path.write_text(json.dumps(content))
    assert again.replay(str(path), None, None) == 1
    said = capsys.readouterr()
    assert "2 of 3 files" in said.out
    assert said.err == "differs: snare_seed0001.wav\n"


def test_another_model_cannot_make_them_again(models, tmp_path):
    make(models / "run", tmp_path)
    with pytest.raises(SoundListError, match="another model"):
        replay.reproduce(tmp_path / "sounds.json", models / "other")


def test_an_interrupted_call_continues(models, tmp_path):
    content = make(models / "run", tmp_path)
    before = wavs(tmp_path)
    (tmp_path / "sounds.json").unlink()
    (tmp_path / "snare_seed0001.wav").unlink()
    assert make(models / "run", tmp_path) == content
    assert wavs(tmp_path) == before


def test_a_sound_is_listed_once(models, tmp_path):
    with pytest.raises(SoundListError) as caught:
        make(models / "run", tmp_path / "new", z=["1,2,3", "1,2,3"])
    assert caught.value.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_an_old_checkpoint_makes_its_own_sounds(tmp_path):
    run, folder = tmp_path / "run", tmp_path / "old"
    make_run(run, seed=1, iteration=7)
    make(run, folder)
    make_run(run, seed=2, iteration=12)
    listed = str(folder / "sounds.json")
    assert make(run, folder, checkpoint="7")["sounds"]
    assert again.replay(listed, None, None, checkpoint="7") == 0
    with pytest.raises(SoundListError, match="and --checkpoint"):
        again.replay(listed, None, None, checkpoint="newest")


def test_a_list_of_two_checkpoints_of_a_run(tmp_path, capsys):
    run, folder = tmp_path / "run", tmp_path / "sounds"
    for iteration in (7, 12):
        make_run(run, seed=iteration, iteration=iteration)
        make(run, folder, seed=iteration, num=2)
    listed = str(folder / "sounds.json")
    assert again.replay(listed, None, None) == 0
    assert "4 of 4 files are the same" in capsys.readouterr().out
    moved = run.rename(tmp_path / "moved")
    assert again.replay(listed, str(moved), None) == 0
    moved.rename(run)
    old, _ = sorted((run / "checkpoints").iterdir())
    shutil.rmtree(old)
    with pytest.raises(SoundListError, match=r"needs iteration 7 of .*has 12"):
        again.replay(listed, None, None)


def test_sounds_at_the_full_rate_of_an_early_stage_come_out_the_same(tmp_path):
    run, folder = tmp_path / "run", tmp_path / "sounds"
    make_run_of(run, model_config(), stages="256:20,1024/10")
    content = make(run, folder, num=1, full_rate=True)
    (model,) = content["models"].values()
    assert model["length"] == LENGTH
    assert again.replay(str(folder / "sounds.json"), None, None) == 0


def test_sounds_of_a_model_have_one_length_in_a_folder(tmp_path):
    """They are made again together."""
    run, folder = tmp_path / "run", tmp_path / "sounds"
    make_run_of(run, model_config(), stages="256:20,1024/10")
    make(run, folder, num=2, seed=1)
    before = (folder / "sounds.json").read_bytes()
    with pytest.raises(SoundListError, match="256 samples"):
        make(run, folder, num=1, seed=9, full_rate=True)
    with pytest.raises(SoundListError, match="256 samples"):
        make(run, folder, num=1, seed=1, full_rate=True, overwrite=True)
    assert (folder / "sounds.json").read_bytes() == before
    make(run, folder, num=2, seed=1, full_rate=True, overwrite=True)
    assert again.replay(str(folder / "sounds.json"), None, None) == 0


def test_an_interrupted_replacement_leaves_a_list_that_is_true(
    models, tmp_path, monkeypatch
):
    make(models / "run", tmp_path, num=4)
    written = []

    def write_bytes(path, data, **options):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(path)
        atomic.write_bytes(path, data, **options)

    monkeypatch.setattr(sounds_folder, "write_bytes", write_bytes)
    with pytest.raises(KeyboardInterrupt):
        make(models / "other", tmp_path, num=3, overwrite=True)
    monkeypatch.undo()
    assert len(written) == 2
    content = generation_log.read(tmp_path / "sounds.json")
    assert [e["file"] for e in content["sounds"]] == ["snare_seed0003.wav"]
    assert again.replay(str(tmp_path / "sounds.json"), None, None) == 0
    content = make(models / "other", tmp_path, num=3, overwrite=True)
    assert len(content["sounds"]) == 4
    assert again.replay(str(tmp_path / "sounds.json"), None, None) == 0


def test_what_a_killed_call_left_is_removed_and_nothing_else(models, tmp_path):
    for name in ("snare_seed0000.wav", "sounds.json"):
        left = temporary.make_name(name, temporary.PARTIAL)
        (tmp_path / left).write_text("half")
    mine = (".mine", ".precious.json.99999", ".my.wav.777777")
    for name in mine:
        (tmp_path / name).write_text("mine")
    make(models / "run", tmp_path, num=1)
    assert {path.name for path in tmp_path.iterdir()} == {
        *mine,
        *("snare_seed0000.wav", "sounds.json"),
    }


def test_a_list_that_the_model_refuses(models, tmp_path):
    content = make(models / "run", tmp_path)
    path = tmp_path / "sounds.json"
    for weights in ({"kick": 0.2}, {"kick": 5.0, "snare": -5.0}, {"tom": 1}):
        for entry in content["sounds"]:
            entry.pop("label", None)
            entry["class_weights"] = weights
        path.write_text(json.dumps(content))
        with pytest.raises(ModelError, match=r"sum to 1|knows no") as error:
            again.replay(str(path), None, None)
        assert "\n" not in str(error.value)


def test_an_unconditional_model_has_one_class_of_sounds(tmp_path):
    make_run(tmp_path / "run", conditioning="none")
    content = make(tmp_path / "run", tmp_path / "new", label="all", num=2)
    files = [entry["file"] for entry in content["sounds"]]
    assert files == ["sound_seed0000.wav", "sound_seed0001.wav"]
    (group,) = listed_groups(tmp_path / "new")
    assert group.title == "sound"


@pytest.mark.parametrize("label", ["kick", "nonsense"])
def test_an_unconditional_model_takes_no_label(tmp_path, label):
    make_run(tmp_path / "run", conditioning="none")
    with pytest.raises(ModelError, match="trained without labels"):
        make(tmp_path / "run", tmp_path / "new", label=label)


def test_a_hostile_class_name_stays_in_the_folder(tmp_path):
    make_run(tmp_path / "run", classes=("../../up", "b"))
    make(tmp_path / "run", tmp_path / "new", label="all", num=1)
    hostile, plain = sorted(wavs(tmp_path / "new"))
    assert re.fullmatch(r"_up-[0-9a-f]{8}_seed0000\.wav", hostile)
    assert plain == "b_seed0000.wav"


def test_any_class_that_is_prepared_has_sounds_and_pictures(tmp_path):
    classes = ("$_$", "Zap!", "Zap?", "x" * 250)
    make_run(tmp_path / "run", classes=classes)
    settings = {"label": "all", "num": 1, "picture": True}
    make(tmp_path / "run", tmp_path / "new", **settings)
    assert len(wavs(tmp_path / "new")) == len(classes)
    assert (tmp_path / "new" / "sheet.png").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--model=x"], "--output_dir"),
        (["--again=x", "--seed=0"], "--seed does not go with --again"),
        (["--again=x", "--truncation=0.5"], "--truncation does not go with"),
        (["--model=x", "--output_dir=y", "--z=1", "--num=2"], "without"),
        (["--again=x", "--trust_model"], "name the model to trust"),
        (["--again=x", "--overwrite"], "--overwrite goes with --output_dir"),
    ],
)
def test_flags_that_do_not_go_together(capsys, arguments, said):
    assert said in refused(capsys, generate, *arguments)


def test_the_command_loads_nothing_of_the_training(models, tmp_path):
    code = (
        "import sys\n"
        "from experiments import generate\n"
        "from experiments.common import cli\n"
        "try:\n"
        "    cli.run(generate.main, generate.FLAGS, '')\n"
        "finally:\n"
        "    print(*sys.modules)\n"
    )
    command = [sys.executable, "-c", code, f"--model={models / 'saved'}"]
    command += ["--num=1", f"--output_dir={tmp_path / 'new'}"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    ours = ("training.loop", "training.saving", "model.wavegan")
    never = {f"wavegan_cond.{name}" for name in (*ours, "model.losses")}
    never |= {"data_prep", "librosa", "tensorboard"}
    assert not never & set(done.stdout.split())
    assert (tmp_path / "new" / "sheet.png").exists()


def test_labels_are_known_whatever_their_capitals(models, tmp_path):
    content = make(models / "run", tmp_path, label="Snare,KICK", num=1)
    assert [e["label"] for e in content["sounds"]] == ["snare", "kick"]


def test_a_new_seed_is_drawn_said_and_kept(models, tmp_path, capsys):
    content = make(models / "run", tmp_path, num=2, seed=None)
    first = content["sounds"][0]["seed"]
    assert f"seeds from {first} on" in capsys.readouterr().out
    repeated = make(models / "run", tmp_path / "again", num=2, seed=first)
    assert wavs(tmp_path) == wavs(tmp_path / "again") and repeated["sounds"]


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("--label=gong", "knows no 'gong'"),
        ("--label=kick,tom", "knows no 'tom'"),
        ("--z=1", "takes 3 numbers"),
        ("--model=absent", "neither"),
        ("--output_dir=/dev/null/x", "cannot write"),
        ("--again=absent", "absent cannot be read"),
    ],
)
def test_what_is_wrong_is_said_before_tensorflow_is_loaded(
    models, tmp_path, monkeypatch, capsys, flag, message
):
    monkeypatch.setattr(quietly, "import_tensorflow", None)  # not to be called
    place = f"--model={models / 'saved'}", f"--output_dir={tmp_path / 'out'}"
    assert end(generate, *place, flag) in (2, 4)
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_where_steering_says_all_of_z_one_sound_is_made(tmp_path, capsys):
    make_run(tmp_path / "run", latent_dim=3)
    content = make(tmp_path / "run", tmp_path / "a", num=4, steer="0.5,-1,0")
    assert len(content["sounds"]) == 1
    assert "all of this model's z" in capsys.readouterr().out


def test_steered_sounds_keep_what_the_seed_chose(tmp_path):
    model = tmp_path / "run"
    make_run(model, latent_dim=5)
    content = make(model, tmp_path / "a", num=2, steer="0.5,-1,0")
    files = [entry["file"] for entry in content["sounds"]]
    assert files == [f"snare_seed000{n}_steer0.5,-1,0.wav" for n in (0, 1)]
    info = load_model(model).info
    directions = np.array(info.directions)
    for seed, entry in enumerate(content["sounds"]):
        assert "seed" not in entry
        (drawn,) = latents.draw(info, seed, 1)
        expected = steering.steer(drawn[None], directions, [0.5, -1, 0])[0]
        np.testing.assert_allclose(entry["z"], expected, atol=1e-6)


def test_a_list_of_a_model_that_has_moved_says_so(models, tmp_path, capsys):
    make(models / "run", tmp_path / "a", num=1)
    listed = tmp_path / "a" / "sounds.json"
    text = listed.read_text("utf-8")
    listed.write_text(text.replace(str(models / "run"), "/elsewhere"), "utf-8")
    said = refused(capsys, generate, f"--again={listed}")
    assert "not where it was" in said and "name it with --model" in said
    assert call(generate, again=listed, model=models / "run") == 0


def test_a_model_that_is_named_stands_for_what_it_is(tmp_path, capsys):
    """The others of a list are where it says."""
    runs = [tmp_path / name for name in ("first", "second", "third")]
    for seed, run in enumerate(runs):
        make_run(run, seed=seed)
    for run in runs[:2]:
        make(run, tmp_path / "sounds", num=1, z=[f"{runs.index(run)},0,0"])
    again = f"--again={tmp_path / 'sounds' / 'sounds.json'}"
    moved, copy = runs[1].rename(tmp_path / "moved"), tmp_path / "copy"
    assert end(generate, again, f"--model={moved}", f"--output_dir={copy}") == 0
    assert wavs(copy) == wavs(tmp_path / "sounds")
    written = generation_log.read(copy / "sounds.json")["models"].values()
    assert [model["path"] for model in written] == [str(runs[0]), str(moved)]
    said = refused(capsys, generate, again, f"--model={runs[0]}")
    assert f"{runs[1]} is neither" in said and "put it back" in said
    said = refused(capsys, generate, again, f"--model={runs[2]}")
    assert "third (iteration 7) is another model than those of" in said


def test_trust_in_a_model_is_not_for_the_others_of_a_list(
    models, tmp_path, capsys
):
    saved, listed = tmp_path / "saved", tmp_path / "sounds" / "sounds.json"
    shutil.copytree(models / "saved", saved)
    make(saved, listed.parent, num=1)
    make(models / "other", listed.parent, num=1, seed=9)
    (saved / "manifest.json").unlink()
    flags = [f"--again={listed}", "--trust_model"]
    said = refused(capsys, generate, *flags, f"--model={models / 'other'}")
    assert f"{saved} has no manifest.json" in said
    assert end(generate, *flags, f"--model={saved}") == 0


def test_the_model_of_the_project_is_known_wherever_it_was(tmp_path):
    content = make(None, tmp_path, num=1)
    listed = tmp_path / "sounds.json"
    text = listed.read_text("utf-8")
    listed.write_text(text.replace(shipped.NAME, "/elsewhere"), "utf-8")
    assert generation_log.read(listed) != content
    assert call(generate, again=listed) == 0
