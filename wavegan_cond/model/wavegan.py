"""One iteration of training: k critic updates, then one generator update."""

import functools
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from wavegan_cond.config import TrainConfig
from wavegan_cond.model import losses
from wavegan_cond.model.critic import Critic
from wavegan_cond.model.draws import Draws
from wavegan_cond.model.generator import Generator
from wavegan_cond.model.match_eq import MatchEq
from wavegan_cond.model.resample import blend_real, downsample
from wavegan_cond.model.xla import FusedAdam, move_together, move_towards
from wavegan_cond.schedule import Stage, plain_stage


class WaveGAN(keras.Model):
    """The adversarial pair and how it learns (WaveGAN's train loop).

    Build it inside ``strategy.scope()`` and call ``train_step`` through
    ``strategy.run``, as ``wavegan_cond.training.loop`` does; without a strategy
    ``fit`` works too. What changes with the iteration is then the caller's:
    ``set_fade`` of a stage with a fade, ``set_rate`` with a half-life. So are
    the filters of a critic with whitening, see ``CriticInput``, and at the end
    those of the equalizer, see ``training.equalizer``.

    Args:
      generator: built.
      critic: built, of the same length and classes.
      config: the objective.
      prior: of z, "normal" or "uniform".
      average: a second generator that follows the weights of the first one
        with decay ``config.average``, or None.
      stage: the part of a progressive training that this pair is for; by
        default the whole of a plain one.
      match_eq: filters behind the generator, which training leaves out; None
        disables them.
      xla: whether the gradient of a critic update, that of the generator
        update and the optimizers' steps are each compiled, once.
    """

    def __init__(
        self,
        generator: Generator,
        critic: Critic,
        config: TrainConfig,
        prior: str = "normal",
        average: Generator | None = None,
        stage: Stage | None = None,
        match_eq: MatchEq | None = None,
        xla: bool = False,
    ):
        super().__init__(name="wavegan")
        self.xla = xla
        self.stage = stage or plain_stage(generator.length, config)
        self.generator, self.critic = generator, critic
        self.average, self.match_eq = average, match_eq
        self.config, self.prior = config, prior
        if average is not None:
            average.trainable = False
            average.set_weights(generator.get_weights())
        self.built = True

    def compile(
        self,
        generator_optimizer: keras.optimizers.Optimizer | None = None,
        critic_optimizer: keras.optimizers.Optimizer | None = None,
    ) -> None:
        """Takes the optimizers, by default two Adams of the config."""
        super().compile(optimizer=None, jit_compile=False)
        self.generator_optimizer = generator_optimizer or self._adam()
        self.critic_optimizer = critic_optimizer or self._adam()
        self.generator_optimizer.build(self.generator.trainable_variables)
        self.critic_optimizer.build(self.critic.trainable_variables)
        self.draws = Draws(
            self.config,
            self.prior,
            self.generator,
            self.critic,
            self.stage.first,
            self.generator_optimizer.iterations,
            self.xla,
        )
        move = functools.partial(move_towards, decay=self.config.average)
        self._move = tf.function(move, jit_compile=True)
        self._critic_gradients = self._compiled(self._critic_gradients)
        self._generator_gradients = self._compiled(self._generator_gradients)

    def _compiled(self, function):
        return tf.function(function, jit_compile=True) if self.xla else function

    def _adam(self) -> keras.optimizers.Adam:
        adam = FusedAdam if self.xla else keras.optimizers.Adam
        return adam(
            self.stage.learning_rate,
            beta_1=self.config.beta_1,
            beta_2=self.config.beta_2,
            name="adam",
        )

    def set_fade(self, fade: float) -> None:
        """Sets how far the newest blocks are faded in (paper: r).

        Outside a replica, before the iterations it is meant for.
        """
        for network in (self.generator, self.critic, self.average):
            if network is not None and network.fading:
                network.fade.assign(np.array(fade, np.float32))

    def set_rate(self, rate: float) -> None:
        """Sets the learning rate of the next iterations.

        Outside a replica, before the iterations it is meant for.
        """
        for optimizer in (self.generator_optimizer, self.critic_optimizer):
            optimizer.learning_rate.assign(np.array(rate, np.float32))

    def train_step(
        self, batch: tuple[tf.Tensor, tf.Tensor]
    ) -> dict[str, tf.Tensor]:
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
        size, variables = wave.shape[0], self.critic.trainable_variables
        gradients, *logs = self._critic_gradients(
            wave,
            label,
            self.draws.latent(size, draw),
            self.draws.noise(size, draw),
            self.draws.mix(size, draw),
            self.draws.shifts(size, draw, passages=3),
        )
        self.critic_optimizer.apply(gradients, variables)
        if self.config.loss == "wgan":
            limit = self.config.weight_clip
            for variable in variables:
                variable.assign(tf.clip_by_value(variable, -limit, limit))
        return logs

    def _critic_gradients(self, wave, label, z, noise, mix, shifts):
        """Returns the critic's gradients, and its gap, penalty and loss.

        Everything drawn is an argument: what is compiled is a function.
        """
        real = self.critic.filter(self._at_rate(wave), label)
        # Outside the tape: the generator stays put here.
        fake = self.critic.filter(
            self.generator(z, label, noise, training=True), label
        )
        with tf.GradientTape() as tape:
            real_scores = self.critic(real, label, shifts[0])
            fake_scores = self.critic(fake, label, shifts[1])
            loss = losses.critic_loss(
                real_scores, fake_scores, self.config.loss
            )
            if self.config.drift:
                loss += self.config.drift * tf.reduce_mean(real_scores**2)
            penalty = tf.zeros(())
            if self.config.loss == "wgan-gp":
                penalty = self._penalty(real, fake, label, mix, shifts[2])
                loss += self.config.penalty_weight * penalty
            shared_loss = loss / self._replicas()
        gradients = tape.gradient(shared_loss, self.critic.trainable_variables)
        gap = tf.reduce_mean(real_scores) - tf.reduce_mean(fake_scores)
        return dense(gradients), gap, penalty, loss

    def _at_rate(self, wave):
        """Real sounds as the critic is to see them at this stage."""
        if self.critic.fading:
            return blend_real(wave, self.critic.length, self.critic.fade)
        return downsample(wave, self.critic.length)

    def _penalty(self, real, fake, label, mix, shifts):
        """The gradient penalty between ``real`` and ``fake``."""
        mixed = losses.interpolate(real, fake, mix)
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            scores = self.critic(mixed, label, shifts)
        return losses.gradient_penalty(tape.gradient(scores, mixed))

    def _update_generator(self, size, draw):
        gradients, loss = self._generator_gradients(
            self.draws.label(size, draw),  # whatever the data holds
            self.draws.latent(size, draw),
            self.draws.noise(size, draw),
            *self.draws.shifts(size, draw),
        )
        self.generator_optimizer.apply(
            gradients, self.generator.trainable_variables
        )
        if self.average is not None:
            self._update_average()
        return loss

    def _generator_gradients(self, label, z, noise, shifts):
        """Returns the generator's gradients and its loss."""
        with tf.GradientTape() as tape:
            fake = self.generator(z, label, noise, training=True)
            scores = self.critic(self.critic.filter(fake, label), label, shifts)
            loss = losses.generator_loss(scores, self.config.loss)
            shared_loss = loss / self._replicas()
        variables = self.generator.trainable_variables
        return dense(tape.gradient(shared_loss, variables)), loss

    def _update_average(self):
        means, values = self.average.weights, self.generator.weights
        if not self.xla:
            return move_towards(means, values, self.config.average)
        means, values = ([w.value for w in x] for x in (means, values))
        move_together(self._move, means, values)

    def _replicas(self):
        # Keras sums the gradients of replicas; the loss is a mean over all.
        return tf.distribute.get_replica_context().num_replicas_in_sync


def dense(
    gradients: Sequence[tf.Tensor | tf.IndexedSlices],
) -> list[tf.Tensor]:
    """Returns gradients as tensors, also those of embeddings.

    A tape's gradient of an embedding has a row for each example. Keras' Adam
    adds up the rows of one label in its mean, but their squares, each for
    itself, in its mean square: in a batch of N examples of a class its steps
    would be up to sqrt(N) times as long.
    """
    return [tf.convert_to_tensor(gradient) for gradient in gradients]
