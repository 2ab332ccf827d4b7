"""R10: growing resumes where it was.

At fade 0 nothing has changed, at fade 1 nothing of before is left.
"""

import numpy as np
import pytest
import tensorflow as tf

from tests.reliability.cases import each, seeds
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.resample import downsample, upsample
from wavegan_cond.schedule import make_schedule
from wavegan_cond.training import loop

TRAIN = TrainConfig(
    stages="256:10,1024:10/5,4096:10/5,16384/5",
    iterations=40,
    batch_size=4,
    average=0.9,
)
GROWN = (1024, 4096, 16384)
LABEL = np.array([0, 1, 2, 0])
TOLERANCE = 1e-6
SEEDS = seeds(5, quick=1, scope="module")


@pytest.fixture(scope="module")
def gans(seed, full):
    """The pair of every stage by its length, each grown from the last."""
    model = ModelConfig(width=16 if full else 2, latent_dim=3)
    strategy, before, made = tf.distribute.get_strategy(), None, {}
    random = np.random.default_rng(seed)
    for stage in make_schedule(model, TRAIN):
        gan = loop.build(model, TRAIN, strategy, stage, before)
        for name, weight in loop.weights(gan).items():
            # What begins at zero is given a say, as training would.
            silent = name.endswith("bias") and not np.any(weight)
            if silent or (name.endswith("embeddings") and before is None):
                weight.assign(random.standard_normal(weight.shape) / 5)
        made[stage.length] = before = gan
    return made


def latent():
    return np.random.default_rng(1).standard_normal((4, 3)).astype(np.float32)


def waves(length):
    random = np.random.default_rng(2)
    return random.uniform(-1, 1, (4, length, 1)).astype(np.float32)


@each("length", GROWN, quick=3, label="to {}".format)
@SEEDS
def test_at_fade_0_nothing_has_changed(gans, length):
    old, new = gans[length // 4], gans[length]
    old.set_fade(1.0)
    new.set_fade(0.0)
    sound = upsample(old.generator(latent(), LABEL), length)
    np.testing.assert_allclose(
        new.generator(latent(), LABEL), sound, rtol=0, atol=TOLERANCE
    )
    score = old.critic(downsample(waves(length), length // 4), LABEL)
    np.testing.assert_allclose(
        new.critic(waves(length), LABEL), score, rtol=0, atol=TOLERANCE
    )
    check_gradients(new, silent=now(new), heard=before(new))


@each("length", GROWN, quick=3, label="to {}".format)
@SEEDS
def test_at_fade_1_nothing_of_before_is_left(gans, length):
    gan = gans[length]
    gan.set_fade(1.0)
    check_gradients(gan, silent=before(gan), heard=now(gan))


def before(gan):
    """The layers that a growth fades out: of the generator, of the critic."""
    critic = gan.critic
    layers = [critic.from_audio_before, critic.label_plane_before]
    return [gan.generator.to_audio_before], layers


def now(gan):
    """Those that it fades in."""
    critic = gan.critic
    return [gan.generator.to_audio], [critic.down[0], critic.label_plane]


def check_gradients(gan, silent, heard):
    """The silent layers get exactly no gradient, those heard get some."""
    with tf.GradientTape(persistent=True) as tape:
        sound = gan.generator(latent(), LABEL)
        loss = tf.reduce_sum(sound**2)
        score = tf.reduce_sum(gan.critic(waves(sound.shape[1]), LABEL))
    for sides, is_silent in ((silent, True), (heard, False)):
        for layers, target in zip(sides, (loss, score), strict=True):
            for layer in layers:
                for found in tape.gradient(target, layer.trainable_variables):
                    assert np.any(found) != is_silent, layer.name
