"""Which real sounds stand beside those of a model."""

import numpy as np
import pytest

from experiments.common import real_sounds
from tests.fixtures import stores
from tests.fixtures.runs import CLASSES, LENGTH

EACH = {name: (name,) for name in CLASSES}


@pytest.fixture
def store(tmp_path):
    return stores.write_constants(tmp_path / "store", LENGTH)


def test_real_sounds_are_of_the_class_and_unseen(store):
    real = real_sounds.choose(store, EACH, num=2, seed=0)
    rows = {name: np.rint(waves[:, 0] * 32767) for name, waves in real.items()}
    assert (rows["kick"] >= 12).all() and (rows["kick"] % 2 == 0).all()
    assert (rows["snare"] >= 12).all() and (rows["snare"] % 2 == 1).all()
    # There is no cymbal to validate with.
    assert (rows["cymbal"] < 12).all() and (rows["cymbal"] % 3 == 2).all()
    assert [len(row) for row in rows.values()] == [2, 2, 2]


def test_they_are_training_sounds_where_there_are_no_others(store):
    assert real_sounds.sides(store, EACH) == {
        "kick": "validation",
        "snare": "validation",
        "cymbal": "train",
    }


def test_a_class_of_the_test_side_alone_is_shown(tmp_path):
    rows = np.repeat(np.arange(6, dtype=np.int16)[:, None], LENGTH, axis=1)
    labels = np.array([0, 1, 0, 1, 2, 0])
    store = stores.write(tmp_path / "store", rows, labels, 2, test=2)
    real = real_sounds.choose(store, EACH, num=9, seed=0)
    rows = {name: np.rint(waves[:, 0] * 32767) for name, waves in real.items()}
    assert {name: list(row) for name, row in rows.items()} == {
        "kick": [2],
        "snare": [3],
        "cymbal": [4],
    }


def test_a_class_shows_what_it_has(store):
    real = real_sounds.choose(store, {"snare": ("snare",)}, num=50, seed=0)
    assert list(real) == ["snare"] and len(real["snare"]) == 3
