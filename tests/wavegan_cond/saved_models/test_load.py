"""A SavedModel that has changed, or lies, is refused as it is opened."""

import shutil

import numpy as np
import pytest

from tests.fixtures import hostile_models
from tests.fixtures.runs import LENGTH
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis.model_info import ModelError


@pytest.fixture
def model(exported, tmp_path):
    shutil.copytree(exported / "model", tmp_path / "model")
    return tmp_path / "model"


def test_no_changed_bit_loads(model):
    random = np.random.default_rng(0)
    files = [path for path in model.rglob("*") if path.is_file()]
    assert len(files) == 6
    for path in files:
        whole = path.read_bytes()
        for place in random.integers(0, 8 * len(whole), 40):
            changed = bytearray(whole)
            changed[place // 8] ^= 1 << place % 8
            path.write_bytes(bytes(changed))
            with pytest.raises(ModelError, match="damaged") as error:
                load_model(model)
            assert path.name in str(error.value)
        path.write_bytes(whole)
    assert load_model(model).info.length == LENGTH


def test_a_model_without_manifest_needs_trust(model):
    (model / "manifest.json").unlink()
    with pytest.raises(ModelError, match="--trust_model"):
        load_model(model)
    assert load_model(model, trust=True).info.length == LENGTH


def test_trust_is_no_leave_to_be_damaged(model):
    (model / "fingerprint.pb").write_bytes(b"")
    with pytest.raises(ModelError, match=r"fingerprint.pb has changed"):
        load_model(model, trust=True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, ""),
        ({"latent_dim": 10**12}, "latent_dim"),
        ({"latent_dim": 6}, "directions"),
        ({"directions": []}, "directions"),
        ({"latent_dim": 6, "directions": [[1.0] + [0.0] * 5]}, "other sounds"),
        ({"length": 128}, "other sounds"),
        ({"sample_rate": -1}, "sample_rate"),
        ({"sample_rate": 44100.0}, "sample_rate"),
        ({"iteration": None}, "iteration"),
        ({"classes": ["kick", "kick"]}, "classes"),
        ({"classes": ["\x1b[2J"]}, "classes"),
        ({"classes": [["kick"]]}, "classes"),
        ({"classes": None}, "damaged"),
        ({"prior": "laplace"}, "prior"),
        ({"fingerprint": "../x"}, "fingerprint"),
        ({"fingerprint": None}, "damaged"),
        ({"conditional": 1}, "prior"),
    ],
)
def test_a_model_that_says_what_no_model_can(tmp_path, fields, said):
    information = {**hostile_models.INFO, **fields}
    hostile_models.write(tmp_path / "model", said=information)
    if not fields:
        load_model(tmp_path / "model")  # the model itself is good
        return
    with pytest.raises(ModelError, match=said) as error:
        load_model(tmp_path / "model")
    assert "\x1b" not in str(error.value)


def test_a_folder_may_be_called_like_a_pattern(model, tmp_path):
    place = tmp_path / "take[1]"
    shutil.copytree(model, place)
    assert load_model(place).info == load_model(model).info
