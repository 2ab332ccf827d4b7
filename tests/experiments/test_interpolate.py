"""Paths between two sounds and between two classes."""

import dataclasses

import numpy as np
import pytest

from experiments import generate, interpolate
from experiments.common import again, cli, listed_sounds
from tests.fixtures.commands import call, refused
from tests.fixtures.counting import counted_rows
from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import generation_log, write_sounds
from wavegan_cond.synthesis.model_info import ModelError
from wavegan_cond.synthesis.recipe import SoundListError, parse_recipe
from wavegan_cond.synthesis.wav import read_wav


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "run"
    make_run(path)
    return str(path)


def make(model, folder, label="snare", **options):
    options = {"steps": 5, "picture": False, **options}
    settings = interpolate.Settings(
        model=model, output_dir=str(folder), label=label, **options
    )
    return interpolate.run(settings)


def make_sounds(model, folder, **options):
    call(generate, "--nopicture", model=model, output_dir=folder, **options)


def test_the_ends_are_the_sounds_of_the_seeds(model, tmp_path):
    make(model, tmp_path / "path", from_seed=4, to_seed=5)
    make_sounds(model, tmp_path / "ends", label="snare", num=2, seed=4)
    ends = [
        (tmp_path / "ends" / f"snare_seed{seed:04d}.wav").read_bytes()
        for seed in (4, 5)
    ]
    for method in ("lerp", "slerp"):
        stem = tmp_path / "path" / f"snare_seed0004-0005_{method}5"
        assert [
            stem.with_name(f"{stem.name}_{i}.wav").read_bytes()
            for i in ("001", "005")
        ] == ends


def test_truncated_ends_are_the_truncated_sounds_of_the_seeds(model, tmp_path):
    ends = {"label": "snare", "num": 2, "seed": 4, "truncation": 0.5}
    make_sounds(model, tmp_path / "ends", **ends)
    for truncation in (1.0, 0.5):
        make(
            model,
            tmp_path / "path",
            from_seed=4,
            to_seed=5,
            method="lerp",
            truncation=truncation,
        )
    stem = "snare_seed0004-0005_truncated0.5_lerp5"
    for step, seed in (("001", 4), ("005", 5)):
        end = tmp_path / "ends" / f"snare_seed{seed:04d}_truncated0.5.wav"
        step = tmp_path / "path" / f"{stem}_{step}.wav"
        assert step.read_bytes() == end.read_bytes()
    title = "snare, lerp from seed 4 to 5 in 5 steps"
    groups = listed_sounds.listed_groups(tmp_path / "path")
    assert [group.title for group in groups] == [
        title,
        f"{title}, truncated 0.5",
    ]
    assert groups[1].sounds[1].name == "lerp 2"


def test_a_class_is_the_same_however_it_is_spelled(model, tmp_path):
    with pytest.raises(cli.UsageError, match="nothing between them"):
        make(model, tmp_path, to_label="SNARE", from_seed=1, to_seed=1)
    assert not list(tmp_path.iterdir())


def test_the_methods_differ_between_the_ends(model, tmp_path):
    content = make(model, tmp_path)
    middle = [e["z"] for e in content["sounds"] if "_003.wav" in e["file"]]
    assert len(middle) == 2
    assert np.abs(np.subtract(*middle)).max() > 0.01


def test_the_joined_file_is_every_step_in_full(model, tmp_path):
    make(model, tmp_path, method="lerp")
    stem = "snare_seed0001-0002_lerp5"
    steps = [read_wav(tmp_path / f"{stem}_{i:03d}.wav") for i in range(1, 6)]
    joined = read_wav(tmp_path / f"{stem}.wav")
    np.testing.assert_array_equal(joined, np.concatenate(steps))


def test_a_joined_file_that_is_another_is_kept(model, tmp_path):
    other = tmp_path / "snare_seed0001-0002_lerp5.wav"
    other.write_bytes(b"mine")
    with pytest.raises(SoundListError, match="exists and is another"):
        make(model, tmp_path, method="lerp")
    assert other.read_bytes() == b"mine"
    # Nothing is left that is in no list.
    assert list(tmp_path.iterdir()) == [other]
    make(model, tmp_path, method="lerp", overwrite=True)
    assert len(read_wav(other)) > 5


def test_a_morph_goes_from_class_to_class(model, tmp_path):
    content = make(
        model, tmp_path / "morph", "kick", to_label="cymbal", to_seed=1
    )
    assert content["sounds"][1]["class_weights"] == {
        "kick": 0.75,
        "cymbal": 0.25,
    }
    make_sounds(model, tmp_path / "ends", label="kick,cymbal", num=1, seed=1)
    for end, name in (("001", "kick"), ("005", "cymbal")):
        for method in ("lerp", "slerp"):
            file = f"kick-cymbal_seed0001-0001_{method}5_{end}.wav"
            assert (tmp_path / "morph" / file).read_bytes() == (
                tmp_path / "ends" / f"{name}_seed0001.wav"
            ).read_bytes()


def test_a_path_can_be_made_again(model, tmp_path, capsys):
    make(model, tmp_path)
    make(model, tmp_path, "kick", to_label="snare", method="slerp")
    listed = str(tmp_path / "sounds.json")
    assert again.replay(listed, None, None) == 0
    assert "18 of 18 files" in capsys.readouterr().out


def test_a_joined_file_of_sounds_that_stay_is_still_listed(model, tmp_path):
    """Though the list is written without it before a sound is replaced."""
    make(model, tmp_path, method="lerp", steps=2)
    recipes = [
        parse_recipe(entry)
        for entry in generation_log.read(tmp_path / "sounds.json")["sounds"]
    ]
    other = dataclasses.replace(recipes[0], file="other.wav")
    with_other = load_model(model), model, [*recipes, other]
    write_sounds.write_sounds(tmp_path, *with_other)
    moved = dataclasses.replace(other, z=tuple(2 * x for x in other.z))
    content = write_sounds.write_sounds(
        tmp_path, load_model(model), model, [*recipes, moved], overwrite=True
    )
    (joined,) = content["joined"]
    assert joined["file"] == "snare_seed0001-0002_lerp2.wav"
    assert again.replay(str(tmp_path / "sounds.json"), None, None) == 0


def test_a_model_without_labels_has_no_way_between_classes(
    tmp_path, monkeypatch
):
    make_run(tmp_path / "run", conditioning="none")
    for flags in (
        {"label": "kick"},
        {"label": "nonsense"},
        {"label": None, "to_label": "snare"},
    ):
        with pytest.raises(ModelError, match="trained without labels"):
            make(tmp_path / "run", tmp_path / "out", **flags)
    captions = []
    monkeypatch.setattr(
        interpolate.figures, "paths", lambda *given: captions.extend(given[3:])
    )
    content = make(
        tmp_path / "run", tmp_path / "out", None, method="lerp", picture=True
    )
    files = [entry["file"] for entry in content["sounds"]]
    assert files[0] == "sound_seed0001-0002_lerp5_001.wav"
    assert captions == ["sound seed 1", "sound seed 2"]


def test_a_picture_shows_it(model, tmp_path):
    with counted_rows() as rows:
        make(model, tmp_path, picture=True, steps=3)
    assert rows == [6]  # each step once, by both methods
    assert (tmp_path / "snare_seed0001-0002_lerp-slerp3.png").stat().st_size
    assert "snare_seed0001-0002_lerp-slerp30.png" in interpolate.__doc__


def test_model_flags_reach_the_model(tmp_path):
    for iteration in (7, 12):
        make_run(tmp_path / "run", seed=iteration, iteration=iteration)
    place = {"model": tmp_path / "run", "output_dir": tmp_path / "out"}
    flags = {"label": "kick", "steps": 2, "checkpoint": 7}
    call(interpolate, "--nopicture", "--trust_model", **place, **flags)
    content = generation_log.read(tmp_path / "out" / "sounds.json")
    assert [m["iteration"] for m in content["models"].values()] == [7]


def test_there_is_nothing_between_a_sound_and_itself(capsys):
    flags = ["--model=x", "--label=kick", "--output_dir=y"]
    flags += ["--from_seed=2", "--to_seed=2"]
    for more in ([], ["--to_label=kick"]):
        said = refused(capsys, interpolate, *flags, *more)
        assert "nothing between" in said


def test_a_picture_of_another_is_not_replaced(model, tmp_path):
    picture = tmp_path / "snare_seed0001-0002_lerp2.png"
    picture.write_bytes(b"mine")
    with pytest.raises(cli.UsageError, match="was not made here"):
        make(model, tmp_path, steps=2, method="lerp", picture=True)
    assert [*tmp_path.iterdir()] == [picture]
    assert picture.read_bytes() == b"mine"
