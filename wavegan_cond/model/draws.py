"""What an iteration of training draws: z, noise, labels, mixtures and shifts.

Nothing random is ambient. Every draw is a function of (seed, iteration, draw,
index in the global batch), so that resuming needs the iteration alone, and any
number of devices draws what one would.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from wavegan_cond.config import TrainConfig
from wavegan_cond.model.critic import Critic
from wavegan_cond.model.generator import Generator

# What a stateless draw is for; part of its seed.
LATENT, MIX, LABEL, SHIFT = range(4)
NOISE = 7  # behind the three shifts


class Draws:
    """Draws for the updates of an iteration, each for one replica's share.

    ``size`` is B, the examples of this replica; ``draw`` is the number of the
    update in its iteration: 0 to k - 1 of the critic, k of the generator.

    Args:
      config: its seed, its critic updates (k) and what shares a phase shift.
      prior: of z, "normal" or "uniform".
      generator: for which they are.
      critic: likewise.
      first: number of iterations that were done when ``iterations`` was 0.
      iterations: variable that counts them, the generator's optimizer's.
      xla: whether what takes the draws is compiled by XLA, which compiles a
        slice anew for each place that it is given: then every example has its
        phase shift, also where all have the same.
    """

    def __init__(
        self,
        config: TrainConfig,
        prior: str,
        generator: Generator,
        critic: Critic,
        first: int,
        iterations: keras.Variable,
        xla: bool = False,
    ):
        self._config, self._prior = config, prior
        self._generator, self._critic = generator, critic
        self._first, self._iterations = first, iterations
        self._xla = xla

    def latent(self, size: int, draw: int) -> tf.Tensor:
        """Returns z, [B, Z]."""
        shape = [size, self._generator.latent_dim]
        if self._prior == "uniform":
            function = tf.random.stateless_uniform
            return self._share(function, shape, draw, LATENT, minval=-1.0)
        return self._share(tf.random.stateless_normal, shape, draw, LATENT)

    def noise(self, size: int, draw: int) -> tf.Tensor | None:
        """Returns noise of the generator's blocks, None where it takes none."""
        if not self._generator.noise_shape:
            return None
        shape = [size, *self._generator.noise_shape]
        return self._share(tf.random.stateless_normal, shape, draw, NOISE)

    def label(self, size: int, draw: int) -> tf.Tensor:
        """Returns labels, int32 [B], uniform over the classes."""
        return self._share(
            tf.random.stateless_uniform,
            [size],
            draw,
            LABEL,
            maxval=self._generator.num_classes,
            dtype=tf.int32,
        )

    def mix(self, size: int, draw: int) -> tf.Tensor:
        """Returns how much of a mixture is generated, [B, 1, 1] in [0, 1)."""
        function = tf.random.stateless_uniform
        return self._share(function, [size, 1, 1], draw, MIX)

    def shifts(
        self, size: int, draw: int, passages: int = 1
    ) -> list[tf.Tensor | None]:
        """Returns the phase shifts of passages through the critic.

        Args:
          size: B, of this replica.
          draw: of the update.
          passages: 3 for real, fake and mixed sounds. They share their shifts
            unless ``phase_shift_draws`` is "separate".

        Returns:
          For each passage one shift a layer, [num_shifts], the same on every
          replica; with "example" or under XLA one a layer and example, [B,
          num_shifts]. None where the critic does not shift.
        """
        if not self._critic.num_shifts:
            return passages * [None]
        # A GPU would fetch whole numbers from the host to draw them, and bring
        # them back there to repeat them.
        with tf.device("CPU:0"):
            if self._config.phase_shift_draws != "separate":
                return passages * [self._shifts(size, draw, SHIFT)]
            return [
                self._shifts(size, draw, SHIFT + passage)
                for passage in range(passages)
            ]

    def _shifts(self, size, draw, purpose):
        radius = self._critic.phase_shuffle
        function = functools.partial(
            tf.random.stateless_uniform,
            minval=-radius,
            maxval=radius + 1,
            dtype=tf.int32,
        )
        count = self._critic.num_shifts
        if self._config.phase_shift_draws == "example":
            return self._share(function, [size, count], draw, purpose)
        shifts = function([count], self.seed(draw, purpose))
        return tf.broadcast_to(shifts, [size, count]) if self._xla else shifts

    def seed(self, draw: int, purpose: int) -> tf.Tensor:
        """Returns the seed of a draw of this iteration, int64 [2]."""
        draws = self._config.critic_updates + 1
        iterations = self._iterations.value
        # In memory of the host: there a GPU's draws read their seeds.
        with tf.device("CPU:0"):
            # The optimizers of a stage have started afresh.
            iteration = tf.cast(iterations, tf.int64) + self._first
            counter = (iteration * draws + draw) * 8 + purpose
            return tf.stack([tf.cast(self._config.seed, tf.int64), counter])

    def _share(
        self,
        function: Callable,
        shape: Sequence[int],
        draw: int,
        purpose: int,
        **kwargs: Any,
    ) -> tf.Tensor:
        """Draws for the global batch and returns this replica's share."""
        context = tf.distribute.get_replica_context()
        size, replica = shape[0], context.replica_id_in_sync_group
        whole = [size * context.num_replicas_in_sync, *shape[1:]]
        values = function(whole, self.seed(draw, purpose), **kwargs)
        return tf.ensure_shape(values[replica * size :][:size], shape)
