"""What a growth carries over and what it makes anew.

Both ends of its fade are tried in tests/reliability.
"""

import numpy as np
import pytest
import tensorflow as tf

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.networks import make_networks
from wavegan_cond.schedule import make_schedule
from wavegan_cond.training import loop

MODEL = ModelConfig(width=2, latent_dim=3, embedding_dim=4)
TRAIN = TrainConfig(
    stages="256:10,1024:10/5,4096:10/5,16384/5",
    iterations=40,
    batch_size=4,
    critic_updates=2,
    average=0.9,
)
STAGES = make_schedule(MODEL, TRAIN)
LABEL = np.array([0, 1, 2, 0])


@pytest.fixture(scope="module")
def pairs():
    """The pair of every stage, each grown from the one before."""
    strategy = tf.distribute.get_strategy()
    made = [loop.build(MODEL, TRAIN, strategy)]
    jolt(made[0])
    for stage in STAGES[1:]:
        made.append(loop.build(MODEL, TRAIN, strategy, stage, made[-1]))
        jolt(made[-1], new_only=True)
    return made


def jolt(gan, new_only=False):
    """Gives labels and biases a say, as training would."""
    random = np.random.default_rng(0)
    for name, weight in loop.weights(gan).items():
        if "fade" in name or (new_only and not name.endswith("bias")):
            continue
        if "embeddings" in name or name.endswith("bias"):
            if not new_only or not weight.numpy().any():
                weight.assign(random.standard_normal(weight.shape) / 5)


def latent():
    return np.random.default_rng(1).standard_normal((4, 3)).astype(np.float32)


def waves(length):
    random = np.random.default_rng(2)
    return random.uniform(-1, 1, (4, length, 1)).astype(np.float32)


def test_carrying_names_exactly_what_is_new(pairs):
    fresh = loop.build(MODEL, TRAIN, tf.distribute.get_strategy(), STAGES[1])
    loop.carry_weights(pairs[0], fresh)
    old, weights = loop.weights(pairs[0]), loop.weights(fresh)
    new = weights.keys() - old.keys()
    layers = {name.rpartition("/")[0] for name in new}
    assert layers == {
        "generator/up_256",
        "generator/to_audio_1024",
        "average/up_256",
        "average/to_audio_1024",
        "critic/from_audio_1024",
        "critic/down_256",
        "critic/label_plane_1024",
        "generator",
        "average",
        "critic",  # the three fades
    }
    for name in weights.keys() & old.keys():
        np.testing.assert_array_equal(weights[name], old[name])


def test_the_last_stage_at_fade_1_is_the_plain_model(pairs):
    gan = pairs[-1]
    gan.set_fade(1.0)
    generator, critic = make_networks(MODEL)
    for plain, grown in ((generator, gan.generator), (critic, gan.critic)):
        grown = {w.path.split("/", 1)[1]: w for w in grown.weights}
        for weight in plain.weights:
            weight.assign(grown[weight.path.split("/", 1)[1]].numpy())
    np.testing.assert_array_equal(
        generator(latent(), LABEL), gan.generator(latent(), LABEL)
    )
    wave = waves(16384)
    np.testing.assert_array_equal(critic(wave, LABEL), gan.critic(wave, LABEL))


def test_optimizers_start_afresh_and_draws_go_on(pairs):
    gan = pairs[1]
    assert int(gan.generator_optimizer.iterations) == 0
    first = gan.draws.seed(0, 0).numpy()
    assert first[1] == 10 * (2 + 1) * 8


def test_every_network_fades_with_the_iterations_that_are_done():
    gan = loop.build(MODEL, TRAIN, tf.distribute.get_strategy(), STAGES[1])
    networks = gan.generator, gan.critic, gan.average
    # The second stage begins behind 10 iterations and fades in 5.
    for done, fade in ((10, 0.0), (12, 0.4), (15, 1.0)):
        loop.set_moment(gan, done)
        assert [float(each.fade) for each in networks] == pytest.approx(
            [fade] * 3
        )
