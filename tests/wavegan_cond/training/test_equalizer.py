"""The equalizer of a run: what it is fitted to."""

import dataclasses

import numpy as np

from tests.fixtures import tiny
from wavegan_cond.training import loop
from wavegan_cond.training.equalizer import fit_equalizer, make_spectra
from wavegan_cond.training.previews import preview_function
from wavegan_cond.training.strategy import make_strategy


def test_without_labels_no_sounds_are_made_twice_to_fit_the_equalizer(store):
    model = dataclasses.replace(tiny.MODEL, conditioning="none", match_eq=True)
    gan = loop.build(model, tiny.train_config(), make_strategy())
    generate, asked = preview_function(gan, model), []

    def asking(z, label):
        asked.append(set(label))
        return generate(z, label)

    fit_equalizer(gan, model, asking, make_spectra(store, model, model.length))
    assert asked == [{0}]
    taps = gan.match_eq.taps.numpy()
    assert len(taps) == len(model.classes) and np.ptp(taps, axis=0).max() == 0
    assert np.ptp(taps[0, 1:]) > 0
