"""What an iteration draws: nothing but a function of the step."""

import keras
import numpy as np
import pytest

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.draws import (
    LABEL,
    LATENT,
    MIX,
    NOISE,
    SHIFT,
    Draws,
)
from wavegan_cond.model.networks import make_networks

MODEL = ModelConfig(length=1024, width=1, latent_dim=3, phase_shuffle=2)
UPDATES = 5


@pytest.fixture(scope="module")
def pair():
    return make_networks(MODEL)


@pytest.fixture
def make(pair):
    """Returns a function that makes the draws of an iteration."""

    def make_draws(iteration=0, prior="normal", first=0, **settings):
        config = TrainConfig(critic_updates=UPDATES, **settings)
        done = keras.Variable(iteration, dtype="int32", trainable=False)
        return Draws(config, prior, *pair, first, done)

    return make_draws


def test_draws_are_functions_of_seed_iteration_and_draw(make):
    def latents(draw=0, **where):
        return make(**where).latent(4, draw).numpy()

    np.testing.assert_array_equal(latents(), latents())
    others = [latents(seed=1), latents(iteration=1), latents(draw=1)]
    # The last draw of an iteration is not the first of the next.
    others += [latents(draw=UPDATES), latents(iteration=2)]
    stack = np.stack([latents(), *others])
    assert len(np.unique(stack.round(6), axis=0)) == len(stack)


def test_a_stage_goes_on_where_the_one_before_it_ended(make):
    early, late = make(iteration=12), make(iteration=2, first=10)
    np.testing.assert_array_equal(early.seed(3, MIX), late.seed(3, MIX))


def test_mixing_is_uniform_and_latents_follow_the_prior(make):
    mix = make().mix(4000, 0).numpy()
    assert 0 <= mix.min() and mix.max() < 1
    assert mix.mean() == pytest.approx(0.5, abs=0.02)
    assert mix.var() == pytest.approx(1 / 12, abs=0.005)
    z = make().latent(4000, 0).numpy()
    assert z.std() == pytest.approx(1.0, abs=0.03)
    z = make(prior="uniform").latent(4000, 0).numpy()
    assert -1 <= z.min() < -0.99 and 0.99 < z.max() < 1


def test_labels_are_uniform_over_the_classes(make):
    counts = np.bincount(make().label(3000, UPDATES))
    np.testing.assert_allclose(counts, [1000] * 3, rtol=0.1)


@pytest.mark.parametrize("draws", ["shared", "separate"])
def test_the_three_passages_share_their_shifts_or_do_not(make, pair, draws):
    shifts = np.empty((3, 200, pair[1].num_shifts), int)
    for iteration in range(200):
        drawn = make(iteration, phase_shift_draws=draws)
        shifts[:, iteration] = drawn.shifts(2, 0, passages=3)
    assert set(shifts.ravel()) == {-2, -1, 0, 1, 2}
    assert np.all(shifts[0] == shifts[1]) == (draws == "shared")
    assert np.all(shifts[1] == shifts[2]) == (draws == "shared")
    assert np.any(shifts[..., 0] != shifts[..., 1])  # a shift a layer


def test_a_shift_of_each_example_is_that_shift_of_it_alone(make, pair):
    critic = pair[1]
    (shifts,) = make(phase_shift_draws="example").shifts(200, 0)
    assert shifts.shape == (200, critic.num_shifts)
    assert set(shifts.numpy().ravel()) == {-2, -1, 0, 1, 2}
    waves = np.random.default_rng(0).normal(size=(5, 1024, 1))
    waves, labels = waves.astype(np.float32), np.zeros(5, int)
    together = critic(waves, labels, shifts[:5])
    for row in range(5):
        alone = critic(waves[row : row + 1], labels[:1], shifts[row])
        np.testing.assert_allclose(together[row], alone[0], atol=1e-5)


def test_no_two_draws_have_one_seed(make):
    shifts = [SHIFT + passage for passage in range(3)]
    purposes = (LATENT, MIX, LABEL, *shifts, NOISE)
    seeds = {
        tuple(make(iteration).seed(draw, purpose).numpy())
        for iteration in range(3)
        for draw in range(UPDATES + 1)
        for purpose in purposes
    }
    assert len(seeds) == 3 * (UPDATES + 1) * 7
