"""What a report says of itself, and what is measured of which sounds."""

import types

import numpy as np

from wavegan_cond.evaluation import measure_model
from wavegan_cond.synthesis.model_info import ModelInfo


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
