"""What a report says of itself, and how long classifiers are trained."""

import types

import numpy as np

from tests.fixtures import drums
from tests.fixtures.runs import make_generator_of, model_config
from wavegan_cond.evaluation import distances, measure_model
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.synth import from_generator


def test_a_classifier_sees_as_many_sounds_of_any_store():
    epochs = measure_model.epochs_for
    assert epochs(4711, 18_000) == 4
    assert epochs(100, 18_000) == measure_model.EPOCHS
    assert epochs(9000, 18_000) == measure_model.FEWEST
    assert epochs(9000, None) == measure_model.EPOCHS


def test_a_report_says_among_how_many_sounds_copies_are_looked_for(monkeypatch):
    monkeypatch.setattr(measure_model, "MAX_TRAINING", 4)
    labels = np.array([0] * 6 + [1] * 3 + [0, 1])  # two of them held out
    store = types.SimpleNamespace(
        labels=labels, train=9, fingerprint="", classes=("a", "b")
    )
    info = ModelInfo(44100, 64, ("a", "b"), 3, "normal", 1, "")
    report = measure_model.describe(info, store, "test", 1, 0, 1.0)
    assert report["training"] == {"sounds": 9, "compared": 7}


def test_real_sounds_that_were_set_aside_are_measured_as_such():
    asked = {}
    reference = types.SimpleNamespace(
        measure=lambda waves, labels, aside: asked.update({waves: aside})
    )
    sets = {name: (name, "") for name in ("generated", "perfect", "noise")}
    parts = measure_model.parts_to_measure(None, reference, sets)
    for name in sets:
        parts[name]()
    assert asked == {"generated": False, "perfect": True, "noise": False}


def test_a_truncation_is_of_the_z_of_every_class():
    config = model_config()
    generator = make_generator_of(config)
    model = from_generator(generator, describe(config, generator, 1, False))
    waves, labels = measure_model.generate_all(model, 2, 5, 0.5)
    np.testing.assert_array_equal(labels, [0, 0, 1, 1, 2, 2])
    z = np.tile(latents.draw(config, 5, 2) / 2, (3, 1))
    np.testing.assert_array_equal(waves, model.generate(z, labels))
    whole, _ = measure_model.generate_all(model, 2, 5)
    assert np.abs(waves - whole).max() > 1e-3


def test_real_sounds_are_of_their_side_and_resampled_by_their_kits(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(measure_model, "EPOCHS", 1)
    kits = [f"kit {row % 7}" for row in range(3 * (24 + 2 + 8))]
    store = drums.make_store(tmp_path / "data", 24, 2, 8, groups=kits)
    reference = measure_model.make_reference(store, "test")
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
