"""What a kit says of its licence."""

from experiments.kit import licence
from tests.experiments.kit.test_counts import INFO


def test_without_one_it_says_so():
    texts = {}
    assert "No licence and no model card" in licence.text(INFO, texts)
    assert "unknown" in licence.summary(texts)


def test_the_words_of_the_maker_are_copied():
    texts = {"MODEL_CARD.md": "# Drums\n\nCC0 1.0, for any use\n"}
    text = licence.text(INFO, texts)
    assert "grants for them what MODEL_CARD.md" in text
    assert "CC0 1.0, for any use" in text
    assert INFO.fingerprint in text
    assert "MODEL_CARD.md" in licence.summary(texts)
