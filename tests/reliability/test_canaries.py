"""The canaries of the hostile files die where nothing protects them."""

import pickle

import keras
import numpy as np
import pytest

from tests.fixtures import hostile_models
from tests.reliability import hostile_files


@pytest.fixture
def canary(tmp_path):
    (tmp_path / "canary").write_text(hostile_files.SONG)
    return tmp_path / "canary"


def test_the_pickle_bites(canary):
    pickle.loads(hostile_files.pickled(canary))
    assert canary.read_text().strip() == hostile_models.TOUCHED


def test_the_array_bites(canary, tmp_path):
    path = tmp_path / "z.npy"
    path.write_bytes(hostile_files.pickled_array(canary))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(path, allow_pickle=False)
    assert canary.read_text() == hostile_files.SONG
    np.load(path, allow_pickle=True)
    assert canary.read_text().strip() == hostile_models.TOUCHED


def test_the_lambda_bites(canary, tmp_path):
    [flag] = hostile_files.lambda_layer(tmp_path, tmp_path, canary)
    assert canary.read_text() == hostile_files.SONG
    path = flag.removeprefix("--model=")
    model = keras.saving.load_model(path, safe_mode=False)
    model(np.zeros((1, 1)))
    assert canary.read_text() == hostile_models.TOUCHED
