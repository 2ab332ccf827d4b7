"""Compiled steps are the plain ones, up to rounding."""

import dataclasses
import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model import xla
from wavegan_cond.model.networks import make_networks
from wavegan_cond.model.wavegan import WaveGAN

# Two blocks: the shortest critic that shifts, so that the second derivative of
# phase shuffle is compiled too.
MODEL = ModelConfig(length=256, width=2, latent_dim=3, embedding_dim=4)
BATCH = 2


def make_gan(compiled, partials=0, **settings):
    config = TrainConfig(batch_size=BATCH, **settings)
    model = dataclasses.replace(MODEL, partials=partials)
    networks = make_networks(model, 3, train=config)
    gan = WaveGAN(*networks, config, xla=compiled)
    gan.compile()
    return gan


def arguments(gan, draw=0):
    """What the gradients of the critic and of the generator are given."""
    random = np.random.default_rng(draw)
    wave = random.uniform(-1, 1, (BATCH, 256, 1)).astype(np.float32)
    z = random.normal(size=(BATCH, 3)).astype(np.float32)
    mix = random.uniform(size=(BATCH, 1, 1)).astype(np.float32)
    label, (shifts,) = tf.constant([0, 2]), gan.draws.shifts(BATCH, draw)
    wave, z, mix = map(tf.constant, (wave, z, mix))
    of_critic = wave, label, z, None, mix, [shifts] * 3
    return of_critic, (label, z, None, shifts)


def gradients(gan):
    of_critic, of_generator = arguments(gan)
    found = (
        gan._critic_gradients(*of_critic),
        gan._generator_gradients(*of_generator),
    )
    return [value.numpy() for value in tf.nest.flatten(found)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [{}, {"compression": 0.5}, {"spectrogram": True}, {"partials": 8}],
    ids=str,
)
def test_compiled_gradients_are_the_plain_ones(settings):
    plain, compiled = (gradients(make_gan(x, **settings)) for x in (0, 1))
    assert len(plain) == len(compiled) > 10
    for expected, received in zip(plain, compiled, strict=True):
        # Sums of some 1,000 terms in another order differ by 1e-7 times their
        # root, a few 1e-6; some ten layers and, with compression, slopes of
        # roots near zero multiply that. A wrong gradient differs by its size.
        bound = 1e-4 * np.abs(expected).max()
        np.testing.assert_allclose(received, expected, atol=bound)


@pytest.mark.parametrize("draws", ["shared", "example"])
def test_nothing_that_is_drawn_is_compiled_for_itself(draws):
    """XLA compiles anew where a shape, or the place of a slice, is drawn."""
    gan = make_gan(True, phase_shift_draws=draws)
    programs = set()
    for draw in range(3):
        of_critic, of_generator = arguments(gan, draw)
        for function, given in (
            (gan._critic_gradients, of_critic),
            (gan._generator_gradients, of_generator),
        ):
            lower = function.experimental_get_compiler_ir(*given)
            programs.add(lower(stage="hlo"))
    assert len(programs) == 2


def test_the_fused_adam_is_adam():
    random = np.random.default_rng(1)
    values = [random.normal(size=shape) for shape in ((3, 4), (5,))]
    ends = []
    for kind in (keras.optimizers.Adam, xla.FusedAdam):
        variables = [
            keras.Variable(v, dtype="float32", name=f"w{i}")
            for i, v in enumerate(values)
        ]
        adam = kind(0.01, beta_1=0.5, beta_2=0.99, name="adam")
        adam.build(variables)
        random = np.random.default_rng(2)
        for _ in range(3):
            adam.apply(
                [
                    tf.constant(random.normal(size=v.shape), tf.float32)
                    for v in variables
                ]
            )
        names = [variable.path for variable in adam.variables]
        ends.append((names, [v.numpy() for v in variables + adam.variables]))
    assert ends[0][0] == ends[1][0]  # a checkpoint of one is one of the other
    for expected, received in zip(ends[0][1], ends[1][1], strict=True):
        np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-7)


def test_a_moving_average_is_one_step_of_it():
    means = [tf.Variable([0.0, 4.0]), tf.Variable(1.0)]
    values = [tf.Variable([1.0, 2.0]), tf.Variable(3.0)]
    step = functools.partial(xla.move_towards, decay=0.75)
    xla.move_together(tf.function(step, jit_compile=True), means, values)
    np.testing.assert_allclose(means[0], [0.25, 3.5])
    np.testing.assert_allclose(means[1], 1.5)


def test_equal_weights_stay_equal_to_the_bit():
    """Such as the frequencies of partials, which no gradient moves."""
    values = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    mean, value = tf.Variable(values), tf.Variable(values)
    for _ in range(3):
        xla.move_towards([mean], [value], 0.999)
    np.testing.assert_array_equal(mean, values)


def test_auto_compiles_where_there_is_a_gpu(monkeypatch):
    assert xla.is_wanted("on") and not xla.is_wanted("off")
    for gpus in ([], ["GPU:0"]):
        monkeypatch.setattr(
            tf.config, "list_logical_devices", lambda _, gpus=gpus: gpus
        )
        assert xla.is_wanted("auto") == bool(gpus)


def test_what_has_no_gradient_is_not_moved():
    variable = keras.Variable([1.0, 2.0], dtype="float32", name="w")
    adam = xla.FusedAdam(0.01, beta_1=0.5, beta_2=0.99, name="adam")
    adam.build([variable])
    for _ in range(2):
        adam.apply([tf.constant([0.0, 1.0])])
    assert variable.numpy()[0] == 1 and 1.9 < variable.numpy()[1] < 2
