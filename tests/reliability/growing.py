"""R10: growing changes nothing at fade 0 and leaves nothing at fade 1."""

import functools
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from tests.reliability.row import Case
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.resample import downsample, upsample
from wavegan_cond.schedule import make_schedule
from wavegan_cond.training import loop

TOLERANCE = 1e-6
STAGES = "256:10,1024:10/5,4096:10/5,16384/5"


def continuous(folder: Path, quick: bool) -> Iterator[Case]:
    """R10: every growth of the paper's model, at both ends of its fade."""
    model = ModelConfig(width=2 if quick else 16, latent_dim=3)
    train = TrainConfig(stages=STAGES, iterations=40, batch_size=4)
    schedule = make_schedule(model, train)
    for seed in range(1 if quick else 5):
        pairs = _grow(model, train, schedule, seed)
        for old, new in itertools.pairwise(pairs):
            name = f"to {new.stage.length} samples, seed {seed}"
            check = functools.partial(_at_fade_0, old, new, seed)
            yield Case(f"fade 0, {name}", check)
            check = functools.partial(_at_fade_1, new, seed)
            yield Case(f"fade 1, {name}", check)


def _grow(model, train, schedule, seed: int) -> list:
    """Returns the pair of every stage, the biases and labels with a say."""
    pairs, random = [], np.random.default_rng(seed)
    strategy = tf.distribute.get_strategy()
    for stage in schedule:
        before = pairs[-1] if pairs else None
        gan = loop.build(model, train, strategy, stage, before)
        for name, weight in loop.weights(gan).items():
            if name.endswith(("bias", "embeddings")) and before is None:
                weight.assign(random.standard_normal(weight.shape) / 5)
        pairs.append(gan)
    return pairs


def _inputs(length: int, seed: int) -> tuple:
    random = np.random.default_rng(seed)
    z = random.standard_normal((4, 3)).astype(np.float32)
    waves = random.uniform(-1, 1, (4, length, 1)).astype(np.float32)
    return z, waves, np.array([0, 1, 2, 0])


def _at_fade_0(old, new, seed: int, place: Path) -> None:
    length = new.stage.length
    z, waves, label = _inputs(length, seed)
    old.set_fade(1.0)
    new.set_fade(0.0)
    sound = upsample(old.generator(z, label), length)
    far = np.abs(new.generator(z, label) - sound).max()
    assert far <= TOLERANCE, f"the generator differs by {far:.1e}"
    score = old.critic(downsample(waves, length // 4), label)
    far = np.abs(new.critic(waves, label) - score).max()
    assert far <= TOLERANCE, f"the critic differs by {far:.1e}"


def _at_fade_1(gan, seed: int, place: Path) -> None:
    gan.set_fade(1.0)
    z, waves, label = _inputs(gan.stage.length, seed)
    with tf.GradientTape(persistent=True) as tape:
        sound = tf.reduce_sum(gan.generator(z, label) ** 2)
        score = tf.reduce_sum(gan.critic(waves, label))
    old = {
        gan.generator.to_audio_before: sound,
        gan.critic.from_audio_before: score,
        gan.critic.label_plane_before: score,
    }
    for layer, target in old.items():
        for gradient in tape.gradient(target, layer.trainable_variables):
            assert not np.any(gradient), f"{layer.name} still learns"
