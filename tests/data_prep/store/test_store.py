import hashlib
import json
import os

import numpy as np
import pytest

from data_prep.store.store import (
    SIDES,
    StoreError,
    check_target,
    open_store,
    write_store,
)
from tests.fixtures import syncs
from wavegan_cond.storage.atomic import FolderError

LENGTH = 32
FILES = (
    "dataset.json",
    "waveforms.npy",
    "checks.npy",
    "labels.npy",
    "manifest.csv",
)


def rows(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(-9999, 9999, (count, LENGTH)).astype(np.int16)


def write(path, waves=None, **changes):
    waves = rows(7) if waves is None else waves
    content = {
        "waveforms": (waves[i : i + 3] for i in range(0, len(waves), 3)),
        "labels": np.arange(len(waves)) % 2,
        "train": 5,
        "classes": ("kick", "snäre"),
        "length": LENGTH,
        "manifest": ["path\n", "ä.wav\n"],
        "details": {"settings": {"fade": 16}},
    }
    return write_store(path, **{**content, **changes})


@pytest.fixture
def store(tmp_path):
    return write(tmp_path / "store")


def test_what_is_written_is_read(store):
    assert store.classes == ("kick", "snäre")
    assert (store.train, store.validation) == (5, 2)
    assert (store.length, store.sample_rate) == (LENGTH, 44100)
    assert isinstance(store.waveforms, np.memmap)
    assert (store.waveforms == rows(7)).all()
    assert store.labels.tolist() == [0, 1, 0, 1, 0, 1, 0]
    assert store.labels.dtype == np.int32
    waves, labels = store.split("validation")
    assert (waves == rows(7)[5:]).all() and labels.tolist() == [1, 0]
    assert len(store.split("train")[0]) == 5
    assert store.info["settings"] == {"fade": 16}
    assert (store.path / "manifest.csv").read_text("utf-8") == "path\nä.wav\n"


def test_a_third_side_is_the_last_rows(tmp_path, store):
    three = write(tmp_path / "three", test=1, train=4)
    assert (three.train, three.validation, three.test) == (4, 2, 1)
    parts = [three.split(side)[0] for side in SIDES]
    assert [len(part) for part in parts] == [4, 2, 1]
    assert (np.concatenate(parts) == rows(7)).all()
    assert open_store(three.path, verify=True).test == 1
    assert store.test == 0 and len(store.split("test")[1]) == 0
    assert "test" not in store.info and three.info["test"] == 1
    assert three.fingerprint != write(tmp_path / "two", train=4).fingerprint


def test_the_fingerprint_is_of_what_training_sees(tmp_path, store):
    same = write(tmp_path / "same", manifest=["other\n"], details={})
    assert same.fingerprint == store.fingerprint
    for number, change in enumerate(
        [{"train": 4}, {"classes": ("a", "b")}, {"waves": rows(7, seed=1)}]
    ):
        other = write(tmp_path / str(number), **change)
        assert other.fingerprint != store.fingerprint


def test_a_store_without_sounds_is_none(tmp_path):
    with pytest.raises(StoreError, match="holds no sounds; prepare it again"):
        write(tmp_path / "store", rows(0), train=0)
    with pytest.raises(StoreError, match="holds no sounds"):
        open_store(tmp_path / "store")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(store, name):
    (store.path / name).unlink()
    with pytest.raises(StoreError, match=f"{name}.*prepare_data") as caught:
        open_store(store.path)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("waveforms.npy", rows(6)),
        ("waveforms.npy", rows(7).astype(np.float32)),
        ("labels.npy", np.zeros(7, np.int64)),
        ("labels.npy", np.full(7, 2, np.int32)),
        ("labels.npy", np.full(7, -1, np.int32)),
    ],
)
def test_arrays_of_another_kind_are_refused(store, name, array):
    np.save(store.path / name, array)
    with pytest.raises(StoreError, match=name):
        open_store(store.path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "wavegan-cond store 1"}, "does not say.*store 2"),
        ({"classes": None}, "has no valid 'classes'"),
        ({"train": "5"}, "has no valid 'train'"),
        ({"test": 0}, "has no valid 'test'"),
    ],
)
def test_wrong_information_is_refused(store, change, said):
    text = json.dumps({**store.info, **change})
    (store.path / "dataset.json").write_text(text)
    with pytest.raises(StoreError, match=rf"dataset\.json {said}"):
        open_store(store.path)


def read_all(path):
    """Reads a store as training does: the whole of it, row by row."""
    store = open_store(path)
    return store.read_rows(np.arange(len(store.labels)))


@pytest.mark.parametrize("name", FILES)
def test_no_flipped_bit_is_read_in_silence(store, name):
    path = store.path / name
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.permutation(8 * len(content))[:400]:
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(changed)
        with pytest.raises(StoreError, match=name):
            read_all(store.path)
    path.write_bytes(content)
    assert (read_all(store.path) == rows(7)).all()


@pytest.mark.parametrize("name", FILES)
def test_no_other_length_is_read_in_silence(store, name):
    path = store.path / name
    content = path.read_bytes()
    for length in {*range(0, len(content), 7), len(content) - 1}:
        path.write_bytes(content[:length])
        with pytest.raises(StoreError, match=name):
            read_all(store.path)
    path.write_bytes(content + b"\n")
    with pytest.raises(StoreError, match=name):
        read_all(store.path)


def test_a_changed_row_is_named_and_the_others_are_read(store):
    content = bytearray((store.path / "waveforms.npy").read_bytes())
    content[128 + 3 * 2 * LENGTH] ^= 1
    (store.path / "waveforms.npy").write_bytes(content)
    store = open_store(store.path)
    others = np.array([0, 1, 2, 4, 5, 6])
    assert (store.read_rows(others) == rows(7)[others]).all()
    with pytest.raises(StoreError, match=r"row 3 of waveforms\.npy") as caught:
        store.read_rows(np.arange(7))
    assert str(store.path) in str(caught.value)


@pytest.mark.parametrize("name", FILES)
def test_verify_finds_a_change_without_reading_rows(store, name):
    content = bytearray((store.path / name).read_bytes())
    content[-3] ^= 1
    (store.path / name).write_bytes(content)
    with pytest.raises(StoreError, match=name):
        open_store(store.path, verify=True)


def test_the_fingerprint_of_a_set_outlives_its_format(store):
    digests = [
        hashlib.sha256((store.path / name).read_bytes()).hexdigest()
        for name in ("waveforms.npy", "labels.npy")
    ]
    seen = {
        "format": "wavegan-cond store 1",
        "sample_rate": 44100,
        "length": LENGTH,
        "classes": ["kick", "snäre"],
        "train": 5,
        "validation": 2,
        "sounds": digests,
    }
    text = json.dumps(seen, sort_keys=True)
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert store.fingerprint == expected


def test_what_is_there_is_never_lost_by_mistake(tmp_path, store):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    (tmp_path / "file").touch()
    for name in ("photos", "file"):
        with pytest.raises(StoreError, match="name a"):
            write(tmp_path / name, overwrite=True)
    with pytest.raises(StoreError, match="--overwrite"):
        write(store.path)
    assert (tmp_path / "photos" / "a.jpg").exists()
    (tmp_path / "empty").mkdir()
    check_target(tmp_path / "empty")
    check_target(tmp_path / "absent" / "too")


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failed_overwrite_leaves_the_store_as_it_was(tmp_path, store, error):
    def fail():
        yield rows(3)
        raise error

    with pytest.raises(type(error)):
        write(store.path, waveforms=fail(), overwrite=True)
    assert open_store(store.path, verify=True).fingerprint == store.fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


@pytest.mark.parametrize("name", ["notes.txt", "raw/kick.wav", ".DS_Store"])
def test_what_is_beside_a_store_is_never_deleted(store, name):
    path = store.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    first = name.split("/")[0]
    for overwrite in (False, True):
        with pytest.raises(StoreError, match=f"holds {first}") as caught:
            write(store.path, overwrite=overwrite)
        assert "--overwrite" not in str(caught.value)
        assert caught.value.exit_code == 2
    assert path.read_text() == "mine"
    assert open_store(store.path, verify=True).train == 5


def seal_broken(path):
    text = path.read_text("utf-8")
    path.write_text(text.replace('"train": 5', '"train": 6'), "utf-8")


def other_json(path):
    path.write_text('{"mine": 1}')


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def device(path):
    path.unlink()
    path.symlink_to("/dev/zero")


def sparse(path):
    os.truncate(path, 1 << 40)


@pytest.mark.parametrize("change", [seal_broken, other_json, pipe, device])
def test_a_folder_is_a_store_if_its_seal_is_whole(store, change):
    change(store.path / "dataset.json")
    with pytest.raises(StoreError, match=r"holds dataset\.json"):
        write(store.path, overwrite=True)
    with pytest.raises(StoreError) as caught:
        open_store(store.path)
    assert "--overwrite" not in str(caught.value)
    assert sorted(os.listdir(store.path)) == sorted(FILES)


def test_what_comes_into_a_store_while_another_is_written_stays(store):
    def waves():
        (store.path / "notes.txt").write_text("mine")
        yield rows(7)

    with pytest.raises(FolderError, match=r"holds notes\.txt"):
        write(store.path, waveforms=waves(), overwrite=True)
    assert (store.path / "notes.txt").read_text() == "mine"
    assert open_store(store.path, verify=True).train == 5
    assert [path.name for path in store.path.parent.iterdir()] == ["store"]


def test_a_damaged_store_is_replaced(store):
    (store.path / "labels.npy").write_bytes(b"harm")
    (store.path / "checks.npy").unlink()
    write(store.path, rows(9, seed=1), overwrite=True)
    new = open_store(store.path, verify=True)
    assert (new.waveforms == rows(9, seed=1)).all()


def test_rows_are_read_in_the_order_asked_for(store):
    rows = np.array([2, 0, 2, 1])
    np.testing.assert_array_equal(store.read_rows(rows), store.waveforms[rows])
    os.truncate(store.path / "waveforms.npy", 250)
    with pytest.raises(StoreError, match="ends too early"):
        store.read_rows(rows)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("change", [pipe, device, sparse])
def test_what_never_ends_is_not_read(store, name, change):
    change(store.path / name)
    why = "" if change is sparse else ".*no regular file"
    with pytest.raises(StoreError, match=f"{name}{why}"):
        open_store(store.path, verify=True)


def test_a_pipe_is_no_row_of_a_store(store):
    pipe(store.path / "waveforms.npy")
    with pytest.raises(StoreError, match="no regular file"):
        store.read_rows(np.array([0]))


def test_a_store_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    events = syncs.watch(monkeypatch)
    syncs.check_folder(events, write(tmp_path / "store").path, len(FILES))
