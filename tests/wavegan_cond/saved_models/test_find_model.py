"""The description of a model before TensorFlow is loaded."""

import dataclasses

import pytest

from wavegan_cond.saved_models import find_model
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis.model_info import ModelError


@pytest.mark.parametrize("name", ["run", "model"])
def test_it_is_what_the_loaded_model_says(exported, name):
    peeked = find_model.peek(exported / name)
    loaded = load_model(exported / name)
    for field in ("classes", "latent_dim", "prior", "length", "conditional"):
        assert getattr(peeked, field) == getattr(loaded.info, field)


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for path, message in (
        (tmp_path, "neither"),
        (tmp_path / "absent", "neither"),
        (tmp_path / "file", "is a file"),
    ):
        with pytest.raises(ModelError, match=message):
            find_model.peek(path)


def test_what_cannot_be_read_is_left_to_the_loader(tmp_path):
    (tmp_path / "config.json").write_text("{")
    assert find_model.peek(tmp_path) is None


@pytest.mark.parametrize("text", ["[]", "null", "1", "{}", "[" * 100_000])
def test_a_damaged_description_is_left_to_the_loader(tmp_path, text):
    (tmp_path / "saved_model.pb").touch()
    (tmp_path / "info.json").write_text(text)
    assert find_model.peek(tmp_path) is None


def test_capitals_of_a_class_do_not_matter(exported):
    info = find_model.peek(exported / "model")
    assert info.label("SNARE") == info.label("snare") == 1
    with pytest.raises(ModelError, match="it makes kick, snare, cymbal"):
        info.label("gong")


def test_a_kind_is_a_class_or_all_that_a_model_without_labels_makes(exported):
    info = find_model.peek(exported / "model")
    assert info.kind("SNARE") == info.class_of("snare") == "snare"
    info = dataclasses.replace(info, conditional=False)
    assert info.kind("sound") == "sound" and info.class_of("sound") == "kick"
    with pytest.raises(ModelError, match="without labels and makes no 'kick'"):
        info.kind("kick")
