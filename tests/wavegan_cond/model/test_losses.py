"""The objectives against their closed forms."""

import numpy as np
import pytest

from wavegan_cond.model import losses

REAL, FAKE = np.array([[1.0], [3.0]]), np.array([[-2.0], [0.5]])


@pytest.mark.parametrize("loss", ["wgan-gp", "wgan"])
def test_the_critic_lifts_reals_and_the_generator_lifts_fakes(loss):
    critic = float(losses.critic_loss(REAL, FAKE, loss))
    assert critic == pytest.approx(-0.75 - 2.0)
    assert float(losses.generator_loss(FAKE, loss)) == pytest.approx(0.75)


def test_logistic_losses_are_cross_entropies():
    def cross_entropy(score, target):
        p = 1 / (1 + np.exp(-score))
        return np.mean(-target * np.log(p) - (1 - target) * np.log(1 - p))

    assert float(losses.critic_loss(REAL, FAKE, "logistic")) == pytest.approx(
        cross_entropy(REAL, 1) + cross_entropy(FAKE, 0)
    )
    assert float(losses.generator_loss(FAKE, "logistic")) == pytest.approx(
        cross_entropy(FAKE, 1)
    )


def test_the_penalty_measures_the_norm_over_time_and_channels():
    gradient = np.zeros((3, 4, 2))
    gradient[0, :, :] = np.sqrt(1 / 8)  # norm 1: no penalty
    gradient[1, 2, 1] = 3.0  # norm 3: (3 - 1)^2
    # The third is 0: (0 - 1)^2, and not NaN.
    expected = (0 + 4 + 1) / 3
    assert float(losses.gradient_penalty(gradient)) == pytest.approx(
        expected, 1e-5
    )


def test_the_penalty_has_a_gradient_where_the_norm_is_zero():
    import tensorflow as tf

    gradient = tf.zeros((1, 4, 1))
    with tf.GradientTape() as tape:
        tape.watch(gradient)
        penalty = losses.gradient_penalty(gradient)
    assert np.all(np.isfinite(tape.gradient(penalty, gradient)))


def test_interpolation_reaches_both_ends():
    real, fake = np.ones((2, 4, 1)), np.full((2, 4, 1), 5.0)
    mix = np.array([0.0, 1.0])[:, None, None]
    mixed = losses.interpolate(real, fake, mix)
    np.testing.assert_array_equal(mixed[0], real[0])
    np.testing.assert_array_equal(mixed[1], fake[1])
