"""What a report says of itself, and what is measured of which sounds."""

import types

import numpy as np

from tests.fixtures.runs import make_generator_of, model_config
from wavegan_cond.evaluation import measure_model
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.synth import from_generator


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
