"""What a kit says of its licence."""

import pytest

from experiments.kit import licence
from tests.experiments.kit.test_counts import INFO
from wavegan_cond.synthesis.model_info import ModelError


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "around" / "model"
    folder.mkdir(parents=True)
    return folder


def test_without_one_it_says_so(model):
    (model.parent / "LICENSE").write_text("of something else")
    texts = licence.find_texts(model)
    assert texts == {}
    assert "No licence and no model card" in licence.text(INFO, texts)
    assert "unknown" in licence.summary(texts)


@pytest.mark.parametrize("place", ["model/MODEL_CARD.md", "MODEL_CARD.md"])
def test_the_words_of_the_maker_are_copied(model, place):
    (model.parent / place).write_text("# Drums\n\nCC0 1.0, for any use\n")
    texts = licence.find_texts(model)
    text = licence.text(INFO, texts)
    assert "grants for them what MODEL_CARD.md" in text
    assert "CC0 1.0, for any use" in text
    assert INFO.fingerprint in text
    assert "MODEL_CARD.md" in licence.summary(texts)


def test_the_card_of_the_model_itself_comes_first(model):
    (model / "MODEL_CARD.md").write_text("mine")
    (model / "LICENSE").write_text("MIT")
    (model.parent / "MODEL_CARD.md").write_text("of all of them")
    assert licence.find_texts(model) == {
        "MODEL_CARD.md": "mine",
        "LICENSE": "MIT",
    }


def test_one_that_cannot_be_read_is_not_passed_over(model):
    (model / "LICENSE").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match="LICENSE cannot be read"):
        licence.find_texts(model)
