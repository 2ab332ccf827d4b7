"""Real sounds of a store, and how long classifiers are trained."""

import numpy as np

from tests.fixtures import drums
from wavegan_cond.evaluation import distances, references


def test_a_classifier_sees_as_many_sounds_of_any_store():
    epochs = references.epochs_for
    assert epochs(4711, 18_000) == 4
    assert epochs(100, 18_000) == references.EPOCHS
    assert epochs(9000, 18_000) == references.FEWEST
    assert epochs(9000, None) == references.EPOCHS


def test_real_sounds_are_of_their_side_and_resampled_by_their_kits(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(references, "EPOCHS", 1)
    kits = [f"kit {row % 7}" for row in range(3 * (24 + 2 + 8))]
    store = drums.make_store(tmp_path / "data", 24, 2, 8, groups=kits)
    reference = references.make_reference(store, "test")
    waves, labels = store.split("test")
    np.testing.assert_array_equal(reference.held_out[0], waves)
    np.testing.assert_array_equal(reference.held_out[1], labels)
    groups = np.array(kits[store.train + store.validation :])
    train, _ = store.split("train")
    aside, aside_labels = reference.perfect
    row_of = {wave.tobytes(): row for row, wave in enumerate(train)}
    aside_groups = np.array([kits[row_of[wave.tobytes()]] for wave in aside])
    made, made_labels = drums.kit(6, 4)
    for sounds, asked, of_sounds in (
        ((made, made_labels), False, np.full(18, "")),
        ((aside, aside_labels), True, aside_groups),
    ):
        found = reference.measure(*sounds, aside=asked)["classes"]
        for label, name in enumerate(store.classes):
            here = sounds[1] == label
            interval = distances.kad_interval(
                reference.held_out_points(label),
                reference.points(sounds[0][here]),
                groups[labels == label],
                of_sounds[here],
            )
            np.testing.assert_allclose(found[name]["kad_interval"], interval)
