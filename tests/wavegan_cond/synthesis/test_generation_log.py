"""The list of what each sound was made of."""

import json
import os
import pathlib

import numpy as np
import pytest

from wavegan_cond.synthesis import generation_log
from wavegan_cond.synthesis.recipe import (
    Finish,
    Recipe,
    SoundListError,
    parse_recipe,
    z_name,
)

MODEL = "f" * 64
FINISH = {"fade": 0.08, "sample_rate": 48000, "gain": 1.7, "bits": 24}


def entry(file="a.wav", data=b"a", **fields):
    fields = {"label": "kick", "z": (0.5, -1.0), **fields}
    return Recipe(file, **fields).entry(MODEL, data)


def content(*sounds, joined=()):
    models = {MODEL: {"path": "x", "iteration": 1}}
    empty = generation_log.read_there(pathlib.Path("absent"))
    return generation_log.merge(empty, models, sounds, joined)


def joined_of(*files):
    return {"file": "j.wav", "sounds": files, "model": MODEL, "sha256": "1"}


def assert_refused(path, wrong, said=None):
    """Writes a list that is wrong, and sees it refused."""
    path.write_text(json.dumps(wrong))
    with pytest.raises(SoundListError, match=said) as error:
        generation_log.read(path)
    assert error.value.exit_code == 2


def test_what_never_ends_is_no_list(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(SoundListError, match="no regular file"):
            generation_log.read(path)


def test_a_list_is_read_as_it_was_written(tmp_path):
    z = tuple(np.random.default_rng(0).standard_normal(3).astype("f4").tolist())
    weights = {"kick": 1 / 3, "snare": 2 / 3}
    recipes = [
        Recipe("a.wav", z, "kick", seed=3),
        Recipe("b.wav", z, class_weights=weights),
        Recipe("c.wav", z, "kick", finish=Finish(**FINISH)),
    ]
    entries = [recipe.entry(MODEL, b"") for recipe in recipes]
    generation_log.write(tmp_path, content(*entries))
    read = generation_log.read(tmp_path / generation_log.NAME)
    assert [parse_recipe(e) for e in read["sounds"]] == recipes
    assert len((tmp_path / "sounds.json").read_text().splitlines()) < 50


def test_a_text_is_read_as_it_was_written(tmp_path):
    listed = content(entry(label="kick [1  2]"))
    listed["models"][MODEL]["path"] = "x [1  2]"
    generation_log.write(tmp_path, listed)
    assert generation_log.read(tmp_path / generation_log.NAME) == listed


@pytest.fixture
def long_list(tmp_path, monkeypatch):
    """A folder with a list whose z stand in an array, and their recipes."""
    monkeypatch.setattr(generation_log, "MAX_INLINE", 10)
    random = np.random.default_rng(0)
    recipes = [
        Recipe(
            f"{number}.wav",
            tuple(random.standard_normal(size).astype("f4").tolist()),
            "kick",
            seed=number,
        )
        for number, size in enumerate((7, 3, 5))
    ]
    entries = [recipe.entry(MODEL, b"") for recipe in recipes]
    generation_log.write(tmp_path, content(*entries))
    return tmp_path, recipes


def test_many_numbers_stand_in_an_array(long_list):
    folder, recipes = long_list
    (array,) = folder.glob("sounds_z_*.f32")
    np.testing.assert_array_equal(
        np.fromfile(array, "<f4"), np.concatenate([r.z for r in recipes])
    )
    read = generation_log.read(folder / generation_log.NAME)
    assert [parse_recipe(e) for e in read["sounds"]] == recipes
    # Written again, with less, no array is left; a foreign file is.
    foreign = folder / f"sounds_z_{'0' * 16}.f32"
    foreign.write_bytes(b"mine")
    read["sounds"] = read["sounds"][:1]
    generation_log.write(folder, {**read, "format": generation_log.FORMAT})
    assert list(folder.glob("*.f32")) == [foreign]
    again = generation_log.read(folder / generation_log.NAME)
    assert again["sounds"] == read["sounds"]


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_an_array_that_has_changed_is_refused(long_list, harm):
    folder, _ = long_list
    (array,) = folder.glob("sounds_z_*.f32")
    data = bytearray(array.read_bytes())
    data[5] ^= 1
    changed = {"flip": bytes(data), "cut": bytes(data[:-4])}
    array.unlink()
    if harm in changed:
        array.write_bytes(changed[harm])
    with pytest.raises(SoundListError, match=r"sounds_z_|No such file"):
        generation_log.read(folder / generation_log.NAME)


@pytest.mark.parametrize(
    "z_at", [[0, 16], [-1, 2], [15, 1], [0], "ab", None, [0, 1e400]]
)
def test_places_beyond_the_array_are_refused(long_list, z_at):
    path = long_list[0] / generation_log.NAME
    wrong = json.loads(path.read_text())
    wrong["sounds"][1]["z_at"] = z_at
    assert_refused(path, wrong)


def test_an_array_elsewhere_is_refused(long_list):
    path = long_list[0] / generation_log.NAME
    wrong = json.loads(path.read_text())
    wrong["array"]["file"] = "../" + wrong["array"]["file"]
    assert_refused(path, wrong, "its array is")


def test_what_could_not_be_read_again_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(generation_log, "MAX_SOUNDS", 2)
    listed = content(entry("a.wav"), entry("b.wav"))
    same, more = Recipe("a.wav", (0.5,), "kick"), Recipe("c.wav", (1,), "kick")
    generation_log.check_room(listed, [same])
    with pytest.raises(SoundListError, match="3 sounds in one folder"):
        generation_log.check_room(listed, [more])
    monkeypatch.setattr(generation_log, "MAX_BYTES", 100)
    with pytest.raises(SoundListError, match="another folder"):
        generation_log.write(tmp_path, listed)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"file": "../a.wav"}, "no name"),
        ({"file": "/tmp/a.wav"}, "no name"),
        ({"file": "sounds.json"}, "no name"),
        ({"z": [1, float("nan")]}, "not finite"),
        ({"z": None}, "TypeError"),
        ({"label": None}, "label or class_weights"),
        ({"class_weights": {"kick": 1}}, "label or class_weights"),
        ({"label": None, "class_weights": {"kick": float("inf")}}, "finite"),
        ({"label": None, "class_weights": [1]}, "AttributeError"),
        ({"model": "another"}, "not listed"),
        ({"model": ["f"]}, "TypeError"),
        ({"file": "a\0.wav"}, "no name"),
        ({"file": "a\x1b[2J.wav"}, "no name"),
        ({"file": 5}, "TypeError"),
        ({"z": [1e39, 0]}, "not finite"),  # infinite in float32
        ({"z": [10**400, 0]}, "OverflowError"),
        ({"z": {"a": 1}}, "ValueError"),
        ({"label": None, "class_weights": {"kick": "1 2"}}, "ValueError"),
        ({"seed": "1"}, "seed"),
        ({"seed": float("nan")}, "seed"),
        ({"sha256": None}, "sha256"),
        ({"finish": 1}, "TypeError"),
        ({"finish": {}}, "KeyError"),
        ({"finish": None}, "TypeError"),
        ({"finish": {**FINISH, "fade": -0.1}}, "finish"),
        ({"finish": {**FINISH, "gain": float("nan")}}, "finish"),
        ({"finish": {**FINISH, "gain": 1e39}}, "finish"),
        ({"finish": {**FINISH, "gain": 10**400}}, "OverflowError"),
        ({"finish": {**FINISH, "sample_rate": 10**9}}, "finish"),
        ({"finish": {**FINISH, "sample_rate": [48000]}}, "TypeError"),
        ({"finish": {**FINISH, "bits": 8}}, "finish"),
    ],
)
def test_a_list_that_is_wrong_is_refused(tmp_path, change, said):
    wrong = content(entry())
    wrong["sounds"][0].update(change)
    assert_refused(tmp_path / "sounds.json", wrong, said)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', "\0"])
def test_another_file_is_no_list(tmp_path, text):
    path = tmp_path / "sounds.json"
    path.write_text(text)
    with pytest.raises(SoundListError, match="no list of sounds"):
        generation_log.read(path)
    said = r"absent\.json cannot be read: No such file or directory$"
    with pytest.raises(SoundListError, match=said):
        generation_log.read(tmp_path / "absent.json")


@pytest.mark.parametrize(
    "change",
    [
        {"models": [MODEL]},
        {"models": {MODEL: "x"}},
        {"models": {MODEL: {"path": ["x"], "iteration": 1}}},
        {"models": {MODEL: {"path": "x", "iteration": "1"}}},
        {"sounds": {"file": "a.wav"}},
        {"sounds": None},
        {"joined": [{**joined_of("a.wav"), "sounds": {"a.wav": 1}}]},
        {"joined": [{**joined_of("a.wav"), "sha256": 1}]},
        {"joined": [joined_of()]},
        {"joined": [joined_of("absent.wav")]},
        {"joined": [joined_of(*["a.wav"] * 1001)]},
        {"joined": [{**joined_of("a.wav"), "file": "../j.wav"}]},
    ],
)
def test_a_list_of_other_kinds_is_refused(tmp_path, change):
    path = tmp_path / "sounds.json"
    whole = content(entry(), joined=[joined_of("a.wav")])
    path.write_text(json.dumps(whole))
    assert generation_log.read(path)
    assert_refused(path, {**whole, **change}, "no list of sounds")


def test_a_list_that_is_huge_or_deep_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "sounds.json"
    path.write_text("[" * 10**6)
    with pytest.raises(SoundListError, match="nested too deep"):
        generation_log.read(path)
    monkeypatch.setattr(generation_log, "MAX_BYTES", 1000)
    with pytest.raises(SoundListError, match="more than 1000 bytes"):
        generation_log.read(path)


def test_merging_replaces_by_file_and_drops_unused_models():
    old = content(entry("a.wav"), entry("b.wav"))
    new = {**entry("b.wav", b"b"), "model": "g"}
    merged = generation_log.merge(old, {"g": {"path": "y"}}, [new], [])
    assert [e["file"] for e in merged["sounds"]] == ["a.wav", "b.wav"]
    assert set(merged["models"]) == {MODEL, "g"}
    all_new = [{**e, "model": "g"} for e in merged["sounds"]]
    last = generation_log.merge(merged, {}, all_new, [])
    assert set(last["models"]) == {"g"}


def test_a_joined_file_goes_with_the_sounds_it_was_joined_from():
    old = content(entry("a.wav"), entry("b.wav"), joined=[joined_of("a.wav")])
    assert generation_log.merge(old, {}, [entry("b.wav", b"new")], [])["joined"]
    assert generation_log.merge(old, {}, [entry("a.wav")], [])["joined"]
    changed = generation_log.merge(old, {}, [entry("a.wav", b"new")], [])
    assert not changed["joined"]


def test_short_vectors_are_named_and_long_ones_hashed():
    assert z_name([0.1, -2, 0.3]) == "z+0.1_-2_+0.3"
    names = {z_name(z) for z in np.eye(100)}
    assert len(names) == 100 and all(len(name) == 12 for name in names)
