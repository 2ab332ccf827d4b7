"""What the graph of a generator refuses, and that it keeps to [-1, 1]."""

import numpy as np
import pytest
import tensorflow as tf

from tests.fixtures.runs import make_generator_of, model_config
from wavegan_cond.synthesis.describe import describe
from wavegan_cond.synthesis.ends import clean_ends
from wavegan_cond.synthesis.signatures import make_signatures

BAD = tf.errors.InvalidArgumentError


def functions(generator, **settings):
    info = describe(model_config(**settings), generator, 1)
    made = make_signatures(generator, info)
    return made["generate"], made["mix"]


@pytest.fixture(scope="module")
def generator():
    return make_generator_of(model_config())


@pytest.fixture(scope="module")
def generate(generator):
    return tf.function(*functions(generator)[0])


@pytest.fixture(scope="module")
def mix(generator):
    return tf.function(*functions(generator)[1])


def z(count=2):
    random = np.random.default_rng(0)
    return tf.constant(random.standard_normal((count, 3)), tf.float32)


def test_generate_is_the_generator(generator, generate):
    label = tf.constant([0, 2])
    audio = generate(z(), label)["audio"]
    expected = clean_ends(generator(z(), label)[:, :, 0])
    np.testing.assert_allclose(audio, expected, atol=1e-6)


@pytest.mark.parametrize("label", [-1, 3, 10**9])
def test_a_label_that_is_no_class(generate, label):
    with pytest.raises(BAD, match="label must be from 0 to 2"):
        generate(z(), tf.constant([0, label]))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_z_that_is_not_finite(generate, mix, value):
    bad = tf.tensor_scatter_nd_update(z(), [[1, 2]], [value])
    with pytest.raises(BAD, match="z must be finite"):
        generate(bad, tf.constant([0, 1]))
    with pytest.raises(BAD, match="z must be finite"):
        mix(bad, tf.eye(3)[:2])


def test_numbers_that_differ(generate, mix):
    with pytest.raises(BAD, match="differ in number"):
        generate(z(2), tf.constant([0]))
    with pytest.raises(BAD, match="differ in number"):
        mix(z(2), tf.eye(3))


@pytest.mark.parametrize("row", [[1, 1, 0], [0, 0, 0], [np.nan, 1, 0]])
def test_weights_that_are_no_mixture(mix, row):
    with pytest.raises(BAD, match="must sum to 1"):
        mix(z(1), tf.constant([row], tf.float32))


def test_a_mixture_is_that_of_the_embeddings(generator, mix):
    weights = tf.constant([[0.25, 0.75, 0.0]])
    table = generator.label_embedding.embeddings.numpy()
    embedded = 0.25 * table[:1] + 0.75 * table[1:2]
    expected = generator.synthesise(z(1), tf.constant(embedded))[:, :, 0]
    audio = mix(z(1), weights)["audio"]
    np.testing.assert_allclose(audio, clean_ends(expected), atol=1e-6)


def test_a_post_filter_cannot_leave_the_range():
    loud = make_generator_of(model_config(post_filter=8))
    loud.filter.kernel.assign(100 * np.ones((8, 1, 1)))
    label = tf.constant([0, 1])
    assert np.abs(loud(z(), label)).max() > 1
    (generate, _), _ = functions(loud, post_filter=8)
    audio = generate(z(), label)["audio"]
    assert np.abs(audio).max() == 1


@pytest.mark.parametrize("value", [3e38, -3e38, 2e6])
def test_a_z_beyond_all_bounds(generate, mix, value):
    bad = tf.tensor_scatter_nd_update(z(), [[1, 2]], [value])
    with pytest.raises(BAD, match="z must be from -1e"):
        generate(bad, tf.constant([0, 1]))
    with pytest.raises(BAD, match="z must be from -1e"):
        mix(bad, tf.eye(3)[:2])


def test_weights_beyond_all_bounds_that_sum_to_1(mix):
    row = [1e38, -1e38, 1]
    with pytest.raises(BAD, match="a class weight is beyond"):
        mix(z(1), tf.constant([row], tf.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf, 3e38])
def test_audio_that_is_not_finite(value):
    broken = make_generator_of(model_config())
    (generate, _), (mix, _) = functions(broken)
    kernel = broken.stem.kernel
    kernel.assign(np.full(kernel.shape, value, np.float32))
    with pytest.raises(BAD, match="audio is not finite"):
        generate(z(), tf.constant([0, 1]))
    with pytest.raises(BAD, match="audio is not finite"):
        mix(z(), tf.eye(3)[:2])
