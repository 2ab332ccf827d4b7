"""The score of a checkpoint is lower for what is nearer and more varied.

That its distance orders sounds as it should is tried in test_gates.
"""

import numpy as np
import pytest

from tests.fixtures.drums import kit
from wavegan_cond.config import ModelConfig
from wavegan_cond.evaluation import score as scoring
from wavegan_cond.evaluation.draws import draws
from wavegan_cond.evaluation.neighbours import manifold
from wavegan_cond.evaluation.score import VARIETY, Score
from wavegan_cond.synthesis import latents

MODEL = ModelConfig(latent_dim=3)
SOUNDS = 60  # a class, in the place of scoring.SOUNDS


def drums(seed):
    """[3 classes, SOUNDS, LENGTH] of the demo kit."""
    return kit(SOUNDS, seed)[0].reshape(3, SOUNDS, -1)


@pytest.fixture(scope="module")
def score():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scoring, "SOUNDS", SOUNDS)
        yield Score(np.concatenate(drums(0)), drums(1), MODEL)


def test_classes_are_told_apart_and_asked_for_from_the_same_z(score):
    real, asked = drums(2), []

    def right(z, label):
        asked.append((z.copy(), set(label)))
        return real[label[0]]

    def wrong(z, label):
        return real[(label[0] + 1) % 3]

    found, found_wrong = score(right), score(wrong)
    assert abs(found.kad) < 1 < found_wrong.kad
    assert found.score < found_wrong.score
    assert [labels for _, labels in asked] == [{0}, {1}, {2}]
    assert asked[0][0].shape == (SOUNDS, 3)
    # No sound that is measured later is one that a checkpoint was chosen by.
    measured = latents.draw(MODEL, 0, 3 * SOUNDS)
    assert not (asked[0][0][:, None] == measured[None]).all(axis=2).any()
    for z, _ in asked:
        np.testing.assert_array_equal(z, asked[0][0])


def test_of_two_that_are_as_near_the_more_varied_is_better(score):
    real = drums(2)

    def few(z, label):
        return np.resize(real[label[0]][: SOUNDS // 20], real[0].shape)

    varied, alike = score(lambda z, label: real[label[0]]), score(few)
    assert varied.recall > 0.7 > 0.4 > alike.recall
    assert varied.score == varied.kad + VARIETY * (1 - varied.recall)
    assert alike.score - varied.score > 0.5 * VARIETY


def test_recall_is_of_as_many_sounds_as_are_held_out(monkeypatch):
    """More generated ones reach more of the real ones, however alike."""
    random = np.random.default_rng(0)
    real, made = random.normal(size=(40, 3)), random.normal(size=(300, 3))
    monkeypatch.setattr(scoring, "hear", lambda waves: None)
    monkeypatch.setattr(
        scoring.Embedding, "of", classmethod(lambda *_: lambda waves: waves)
    )
    score = scoring.Score(None, [real, real], MODEL)
    found = score(lambda z, label: made)
    each = [manifold(real, made[rows]).recall for rows in draws(300, 40)]
    assert found.recall == pytest.approx(np.mean(each))
    assert found.recall < manifold(real, made).recall
