"""The networks: exact sizes, every variant, and what a label does."""

import importlib.util
import itertools
import os

import keras
import numpy as np
import pytest

from tests.fixtures.processes import printed
from tests.wavegan_cond.training.test_loop_growth import MODEL
from wavegan_cond.config import CONDITIONING, UPSAMPLING, ModelConfig
from wavegan_cond.model.networks import (
    make_critic,
    make_generator,
    make_networks,
)

TINY = {"length": 256, "width": 2, "latent_dim": 4, "embedding_dim": 6}


@pytest.mark.parametrize(
    ("settings", "generator_size", "critic_size"),
    [
        ({}, 19_079_111, 18_265_303),
        ({"latent_dim": 3}, 17_489_863, 18_265_303),
        (
            {"conditioning": "none", "upsampling": "zeros"},
            19_065_345,
            17_427_969,
        ),
    ],
    ids=["paper", "paper_dz3", "wavegan"],
)
def test_parameter_counts_are_the_papers(
    settings, generator_size, critic_size, monkeypatch
):
    zeros = keras.initializers.Zeros  # drawing millions of weights takes long
    monkeypatch.setattr(keras.initializers, "GlorotUniform", lambda *_: zeros())
    generator, critic = make_networks(ModelConfig(**settings))
    assert generator.count_params() == generator_size
    assert critic.count_params() == critic_size


def test_channels_halve_on_the_way_up_and_double_on_the_way_down():
    generator, critic = make_networks(ModelConfig(width=4))
    assert generator.stem_channels == 64
    assert [block.filters for block in generator.up] == [32, 16, 8, 4]
    assert [block.name for block in generator.up] == [
        f"up_{length}" for length in (64, 256, 1024, 4096)
    ]
    assert generator.to_audio.name == "to_audio_16384"
    assert [block.filters for block in critic.down] == [4, 8, 16, 32, 64]
    assert [block.name for block in critic.down] == [
        "from_audio_16384",
        "down_4096",
        "down_1024",
        "down_256",
        "down_64",
    ]


def test_the_longest_models_begin_twice_as_wide_as_wavegans_do():
    generator, critic = make_networks(ModelConfig(length=32768, width=2))
    assert generator.stem_channels == 32 * 2
    assert critic.down[-1].filters == 32 * 2
    assert critic.down[-1].factor == 2


@pytest.mark.parametrize(
    ("length", "conditioning", "upsampling"),
    [
        *itertools.product([64], CONDITIONING, UPSAMPLING),
        *itertools.product([1024, 32768, 65536], ["embedding"], ["nn"]),
        (32768, "embedding", "zeros"),
    ],
)
def test_every_variant_makes_and_judges_sounds(
    length, conditioning, upsampling
):
    config = ModelConfig(
        length=length,
        width=1,
        latent_dim=3,
        conditioning=conditioning,
        upsampling=upsampling,
        post_filter=16,
        match_eq=True,
    )
    generator, critic = make_networks(config)
    z, label = np.ones((2, 3), np.float32), np.array([0, 2], np.int32)
    audio = generator(z, label)
    assert audio.shape == (2, length, 1)
    assert critic(audio, label).shape == (2, 1)


def test_without_a_filter_audio_is_within_full_scale():
    generator = make_generator(ModelConfig(**TINY))
    generator.set_weights([10 * w for w in generator.get_weights()])
    audio = generator(np.full((3, 4), 5.0), np.array([0, 1, 2]))
    assert np.max(np.abs(audio)) <= 1.0


def test_a_post_filter_is_linear_and_behind_the_tanh():
    generator = make_generator(ModelConfig(**TINY, post_filter=5))
    kernel = np.array([0, 0, 2.0, 0, 0], np.float32)  # twice as loud
    generator.filter.set_weights([kernel[:, None, None]])
    plain = make_generator(ModelConfig(**TINY))
    plain.set_weights(generator.get_weights()[: len(plain.weights)])
    z, label = np.ones((1, 4), np.float32), np.array([1])
    np.testing.assert_allclose(
        generator(z, label), 2 * np.asarray(plain(z, label)), rtol=1e-5
    )


@pytest.mark.parametrize("conditioning", CONDITIONING)
def test_labels_matter_exactly_where_there_is_conditioning(conditioning):
    generator, critic = make_networks(
        ModelConfig(**TINY, conditioning=conditioning)
    )
    z, wave = np.ones((2, 4), np.float32), np.ones((2, 256, 1), np.float32)
    label = np.array([0, 1])
    # Two rows of a batch may be summed in another order, each of a few hundred
    # float32 products: 1e-5 of the largest value is above what that does, and
    # an embedding of one class moves the values by a hundredth at least.
    for first, second in (generator(z, label), critic(wave, label)):
        apart = np.abs(first - second).max() / np.abs(first).max()
        assert apart < 1e-5 if conditioning == "none" else apart > 1e-2


@pytest.mark.parametrize("conditioning", ["embedding", "onehot"])
def test_a_one_hot_mixture_is_the_class_and_a_half_is_between(conditioning):
    generator = make_generator(ModelConfig(**TINY, conditioning=conditioning))
    z = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    label = np.array([0, 1, 2])
    mixed = generator.mix(z, np.eye(3, dtype=np.float32))
    np.testing.assert_allclose(mixed, generator(z, label), atol=1e-6)
    half = np.float32([[0.5, 0.5, 0]])
    embedded = generator.embed(np.array([0, 1]))
    np.testing.assert_allclose(
        generator.embed_mix(half)[0], np.mean(embedded, axis=0), atol=1e-7
    )


def test_embeddings_of_the_two_networks_are_their_own():
    generator, critic = make_networks(ModelConfig(**TINY))
    first = generator.label_embedding.get_weights()[0]
    assert np.any(first != critic.label_embedding.get_weights()[0])


def test_phase_shuffle_acts_only_when_shifts_are_given():
    critic = make_critic(ModelConfig(**TINY, phase_shuffle=2))
    wave = np.random.default_rng(0).normal(size=(1, 256, 1))
    label = np.array([0])
    plain = critic(wave, label)
    assert critic.num_shifts == len(critic.down) - 1 == 1
    np.testing.assert_array_equal(
        plain, critic(wave, label, np.zeros(1, np.int32))
    )
    assert np.any(plain != critic(wave, label, np.ones(1, np.int32)))
    assert make_critic(ModelConfig(**TINY, phase_shuffle=0)).num_shifts == 0


def test_scores_of_an_example_do_not_depend_on_the_others():
    # The penalty takes one gradient for the whole batch and relies on this.
    critic = make_critic(ModelConfig(**TINY))
    wave = np.random.default_rng(0).normal(size=(3, 256, 1)).astype("float32")
    label, shift = np.array([0, 1, 2]), np.ones(1, np.int32)
    alone = [critic(wave[i : i + 1], label[i : i + 1], shift) for i in range(3)]
    together = critic(wave, label, shift)
    np.testing.assert_allclose(np.concatenate(alone), together, atol=1e-5)


def test_initial_weights_follow_from_the_seed():
    first, second = (make_generator(ModelConfig(**TINY), s) for s in (1, 1))
    other = make_generator(ModelConfig(**TINY), 2)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.any(first.get_weights()[0] != other.get_weights()[0])


def test_bfloat16_keeps_weights_audio_and_scores_in_float32():
    generator, critic = make_networks(
        ModelConfig(**TINY), precision="mixed_bfloat16"
    )
    assert {w.dtype for w in generator.weights + critic.weights} == {"float32"}
    z, label = np.ones((2, 4), np.float32), np.array([0, 1])
    audio = generator(z, label)
    assert audio.dtype == critic(audio, label).dtype == "float32"
    exact = make_generator(ModelConfig(**TINY))(z, label)
    np.testing.assert_allclose(audio, exact, atol=0.02)


def test_wrong_shapes_are_named():
    generator, critic = make_networks(ModelConfig(**TINY))
    with pytest.raises(ValueError, match=r"z must be \[B, 4\]"):
        generator(np.zeros((1, 5)), np.array([0]))
    with pytest.raises(ValueError, match=r"wave must be \[B, 256, 1\]"):
        critic(np.zeros((1, 64, 1)), np.array([0]))


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_networks_run_on_another_backend(backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    program = f"""
from wavegan_cond.config import ModelConfig
from wavegan_cond.model.networks import make_networks
from keras import ops
generator, critic = make_networks(ModelConfig(**{TINY}))
label = ops.array([0, 1])
audio = generator(ops.ones((2, 4)), label)
print(critic(audio, label, ops.array([1])).shape)
"""
    environment = {**os.environ, "KERAS_BACKEND": backend}
    assert "2, 1" in printed(program, environment)


@pytest.mark.parametrize(
    "settings", [{"noise": True}, {"partials": 8}], ids=str
)
def test_a_fresh_generator_with_more_in_it_is_the_one_without(settings):
    z, label = np.ones((1, TINY["latent_dim"]), np.float32), np.zeros(1, int)
    sounds = [
        np.asarray(make_generator(ModelConfig(**TINY, **more))(z, label))
        for more in ({}, settings)
    ]
    np.testing.assert_array_equal(*sounds)


def test_partials_are_in_the_sound_as_the_first_block_says():
    generator = make_generator(ModelConfig(**TINY, partials=8))
    z, label = np.ones((1, TINY["latent_dim"]), np.float32), np.zeros(1, int)
    before = np.asarray(generator(z, label))
    kernel = generator.partial_bank.roots.kernel
    assert kernel.shape == (TINY["width"], 16)
    kernel.assign(np.ones(kernel.shape))
    assert np.abs(generator(z, label) - before).max() > 1e-3


@pytest.mark.parametrize(("envelope", "times"), [(False, 2), (True, 4)])
def test_with_an_envelope_the_sound_follows_the_square_of_features(
    envelope, times
):
    settings = {**TINY, "conditioning": "none", "envelope": envelope}
    generator = make_generator(ModelConfig(**settings))  # its biases are 0
    random = np.random.default_rng(0)
    z = 0.2 * random.standard_normal((4, TINY["latent_dim"])).astype(np.float32)
    one, two = (
        np.arctanh(generator(times * z, np.zeros(4, int))) for times in (1, 2)
    )
    loudest = np.abs(two).max()
    assert 0.1 < loudest < 3
    np.testing.assert_allclose(two, times * one, atol=0.01 * loudest)


def convolved(x, kernel, bias, stride=1):
    """TensorFlow's SAME convolution of [T, C], as it is defined."""
    taps = len(kernel)
    front = (taps - stride) // 2
    x = np.pad(x, ((front, taps - stride - front), (0, 0)))
    starts = range(0, len(x) - taps + 1, stride)
    return (
        np.array([np.tensordot(x[s : s + taps], kernel, 2) for s in starts])
        + bias
    )


def drawn_weights(network, seed):
    """Draws every weight anew, so that biases count; returns them by name."""
    random = np.random.default_rng(seed)
    for weight in network.weights:
        weight.assign(random.normal(0, 0.2, weight.shape))
    return {
        weight.path.split("/", 1)[1]: np.float64(weight)
        for weight in network.weights
    }


def with_plane(x, w, label, name):
    plane = w["label_embedding/embeddings"][label] @ w[f"{name}/kernel"]
    return np.column_stack([x, plane + w[f"{name}/bias"]])


def test_the_networks_are_those_of_the_paper_layer_by_layer():
    """In NumPy: WaveGAN's tables 3 and 4, and the label as a channel."""
    model = ModelConfig(length=1024, width=1, latent_dim=3, embedding_dim=4)
    generator, critic = make_networks(model)
    random = np.random.default_rng(0)
    z, label = random.normal(size=3), 2
    w = drawn_weights(generator, 1)
    x = np.maximum(z @ w["stem/kernel"] + w["stem/bias"], 0).reshape(16, 4)
    x = with_plane(x, w, label, "label_plane")
    for name in ("up_64", "up_256", "to_audio_1024"):
        x = np.repeat(x, 4, axis=0)
        x = convolved(x, w[f"{name}/kernel"], w[f"{name}/bias"])
        x = np.maximum(x, 0) if "up" in name else np.tanh(x)
    given = np.float32(z)[None], np.array([label])
    np.testing.assert_allclose(generator(*given)[0], x, atol=1e-5)
    assert 0.1 < np.abs(x).mean() < 0.9
    w = drawn_weights(critic, 2)
    shifts = 2, -1
    y = with_plane(x, w, label, "label_plane_1024")
    for index, name in enumerate(("from_audio_1024", "down_256", "down_64")):
        y = convolved(y, w[f"{name}/kernel"], w[f"{name}/bias"], 4)
        y = np.where(y > 0, y, 0.2 * y)
        if index < 2:
            shift, length = shifts[index], len(y)
            wide = np.pad(y, ((2, 2), (0, 0)), mode="reflect")
            y = wide[2 - shift :][:length]
    score = y.ravel() @ w["head/kernel"] + w["head/bias"]
    found = critic(np.float32(x)[None], given[1], np.array(shifts))
    np.testing.assert_allclose(found[0], score, rtol=1e-4)


def test_layers_of_a_network_begin_with_weights_of_their_own():
    generator = make_generator(MODEL)
    seeds = {generator.layer_seed(block.name) for block in generator.up}
    assert len(seeds) == len(generator.up) == 4
