"""Inversion finds again what the model made itself."""

import dataclasses
from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.fixtures.runs import make_export
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.synthesis import inversion, latents
from wavegan_cond.synthesis.inversion import (
    LARGEST,
    AdamState,
    InversionError,
    adam,
    distances,
    fit,
    search,
)
from wavegan_cond.synthesis.model_info import ModelInfo
from wavegan_cond.synthesis.spectral_distance import spectra


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A SavedModel, through whose signature the gradients go."""
    return load_model(make_export(tmp_path_factory.mktemp("inversion")))


def test_a_sound_of_the_model_is_found_again(model):
    z = latents.draw(model.info, 1000, 1)
    target = model.generate(z, [2])[0]
    steps = list(search(model, target, steps=50, starts=3))
    found = steps[-1]
    assert found.label == 2
    assert found.distance < 0.1 and found.distance < 0.05 * steps[0].distance
    again = model.generate(found.z[None], [found.label])
    wanted = spectra(target[None], model.info.sample_rate)
    far = distances(again, wanted, model.info.sample_rate)
    assert float(far[0, 0]) == pytest.approx(found.distance, abs=1e-3)


def test_it_never_gets_worse_and_says_how_far_it_is(model):
    target = model.generate(latents.draw(model.info, 5, 1), [0])[0]
    steps = list(search(model, target, steps=10, starts=2, candidates=16))
    away = [step.distance for step in steps]
    assert away == sorted(away, reverse=True)
    assert [step.progress for step in steps[1:]] == pytest.approx(
        np.arange(11) / 10
    )
    assert (np.abs(steps[-1].z) <= LARGEST["normal"]).all()


def test_a_search_is_repeatable(model):
    target = np.random.default_rng(0).standard_normal(500)
    options = {"steps": 3, "starts": 2, "candidates": 16, "seed": 4}
    one, other = (list(search(model, target, **options))[-1] for _ in range(2))
    assert one.distance == other.distance
    assert one.z.tolist() == other.z.tolist()


def test_two_searches_at_a_time_do_not_meet(model):
    targets = np.random.default_rng(0).standard_normal((2, 500))
    options = {"steps": 4, "starts": 2, "candidates": 16}
    apart = [list(search(model, target, **options)) for target in targets]
    together = zip(
        *(search(model, target, **options) for target in targets), strict=True
    )
    for ours, theirs in zip(zip(*apart, strict=True), together, strict=True):
        assert [one.z.tolist() for one in ours] == [
            one.z.tolist() for one in theirs
        ]


def test_adam_is_that_of_keras():
    slopes = np.random.default_rng(3).standard_normal((20, 2, 3))
    variable = keras.Variable(np.ones((2, 3), np.float32))
    reference = keras.optimizers.Adam(0.2, beta_1=0.9, beta_2=0.99)
    state = AdamState.at(np.ones((2, 3)))
    for slope in np.float32(slopes):
        reference.apply([slope], [variable])
        state = adam(state, slope, 0.2)
        np.testing.assert_allclose(state.z, variable.numpy(), atol=1e-5)


def test_a_target_is_cut_or_padded():
    assert fit([0, 1, 2], 5).tolist() == [0, 1, 2, 0, 0]
    assert fit([0, 1, 2], 2).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (np.zeros(9), "silent"),
        ([], "silent"),
        ([np.nan, 1], "not finite"),
        ([[1.0]], "not finite"),
    ],
)
def test_what_cannot_be_looked_for(target, said):
    with pytest.raises(InversionError, match=said):
        fit(target, 9)


@dataclasses.dataclass(frozen=True, eq=False)
class Untried:
    info: ModelInfo
    generate: Callable


def untried(asked, **settings):
    """A model of which nothing is tried: its sounds are noise."""
    random = np.random.default_rng(0)

    def generate(z, label):
        asked.append(label)
        return random.standard_normal((len(z), 64)).astype(np.float32)

    info = ModelInfo(44100, 64, ("a", "b"), 3, "uniform", 1, "", **settings)
    return Untried(info, generate)


@pytest.fixture
def uphill(monkeypatch):
    """The larger z, the nearer."""

    def slopes(model, z, weights, wanted):
        return -tf.reduce_sum(z, axis=1), -tf.ones_like(z)

    monkeypatch.setattr(inversion, "slopes", slopes)


def test_a_search_stays_where_the_generator_has_learned(uphill):
    target = np.random.default_rng(1).standard_normal(64)
    options = {"steps": 40, "starts": 2, "candidates": 4}
    *_, last = inversion.search(untried([]), target, **options)
    np.testing.assert_array_equal(last.z, np.ones(3))


@pytest.mark.parametrize("conditional", [True, False])
def test_a_model_without_labels_has_one_kind(uphill, conditional):
    target, asked = np.random.default_rng(1).standard_normal(64), []
    model = untried(asked, conditional=conditional)
    options = {"steps": 1, "starts": 6, "candidates": 6}
    found = list(inversion.search(model, target, **options))
    assert set(asked[0]) == ({0, 1} if conditional else {0})
    assert conditional or {step.label for step in found} == {0}
