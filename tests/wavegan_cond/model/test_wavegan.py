"""One iteration: what is updated, how often, with what draws."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model import losses
from wavegan_cond.model.critic import Critic
from wavegan_cond.model.critic_input import (
    KEPT,
    QUIETEST,
    CriticInput,
    band_masks,
)
from wavegan_cond.model.generator import Generator
from wavegan_cond.model.networks import make_generator, make_networks
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.schedule import Stage, make_schedule

LENGTH, BATCH, UPDATES = 64, 4, 5
MODEL = ModelConfig(length=LENGTH, width=2, latent_dim=3, embedding_dim=4)
GAINS = np.random.default_rng(1).uniform(0.5, 2, (3, LENGTH // 2 + 1))
GAINS = GAINS.astype(np.float32)
BANDS = GAINS[:, None] * band_masks(LENGTH, 44100)
FILTERS = [None, (GAINS[:, None], 0.0), (BANDS, 0.5)]  # gains, compression


class LinearCritic(keras.Model):
    """D(x) = w . x: its gradient is w everywhere."""

    num_shifts = 0
    phase_shuffle = 0
    length, fading = LENGTH, False

    def __init__(self, filters=None):
        super().__init__(name="critic")
        self.input_filter, bands = None, 1
        if filters:
            gains, compression = filters
            self.input_filter = CriticInput(3, LENGTH, compression)
            self.input_filter.gains.assign(gains)
            bands = gains.shape[1]
        self.w = self.add_weight(shape=(LENGTH, bands), initializer="ones")

    def filter(self, wave, label):
        return self.input_filter(wave, label) if self.input_filter else wave

    def call(self, wave, label, shifts=None):
        return tf.reduce_sum(wave * self.w, axis=(1, 2))[:, None]  # [B, 1]


def make_gan(critic=None, optimizers=(None, None), average=False, **settings):
    settings = {"batch_size": BATCH, "critic_updates": UPDATES, **settings}
    config = TrainConfig(**settings)
    generator, plain = make_networks(MODEL, seed=3)
    if critic:
        critic(np.zeros((1, *critic.w.shape), np.float32), np.zeros(1, int))
    mean = make_generator(MODEL, name="average") if average else None
    critic = critic or plain
    gan = WaveGAN(generator, critic, config, average=mean)
    gan.compile(*optimizers)
    return gan


def make_batch(updates=UPDATES, seed=0, size=BATCH):
    random = np.random.default_rng(seed)
    waves = random.uniform(-1, 1, (size * updates, LENGTH, 1))
    labels = random.integers(0, 3, size * updates)
    return tf.constant(waves, tf.float32), tf.constant(labels, tf.int32)


def sgd(rate=0.01):
    return keras.optimizers.SGD(rate)


@pytest.mark.parametrize("filters", FILTERS)
def test_one_critic_step_is_the_one_computed_by_hand(filters):
    critic = LinearCritic(filters)
    gan = make_gan(critic, (sgd(), sgd()), critic_updates=1)
    waves, labels = make_batch(updates=1)
    w = np.ones(critic.w.shape, np.float32)
    fake = gan.generator(gan.draws.latent(BATCH, 0), labels)
    norm = np.sqrt(w.size)
    # d/dw of mean(w.g) - mean(w.x) + 10 (|w| - 1)^2, of what is heard
    difference = filtered(fake, labels, filters) - filtered(
        waves, labels, filters
    )
    gradient = difference.numpy().mean(axis=0)
    gradient = gradient + 10 * 2 * (norm - 1) * w / norm
    gan.train_step((waves, labels))
    received = gan.critic.w.numpy()
    np.testing.assert_allclose(received, w - 0.01 * gradient, atol=1e-5)


def test_in_training_no_sound_is_made_to_ring_down():
    gan = make_gan()
    passed, synthesise = [], gan.generator.synthesise

    def spy(z, embedded, noise=None, training=False):
        passed.append(training)
        return synthesise(z, embedded, noise, training)

    gan.generator.synthesise = spy
    gan.train_step(make_batch())
    assert passed == [True] * (UPDATES + 1)
    gan.generator(gan.draws.latent(BATCH, 0), make_batch()[1][:BATCH])
    assert passed[-1] is False


def filtered(waves, labels, filters):
    """Returns what is scored of [B, T, 1], one band after the other."""
    if filters is None:
        return waves
    gains, compression = filters
    bands = []
    for band_gains in np.swapaxes(gains, 0, 1):
        spectra = tf.signal.rfft(waves[:, :, 0])
        spectra *= tf.cast(tf.gather(band_gains, labels), tf.complex64)
        band = tf.signal.irfft(spectra)
        if compression:
            assert compression == 0.5
            band *= tf.sqrt(KEPT / (tf.abs(band) + QUIETEST))
        bands.append(band)
    return tf.stack(bands, axis=-1)


@pytest.mark.parametrize("filters", FILTERS)
def test_one_generator_step_is_the_one_computed_by_hand(filters):
    # The critic stays put, so the generator's step can be taken beside it.
    critic = LinearCritic(filters)
    gan = make_gan(critic, (sgd(), sgd(0.0)))
    before = [w.numpy() for w in gan.generator.trainable_variables]
    z = gan.draws.latent(BATCH, UPDATES)
    label = gan.draws.label(BATCH, UPDATES)
    with tf.GradientTape() as tape:
        audio = gan.generator(z, label)
        sums = tf.reduce_sum(filtered(audio, label, filters), axis=(1, 2))
        loss = -tf.reduce_mean(sums)
    gradients = tape.gradient(loss, gan.generator.trainable_variables)
    logs = gan.train_step(make_batch())
    assert float(logs["generator_loss"]) == pytest.approx(float(loss), 1e-5)
    after = gan.generator.trainable_variables
    for old, gradient, new in zip(before, gradients, after, strict=True):
        expected = old - 0.01 * np.asarray(tf.convert_to_tensor(gradient))
        np.testing.assert_allclose(new.numpy(), expected, atol=1e-6)


def test_an_iteration_is_k_critic_updates_and_one_of_the_generator():
    gan = make_gan()
    for iteration in (1, 2):
        gan.train_step(make_batch())
        assert int(gan.generator_optimizer.iterations) == iteration
        assert int(gan.critic_optimizer.iterations) == iteration * UPDATES


def test_every_critic_update_sees_reals_of_its_own():
    seen = []

    class Spy(LinearCritic):
        def call(self, wave, label, shifts=None):
            seen.append((np.asarray(wave), np.asarray(label)))
            return super().call(wave, label)

    gan = make_gan(Spy())
    seen.clear()
    waves, labels = make_batch()
    gan.train_step((waves, labels))
    reals = [wave for wave, _ in seen[0 : 3 * UPDATES : 3]]
    # Example i brings its k sounds side by side.
    expected = waves.numpy().reshape(BATCH, UPDATES, LENGTH, 1)
    for draw, real in enumerate(reals):
        np.testing.assert_array_equal(real, expected[:, draw])
    # Fakes and mixtures of an update carry the labels of its reals.
    for draw in range(UPDATES):
        for _, label in seen[3 * draw : 3 * draw + 3]:
            np.testing.assert_array_equal(
                label, labels.numpy().reshape(BATCH, UPDATES)[:, draw]
            )


def test_weight_clipping_keeps_every_weight_of_the_critic_small():
    gan = make_gan(loss="wgan", weight_clip=0.01)
    gan.train_step(make_batch())
    largest = max(np.abs(w).max() for w in gan.critic.get_weights())
    assert largest == pytest.approx(0.01)


def test_the_logistic_loss_trains_without_a_penalty():
    logs = make_gan(loss="logistic").train_step(make_batch())
    assert float(logs["penalty"]) == 0
    assert float(logs["critic_loss"]) == pytest.approx(2 * np.log(2), abs=0.2)


def test_the_average_follows_the_generator():
    gan = make_gan(average=True, optimizers=(sgd(1.0), sgd(0.0)))
    gan.config = TrainConfig(batch_size=BATCH, average=0.9)
    old = gan.generator.get_weights()
    gan.train_step(make_batch())
    for mean, before, after in zip(
        gan.average.get_weights(), old, gan.generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(mean, 0.9 * before + 0.1 * after, atol=1e-6)


def test_fit_works_without_a_strategy():
    gan = make_gan(LinearCritic(), critic_updates=1)
    data = tf.data.Dataset.from_tensors(make_batch(updates=1)).repeat()
    gan.fit(data, steps_per_epoch=2, verbose=0)
    assert int(gan.generator_optimizer.iterations) == 2


def test_gradient_penalty_uses_the_interpolated_sounds():
    # D(x) = |x|^2 / 2 has gradient x, so the penalty tells where it was taken.
    class Quadratic(LinearCritic):
        def call(self, wave, label, shifts=None):
            return tf.reduce_sum(wave**2, axis=(1, 2))[:, None] / 2

    gan = make_gan(Quadratic())
    waves, labels = make_batch(updates=1)
    fake = tf.zeros_like(waves)
    mix = gan.draws.mix(BATCH, 0)
    expected = losses.gradient_penalty(waves * (1 - mix))
    received = gan._penalty(waves, fake, labels, mix, None)
    assert float(received) == pytest.approx(float(expected), rel=1e-5)


def test_drift_and_penalty_weigh_what_the_config_says():
    """A critic of gradient w: |w| = 8 before the step."""
    settings = {"critic_updates": 1, "drift": 0.25, "penalty_weight": 3.0}
    gan = make_gan(LinearCritic(), (sgd(), sgd()), **settings)
    waves, labels = make_batch(updates=1)
    fake = gan.generator(gan.draws.latent(BATCH, 0), labels).numpy()
    reals, w = waves.numpy(), np.ones((LENGTH, 1))
    scores = reals.sum(axis=(1, 2))
    gap = scores.mean() - fake.sum(axis=(1, 2)).mean()
    penalty, drift = (8 - 1) ** 2, np.mean(scores**2)
    gradient = (fake - reals).mean(axis=0) + 3 * 2 * (8 - 1) * w / 8
    gradient += 0.25 * 2 * (scores[:, None, None] * reals).mean(axis=0)
    logs = gan.train_step((waves, labels))
    np.testing.assert_allclose(gan.critic.w, w - 0.01 * gradient, atol=1e-5)
    assert float(logs["wasserstein"]) == pytest.approx(gap, rel=1e-5)
    assert float(logs["penalty"]) == pytest.approx(penalty, rel=1e-5)
    loss = -gap + 0.25 * drift + 3 * penalty
    assert float(logs["critic_loss"]) == pytest.approx(loss, rel=1e-5)


def test_what_is_logged_is_the_mean_over_the_updates():
    gan = make_gan(LinearCritic(), (sgd(), sgd(0.0)), critic_updates=2)
    waves, labels = make_batch(updates=2)
    each = tf.reshape(labels, [BATCH, 2])
    fakes = [
        gan.generator(gan.draws.latent(BATCH, n), each[:, n]) for n in (0, 1)
    ]
    gap = (waves.numpy().sum() - np.sum(fakes)) / (2 * BATCH)
    logs = gan.train_step((waves, labels))
    assert float(logs["wasserstein"]) == pytest.approx(gap, rel=1e-4)
    assert float(logs["penalty"]) == pytest.approx(49, rel=1e-5)
    assert float(logs["critic_loss"]) == pytest.approx(490 - gap, rel=1e-4)


def test_networks_hear_the_noise_and_the_shifts_that_are_drawn(monkeypatch):
    model = ModelConfig(length=1024, width=1, latent_dim=3, noise=True)
    config = TrainConfig(
        batch_size=2, critic_updates=1, phase_shift_draws="separate"
    )
    gan = WaveGAN(*make_networks(model), config)
    gan.compile()
    noises = [gan.draws.noise(2, draw).numpy() for draw in (0, 1)]
    drawn = [*gan.draws.shifts(2, 0, passages=3), *gan.draws.shifts(2, 1)]
    shifts = [each.numpy().tolist() for each in drawn]
    assert len(set(map(tuple, shifts))) == 4
    made, judged = Generator.synthesise, Critic.call
    heard_noises, heard_shifts = [], []

    def synthesise(self, z, embedded, noise=None, training=False):
        heard_noises.append(noise)
        return made(self, z, embedded, noise, training)

    def call(self, wave, label, shifts=None):
        heard_shifts.append(shifts.numpy().tolist())
        return judged(self, wave, label, shifts)

    monkeypatch.setattr(Generator, "synthesise", synthesise)
    monkeypatch.setattr(Critic, "call", call)
    gan.train_step((tf.zeros([2, 1024, 1]), tf.constant([0, 1])))
    np.testing.assert_array_equal(heard_noises, noises)
    assert noises[0].std() == pytest.approx(1, abs=0.05)
    assert heard_shifts == shifts  # of real, fake and mixed; of the generator


def test_adam_is_the_configs_and_its_rate_the_stages():
    gan = make_gan(beta_1=0.25, beta_2=0.75, learning_rate=3e-4)
    pair = gan.generator, gan.critic
    stage = Stage(0, LENGTH, 0, 10, 0, BATCH, 7e-4)
    growing = WaveGAN(*pair, gan.config, stage=stage)
    growing.compile()
    for each, rate in ((gan, 3e-4), (growing, 7e-4)):
        for adam in (each.generator_optimizer, each.critic_optimizer):
            assert (adam.beta_1, adam.beta_2) == (0.25, 0.75)
            assert float(adam.learning_rate) == pytest.approx(rate)


def test_the_first_step_of_adam_is_as_long_as_its_rate():
    """Also of embeddings, though a batch has several examples of a class."""
    gan = make_gan(critic_updates=1, learning_rate=1e-3)
    waves, _ = make_batch(updates=1)
    networks = gan.generator, gan.critic
    before = [network.get_weights() for network in networks]
    gan.train_step((waves, tf.zeros(BATCH, tf.int32)))
    for network, old in zip(networks, before, strict=True):
        steps = {
            weight.path.split("/", 1)[1]: np.abs(weight.numpy() - was).max()
            for was, weight in zip(old, network.weights, strict=True)
        }
        assert max(steps.values()) < 1.01e-3
        assert steps["label_embedding/embeddings"] > 0.99e-3


def test_a_pair_without_a_stage_is_that_of_a_plain_run():
    gan = make_gan(learning_rate=3e-4, half_life=7, iterations=9)
    assert (gan.stage,) == make_schedule(MODEL, gan.config)
