"""Names of a store's sounds, and whether a model has heard them."""

import shutil

import numpy as np
import pytest

from data_prep.store.store import open_store
from experiments.common import store_files
from tests.fixtures import drums, runs, stores
from wavegan_cond.training.config_file import from_json, to_json


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    drums.make_store(folder / "data", train=6, validation=2)
    runs.make_run(folder / "run", length=drums.LENGTH, width=1)
    return open_store(folder / "data")


def run_of(store, tmp_path, data):
    """A run folder that was trained on the data of a fingerprint."""
    shutil.copytree(store.path.parent / "run", tmp_path / "run")
    path = tmp_path / "run/config.json"
    model, train, _ = from_json(path.read_text("utf-8"))
    path.write_text(to_json(model, train, data=data), "utf-8")
    return str(tmp_path / "run")


def test_a_sound_has_the_name_of_its_file(store, monkeypatch):
    found = store_files.names_of(store, store.waveforms[[3, 0]])
    assert found == ["row 3", "row 0"]  # these were made of no file
    names = {0: "a.wav", 3: "b.wav"}
    monkeypatch.setattr(store_files, "file_names", lambda _: names)
    found = store_files.names_of(store, store.waveforms[[3, 0]])
    assert found == ["b.wav", "a.wav"]


def test_a_sound_of_no_file_is_no_error(store):
    found = store_files.names_of(store, [store.waveforms[0] // 2])
    assert found == ["not in the store"]


def test_a_run_of_this_store_has_not_heard_what_it_holds_out(store, tmp_path):
    run = run_of(store, tmp_path, store.fingerprint)
    said = store_files.heard_before(run, store, "validation")
    assert said.startswith("None of the 6 held-out sounds")


def test_held_out_sounds_that_are_trained_on_are_counted(
    store, tmp_path, monkeypatch
):
    monkeypatch.setattr(store_files, "shared_rows", lambda *_: 2)
    run = run_of(store, tmp_path, store.fingerprint)
    said = store_files.heard_before(run, store, "validation")
    assert said.startswith("2 of the 6 held-out sounds are in")


@pytest.mark.parametrize("kind", ["other data", "SavedModel"])
def test_of_other_models_it_is_not_known(store, tmp_path, kind):
    path = str(tmp_path)
    if kind == "other data":
        path = run_of(store, tmp_path, "0" * 64)
    said = store_files.heard_before(path, store, "validation")
    assert "is not known" in said


def test_equal_rows_are_found(store, tmp_path):
    rows = np.repeat(np.int16([[1], [2], [3], [2], [4]]), 64, axis=1)
    twice = stores.write(tmp_path / "twice", rows, [0] * 5, train=3)
    assert store_files.shared_rows(store, "validation") == 0
    assert store_files.shared_rows(twice, "validation") == 1
