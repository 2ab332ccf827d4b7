"""The polyphase layers against the textbook ones, edges included."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wavegan_cond.model import layers
from wavegan_cond.model.layers import (
    DownsampleConv1D,
    UpsampleConv1D,
    phase_shuffle,
)

LENGTH, CHANNELS, FILTERS = 32, 3, 5


def textbook(kind, factor):
    """Returns the plain Keras layers of one block."""
    if kind == "down":
        layer = keras.layers.Conv1D(FILTERS, 25, strides=factor, padding="same")
        return lambda x: layer(x), layer
    if kind == "zeros":
        layer = keras.layers.Conv1DTranspose(
            FILTERS, 25, strides=factor, padding="same"
        )
        return lambda x: layer(x), layer
    layer = keras.layers.Conv1D(FILTERS, 25, padding="same")
    up = keras.layers.UpSampling1D(factor)
    return lambda x: layer(up(x)), layer


def polyphase(kind, factor):
    if kind == "down":
        return DownsampleConv1D(FILTERS, factor=factor, seed=1)
    return UpsampleConv1D(FILTERS, method=kind, factor=factor, seed=1)


def outcome(function, variables, x):
    """Output, gradients, and the gradient of a squared input gradient."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = function(x)
            score = tf.reduce_sum(tf.tanh(y) ** 2)
        by_input = inner.gradient(score, x)
        penalty = tf.reduce_sum(by_input**2)
    second = outer.gradient(penalty, variables)
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(tf.tanh(function(x)) ** 2)
    return y, by_input, tape.gradient(score, variables), second


def relative(a, b):
    scale = np.max(np.abs(b))
    return np.max(np.abs(np.asarray(a) - np.asarray(b))) / scale


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("kind", ["nn", "zeros", "down"])
def test_equals_the_textbook_layer(kind, factor):
    x = tf.random.stateless_normal([2, LENGTH, CHANNELS], [1, 2])
    plain, plain_layer = textbook(kind, factor)
    ours = polyphase(kind, factor)
    plain(x), ours(x)
    ours.bias.assign(np.linspace(-1, 1, FILTERS))
    plain_layer.set_weights([w.numpy() for w in (ours.kernel, ours.bias)])

    expected = outcome(plain, plain_layer.trainable_variables, x)
    received = outcome(ours, ours.trainable_variables, x)

    assert received[0].shape == expected[0].shape
    assert relative(received[0], expected[0]) < 1e-5
    assert relative(received[1], expected[1]) < 1e-4
    for first_or_second in (2, 3):
        for a, b in zip(
            received[first_or_second], expected[first_or_second], strict=True
        ):
            assert relative(a, b) < 1e-4


@pytest.mark.parametrize("kind", ["nn", "down"])
def test_a_matrix_product_is_the_same_convolution(kind, monkeypatch):
    x = tf.random.stateless_normal([2, LENGTH, CHANNELS], [1, 2])
    layer = polyphase(kind, 4)
    layer(x)
    expected = outcome(layer, layer.weights, x)
    monkeypatch.setattr(layers, "SHORT", LENGTH)
    monkeypatch.setattr(layers, "WIDE", 1)
    monkeypatch.setattr(layers.ops, "conv", None)  # it must not be called
    received = outcome(layer, layer.weights, x)
    for a, b in zip(
        tf.nest.flatten(received), tf.nest.flatten(expected), strict=True
    ):
        assert relative(a, b) < 1e-4


def test_initial_weights_follow_from_the_seed():
    def weights(seed):
        layer = UpsampleConv1D(2, seed=seed)
        layer(np.zeros((1, 4, 3), np.float32))
        return layer.get_weights()

    kernel, bias = weights(5)
    np.testing.assert_array_equal(kernel, weights(5)[0])
    assert np.any(kernel != weights(6)[0])
    limit = np.sqrt(6 / (25 * (3 + 2)))  # Glorot and Bengio 2010
    assert 0.9 * limit < np.max(np.abs(kernel)) <= limit
    assert not np.any(bias)


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 2])
def test_phase_shuffle_is_the_reflected_shift(shift):
    x = np.random.default_rng(0).normal(size=(2, 9, 3)).astype(np.float32)
    padding = ((0, 0), (max(shift, 0), max(-shift, 0)), (0, 0))
    padded = np.pad(x, padding, mode="reflect")
    start = max(-shift, 0)
    expected = padded[:, start : start + 9]
    received = phase_shuffle(x, tf.constant(shift), 2)
    np.testing.assert_array_equal(received, expected)


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 2])
def test_phase_shuffle_of_an_example_is_the_reflected_shift(shift):
    x = np.random.default_rng(0).normal(size=(2, 9, 3)).astype(np.float32)
    received = phase_shuffle(x, tf.constant([shift, 0]), 2)
    np.testing.assert_array_equal(
        received[0], phase_shuffle(x, tf.constant(shift), 2)[0]
    )
    np.testing.assert_array_equal(received[1], x[1])
