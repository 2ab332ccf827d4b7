import math
import types

import numpy as np
import pytest

from wavegan_cond.evaluation import classifier as classifying
from wavegan_cond.evaluation.classifier import (
    ClassifierError,
    accuracy_report,
    augment,
    class_weights,
    train_classifier,
    wilson_interval,
)
from wavegan_cond.evaluation.embedding import hear

LENGTH = 2048


def tones(hz, count, seed=0):
    """Decaying tones of random phase and level, float32 [count, 2048]."""
    rng = np.random.default_rng(seed)
    t = np.arange(LENGTH) / 44100
    turns = rng.uniform(0.9, 1.1, (count, 1)) * hz * t + rng.random((count, 1))
    waves = np.sin(2 * np.pi * turns) * np.exp(-t / 0.01)
    return (waves * rng.uniform(0.01, 1, (count, 1))).astype(np.float32)


def two_classes(count, seed=0):
    waves = np.concatenate([tones(200, count, seed), tones(5000, count, seed)])
    return waves, np.repeat([0, 1], count)


def train(count, *settings):
    waves, labels = two_classes(count)
    return train_classifier(hear(waves), labels, ("low", "high"), *settings)


@pytest.fixture(scope="module")
def trained():
    losses = []
    return train(24, 3, 8, lambda *args: losses.append(args)), losses


def test_it_learns_low_from_high_at_any_level(trained):
    model, losses = trained
    waves, labels = two_classes(20, seed=1)
    shares = model.predict(hear(waves))
    assert shares.shape == (40, 2) and shares.dtype == np.float32
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert (shares.argmax(axis=1) == labels).mean() > 0.9
    assert [epoch for epoch, _ in losses] == list(range(1, 9))
    assert losses[-1][1] < losses[0][1] / 2


def test_gain_means_nothing(trained):
    model, _ = trained
    waves, _ = two_classes(4, seed=2)
    waves /= np.abs(waves).max(axis=1, keepdims=True)
    shares = model.predict(hear(waves))
    quiet = model.predict(hear(0.1 * waves))
    np.testing.assert_allclose(quiet, shares, atol=1e-3)


def test_the_same_seed_gives_the_same_classifier(trained):
    model, _ = trained
    heard = hear(two_classes(8, seed=1)[0])
    again, other = train(24, 3, 8), train(4, 4, 1)
    np.testing.assert_array_equal(model.predict(heard), again.predict(heard))
    assert (model.predict(heard) != other.predict(heard)).any()


def test_no_sound_gives_no_probabilities(trained):
    empty = trained[0].predict(hear(np.zeros((0, LENGTH), np.float32)))
    assert empty.shape == (0, 2)


def test_augmentation_keeps_range_and_depends_on_its_generator_alone():
    heard = np.float32(hear(np.tile(tones(1000, 1), (8, 1))).relative)
    before = heard.copy()
    one = augment(heard, np.random.default_rng(1))
    two = augment(heard, np.random.default_rng(1))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(heard, before)
    assert one.shape == heard.shape and one.min() >= 0 and one.max() <= 1
    assert all((one[0] != other).any() for other in one[1:])


def test_classes_weigh_the_same_however_many_sounds_they_have():
    labels = np.array([0, 0, 0, 1])
    weights = class_weights(labels, ("a", "b"))
    np.testing.assert_allclose(np.bincount(labels) * weights, [2, 2])


def test_a_class_without_sounds_is_refused():
    with pytest.raises(ClassifierError, match="'high' has no sound"):
        train_classifier(hear(tones(500, 4)), [0] * 4, ("low", "high"))


def test_wilson_interval_holds_the_shares_whose_test_does_not_reject():
    # Its ends are the shares p with |hits / n - p| = z sqrt(p (1 - p) / n).
    for hits, trials in ((0, 10), (3, 10), (93, 100), (300, 300)):
        ends = wilson_interval(hits, trials)
        for end in ends:
            reach = 1.959964 * math.sqrt(end * (1 - end) / trials)
            assert abs(hits / trials - end) == pytest.approx(reach, abs=1e-7)
        assert 0 <= ends[0] <= hits / trials <= ends[1] <= 1
    # Newcombe (1998), table I.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_confusion_matrix_has_a_row_per_label():
    labels, predicted = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1])
    table = np.array(accuracy_report(labels, predicted, 3)["confusion"])
    assert table.tolist() == [[1, 1, 0], [0, 1, 0], [0, 1, 0]]


def test_every_batch_is_altered_and_weighed(monkeypatch):
    seen, told = [], []

    class Network:
        """Its loss is the number of its batches since the last reset."""

        batches = 0

        def train_on_batch(self, batch, labels, sample_weight):
            self.batches += 1
            seen.append((batch.copy(), labels, sample_weight))
            return self.batches

        def reset_metrics(self):
            self.batches = 0

    monkeypatch.setattr(classifying, "build_network", lambda *_: Network())
    random = np.random.default_rng(0)
    relative = np.float16(random.random((20, 40, 96)))
    heard = types.SimpleNamespace(relative=relative)
    labels = np.repeat([0, 1], [15, 5])
    classifying.train_classifier(
        heard, labels, ("a", "b"), epochs=2, report=lambda *of: told.append(of)
    )
    assert told == [(1, 1.0), (2, 1.0)]
    batches, given, weights = (
        np.concatenate(part) for part in zip(*seen, strict=True)
    )
    assert np.bincount(given).tolist() == [30, 10]
    np.testing.assert_allclose(weights, np.where(given == 1, 2, 2 / 3))
    plain = {row.tobytes() for row in np.float32(relative)}
    assert not plain & {row.tobytes() for row in batches}
    assert len({row.tobytes() for row in batches}) == 40


def test_augmentation_moves_a_sound_little_and_keeps_it_full_scale():
    heard = np.zeros((400, 120, 96), np.float32)
    heard[:, 40] = 1
    altered = augment(heard, np.random.default_rng(0))
    loudest = altered.max(axis=(1, 2))
    assert (loudest == 1).mean() > 0.8  # the others are masked
    moved = altered.max(axis=2).argmax(axis=1)[loudest > 0.9] - 40
    assert (moved.min(), moved.max()) == (-3, 10)


def test_accuracy_is_a_share_of_all_and_of_each_label():
    labels, predicted = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1])
    found = accuracy_report(labels, predicted, 3)
    assert (found["hits"], found["trials"]) == (2, 4)
    assert found["accuracy"] == 0.5
    assert found["interval"] == list(wilson_interval(2, 4))
    assert found["per_class"] == [0.5, 1, 0]
    assert accuracy_report(labels, predicted, 4)["per_class"][3] is None
