"""What stands beside a model about its licence."""

import pytest

from experiments.common import licences
from wavegan_cond.synthesis.model_info import ModelError


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "around" / "model"
    folder.mkdir(parents=True)
    return folder


def test_a_licence_around_the_folder_may_be_of_something_else(model):
    (model.parent / "LICENSE").write_text("of something else")
    assert licences.find(model) == {}


@pytest.mark.parametrize("place", ["model/MODEL_CARD.md", "MODEL_CARD.md"])
def test_a_card_is_in_the_folder_or_around_it(model, place):
    (model.parent / place).write_text("# Drums\n")
    assert licences.find(model) == {"MODEL_CARD.md": "# Drums\n"}


def test_the_card_of_the_model_itself_comes_first(model):
    (model / "MODEL_CARD.md").write_text("mine")
    (model / "LICENSE").write_text("MIT")
    (model.parent / "MODEL_CARD.md").write_text("of all of them")
    texts = {"MODEL_CARD.md": "mine", "LICENSE": "MIT"}
    assert licences.find(model) == texts


def test_one_that_cannot_be_read_is_not_passed_over(model):
    (model / "LICENSE").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match="LICENSE cannot be read"):
        licences.find(model)
