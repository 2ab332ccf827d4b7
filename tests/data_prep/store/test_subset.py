"""A smaller store keeps what it was asked to, and every held-out sound."""

import numpy as np
import pytest

from data_prep.store import manifest
from data_prep.store.store import MANIFEST, StoreError, open_store, write_store
from data_prep.store.subset import draw_rows, write_subset

TRAIN, LABELS = 8, [0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1]


@pytest.fixture
def store(tmp_path):
    random = np.random.default_rng(0)
    waves = random.integers(-99, 99, (len(LABELS), 64)).astype(np.int16)
    entries = [manifest.Entry(path="bad.wav", reason="silent")] + [
        manifest.Entry(path=f"{row}.wav", status="kept", row=row)
        for row in reversed(range(len(LABELS)))
    ]
    return write_store(
        tmp_path / "store",
        waveforms=[waves],
        labels=np.array(LABELS),
        train=TRAIN,
        test=1,
        classes=("kick", "snare"),
        length=64,
        manifest=manifest.lines(entries),
    )


def test_rows_are_drawn_of_each_class_and_nested(store):
    few, more = draw_rows(store, 2, seed=3), draw_rows(store, 3, seed=3)
    assert np.bincount(store.labels[few]).tolist() == [2, 2]
    assert set(few) <= set(more) < set(range(TRAIN))
    assert (np.diff(more) > 0).all()
    drawn = {tuple(draw_rows(store, 1, seed)) for seed in range(9)}
    assert len(drawn) > 1


@pytest.mark.parametrize("count", [0, 4])
def test_too_many_or_none_are_refused(store, count):
    with pytest.raises(StoreError, match=f"{count} training sounds"):
        draw_rows(store, count)


def test_the_sounds_are_those_of_the_old_store(tmp_path, store):
    small = write_subset(tmp_path / "small", store, np.array([1, 4]))
    order = [1, 4, *range(TRAIN, len(LABELS))]
    assert (small.train, small.validation, small.test) == (2, 2, 1)
    assert small.classes == store.classes
    np.testing.assert_array_equal(small.waveforms, store.waveforms[order])
    np.testing.assert_array_equal(small.labels, store.labels[order])
    assert small.info["subset_of"] == store.fingerprint
    assert small.fingerprint != store.fingerprint


def test_its_manifest_names_what_is_in_it(tmp_path, store):
    small = write_subset(tmp_path / "small", store, np.array([1, 4]))
    names = {
        int(entry.row): entry.path
        for entry in manifest.read(small.path / MANIFEST)
    }
    assert names == {
        0: "1.wav",
        1: "4.wav",
        2: "8.wav",
        3: "9.wav",
        4: "10.wav",
    }


def test_it_never_replaces_anything(tmp_path, store):
    write_subset(tmp_path / "small", store, np.array([1, 4]))
    with pytest.raises(StoreError):
        write_subset(tmp_path / "small", store, np.array([0, 1]))
    assert open_store(tmp_path / "small", verify=True).train == 2
