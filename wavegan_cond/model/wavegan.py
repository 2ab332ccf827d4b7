"""One iteration of training: k critic updates, then one generator update.

Nothing random is ambient. Every draw is a function of (seed, iteration, draw,
index in the global batch), so that resuming needs the iteration alone, and any
number of devices draws what one would.
"""

import keras
import numpy as np
import tensorflow as tf

from wavegan_cond.config import TrainConfig
from wavegan_cond.model import losses
from wavegan_cond.model.critic_input import Hearing
from wavegan_cond.model.networks import Critic, Generator
from wavegan_cond.model.resample import blend_real, downsample
from wavegan_cond.schedule import Stage

# What a stateless draw is for; part of its seed.
LATENT, MIX, LABEL, SHIFT = range(4)


class WaveGAN(keras.Model):
    """The adversarial pair and how it learns (WaveGAN's train loop).

    Build it inside ``strategy.scope()`` and call ``train_step`` through
    ``strategy.run``, as ``wavegan_cond.training.loop`` does; without a strategy
    ``fit`` works too.

    Args:
      generator: built.
      critic: built, of the same length and classes.
      config: the objective.
      prior: of z, "normal" or "uniform".
      average: a second generator that follows the weights of the first one
        with decay ``config.average``, or None.
      stage: the part of a progressive training that this pair is for; None
        for a plain one.
      hearing: through which the critic hears; None for sounds as they are.
    """

    def __init__(
        self,
        generator: Generator,
        critic: Critic,
        config: TrainConfig,
        prior: str = "normal",
        average: Generator | None = None,
        stage: Stage | None = None,
        hearing: Hearing | None = None,
    ):
        super().__init__(name="wavegan")
        self.stage, self.hearing = stage, hearing
        self.generator, self.critic = generator, critic
        self.average = average
        self.config, self.prior = config, prior
        if average is not None:
            average.trainable = False
            average.set_weights(generator.get_weights())
        self.built = True

    def compile(self, generator_optimizer=None, critic_optimizer=None):
        """Takes the optimizers, by default two Adams of the config."""
        super().compile(optimizer=None, jit_compile=False)
        self.generator_optimizer = generator_optimizer or self._adam()
        self.critic_optimizer = critic_optimizer or self._adam()
        self.generator_optimizer.build(self.generator.trainable_variables)
        self.critic_optimizer.build(self.critic.trainable_variables)

    def _adam(self) -> keras.optimizers.Adam:
        config, rate = self.config, self.config.learning_rate
        if self.stage is not None:
            rate = self.stage.learning_rate
        return keras.optimizers.Adam(
            rate, beta_1=config.beta_1, beta_2=config.beta_2
        )

    def set_fade(self, fade: float) -> None:
        """Says how far the newest blocks are faded in (paper: r).

        Outside a replica, before the iterations it is meant for.
        """
        for network in (self.generator, self.critic, self.average):
            if network is not None and network.fading:
                network.fade.assign(np.array(fade, np.float32))

    def set_rate(self, rate: float) -> None:
        """Says how far the optimizers go in the next iterations.

        Outside a replica, before the iterations it is meant for.
        """
        for optimizer in (self.generator_optimizer, self.critic_optimizer):
            optimizer.learning_rate.assign(np.array(rate, np.float32))

    def set_match(self, taps: np.ndarray) -> None:
        """Says how the equalizer of the generator is set, [num_classes, n].

        Outside a replica; the average has the same one.
        """
        for network in (self.generator, self.average):
            if network is not None:
                network.match_taps.assign(taps)

    def train_step(self, batch):
        """Updates the critic k times on fresh reals, then the generator once.

        Args:
          batch: this replica's share of (waves [B * k, T, 1], labels [B * k])
            at the full rate, which are brought to the rate of the networks.
            The k sounds of an example stand together, so that a share holds
            whole examples however many replicas there are.

        Returns:
          This iteration's scalars: wasserstein and penalty (means of the k
          critic updates), critic_loss and generator_loss.
        """
        waves, labels = batch
        k = self.config.critic_updates
        waves = tf.reshape(waves, [-1, k, *waves.shape[1:]])  # [B, k, T, 1]
        labels = tf.reshape(labels, [-1, k])
        logs = [
            self._update_critic(waves[:, draw], labels[:, draw], draw)
            for draw in range(k)  # unrolled: each has its own draws
        ]
        wasserstein, penalty, loss = map(tf.add_n, zip(*logs, strict=True))
        return {
            "wasserstein": wasserstein / k,
            "penalty": penalty / k,
            "critic_loss": loss / k,
            "generator_loss": self._update_generator(labels.shape[0], k),
        }

    def _update_critic(self, wave, label, draw):
        real, size = self._heard(self._at_rate(wave), label), wave.shape[0]
        z = self._latent(size, draw)
        # Outside the tape: the generator stays put here.
        fake = self._heard(self.generator(z, label, training=True), label)
        with tf.GradientTape() as tape:
            real_scores = self._score(real, label, draw, 0)
            fake_scores = self._score(fake, label, draw, 1)
            loss = losses.critic_loss(
                real_scores, fake_scores, self.config.loss
            )
            penalty = tf.zeros(())
            if self.config.loss == "wgan-gp":
                penalty = self._penalty(real, fake, label, draw)
                loss += self.config.penalty_weight * penalty
            shared_loss = loss / self._replicas()
        variables = self.critic.trainable_variables
        gradients = tape.gradient(shared_loss, variables)
        self.critic_optimizer.apply(gradients, variables)
        if self.config.loss == "wgan":
            limit = self.config.weight_clip
            for variable in variables:
                variable.assign(tf.clip_by_value(variable, -limit, limit))
        gap = tf.reduce_mean(real_scores) - tf.reduce_mean(fake_scores)
        return gap, penalty, loss

    def _at_rate(self, wave):
        """Real sounds as the critic is to see them at this stage."""
        if self.critic.fading:
            return blend_real(wave, self.critic.length, self.critic.fade)
        return downsample(wave, self.critic.length)

    def _heard(self, wave, label):
        """Sounds as the critic hears them, and its gradient is measured."""
        return self.hearing(wave, label) if self.hearing else wave

    def _penalty(self, real, fake, label, draw):
        """The gradient penalty between ``real`` and ``fake``."""
        size = real.shape[0]
        mix = self._draw(tf.random.stateless_uniform, [size, 1, 1], draw, MIX)
        mixed = losses.interpolate(real, fake, mix)
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            scores = self._score(mixed, label, draw, 2)
        return losses.gradient_penalty(tape.gradient(scores, mixed))

    def _update_generator(self, size, draw):
        z = self._latent(size, draw)
        # Fresh labels, uniform over the classes whatever the data holds.
        label = self._draw(
            tf.random.stateless_uniform,
            [size],
            draw,
            LABEL,
            maxval=self.generator.num_classes,
            dtype=tf.int32,
        )
        with tf.GradientTape() as tape:
            fake = self.generator(z, label, training=True)
            fake = self._heard(fake, label)
            scores = self._score(fake, label, draw, 0)
            loss = losses.generator_loss(scores, self.config.loss)
            shared_loss = loss / self._replicas()
        variables = self.generator.trainable_variables
        gradients = tape.gradient(shared_loss, variables)
        self.generator_optimizer.apply(gradients, variables)
        if self.average is not None:
            self._update_average()
        return loss

    def _update_average(self):
        decay = self.config.average
        for mean, value in zip(
            self.average.weights, self.generator.weights, strict=True
        ):
            mean.assign(decay * mean + (1.0 - decay) * value)

    # Draws -----------------------------------------------------------------

    def _score(self, wave, label, draw, passage):
        """The critic's scores of ``wave`` under phase shifts of its own."""
        return self.critic(wave, label, self._shifts(draw, passage))

    def _shifts(self, draw, passage):
        """One shift a layer, the same on every replica; None for none."""
        if not self.critic.num_shifts:
            return None
        radius = self.critic.phase_shuffle
        return tf.random.stateless_uniform(
            [self.critic.num_shifts],
            self._seed(draw, SHIFT + passage),
            minval=-radius,
            maxval=radius + 1,
            dtype=tf.int32,
        )

    def _latent(self, size, draw):
        shape = [size, self.generator.latent_dim]
        if self.prior == "uniform":
            function = tf.random.stateless_uniform
            return self._draw(function, shape, draw, LATENT, minval=-1.0)
        return self._draw(tf.random.stateless_normal, shape, draw, LATENT)

    def _draw(self, function, shape, draw, purpose, **kwargs):
        """Draws for the global batch and returns this replica's share."""
        context = tf.distribute.get_replica_context()
        size, replica = shape[0], context.replica_id_in_sync_group
        whole = [size * context.num_replicas_in_sync, *shape[1:]]
        values = function(whole, self._seed(draw, purpose), **kwargs)
        return tf.ensure_shape(values[replica * size :][:size], shape)

    def _seed(self, draw, purpose):
        iteration = tf.cast(self.generator_optimizer.iterations, tf.int64)
        if self.stage is not None:  # whose optimizers have started afresh
            iteration += self.stage.first
        draws = self.config.critic_updates + 1
        counter = (iteration * draws + draw) * 8 + purpose
        return tf.stack([tf.cast(self.config.seed, tf.int64), counter])

    def _replicas(self):
        # Keras sums the gradients of replicas; the loss is a mean over all.
        return tf.distribute.get_replica_context().num_replicas_in_sync
