"""Compilation of training steps by XLA.

A step is bound by its launches on a GPU: some 12,000 an iteration of k = 5,
whatever the width. XLA makes one program of each gradient and one of each
optimizer's step. On CPUs the plain graph is faster.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import tensorflow as tf

Variable: TypeAlias = keras.Variable | tf.Variable


def is_wanted(choice: str) -> bool:
    """Says whether training steps are compiled.

    Args:
      choice: "on", "off", or "auto" for where there is a GPU.
    """
    if choice == "auto":
        return bool(tf.config.list_logical_devices("GPU"))
    return choice == "on"


class FusedAdam(keras.optimizers.Adam):
    """Adam with one compiled step over all variables of a device.

    Arithmetic, variables and names are those of ``keras.optimizers.Adam``, but
    that a step of it is a dozen launches a variable.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._compiled_step = tf.function(self._step, jit_compile=True)

    def _distributed_tf_update_step(
        self, distribution, grads_and_vars, learning_rate
    ):
        gradients, variables = map(list, zip(*grads_and_vars, strict=True))
        count = tf.cast(self.iterations.value + 1, tf.float32)
        rate = learning_rate * tf.sqrt(1 - self.beta_2**count)
        rate /= 1 - self.beta_1**count
        means, squares = (
            [slot.value for slot in kind]
            for kind in (self._momentums, self._velocities)
        )
        update_together(
            distribution,
            self._compiled_step,
            variables,
            means,
            squares,
            gradients,
            rate,
        )

    def _step(self, variables, means, squares, gradients, rate):
        for variable, mean, square, gradient in zip(
            variables, means, squares, gradients, strict=True
        ):
            mean.assign_add((gradient - mean) * (1 - self.beta_1))
            square.assign_add((gradient**2 - square) * (1 - self.beta_2))
            root = tf.sqrt(square) + self.epsilon
            variable.assign_sub(mean * rate / root)


def move_towards(
    means: list[Variable], values: list[Variable], decay: float
) -> None:
    """Moves exponential averages of weights one step on, one by one.

    Args:
      means: variables that follow.
      values: variables that are followed.
      decay: fraction of the old mean in the new one.
    """
    for mean, value in zip(means, values, strict=True):
        # Equal weights stay equal to the bit: those that no gradient moves.
        mean.assign_add((1.0 - decay) * (value - mean))


def move_together(
    step: Callable, means: list[Variable], values: list[Variable]
) -> None:
    """Calls ``step``, a compiled ``move_towards``, in a replica."""

    def update(strategy):
        update_together(strategy, step, means, values)

    tf.distribute.get_replica_context().merge_call(update)


def update_together(
    strategy: tf.distribute.Strategy,
    function: Callable,
    variables: list[Variable],
    *args: Any,
) -> None:
    """Calls ``function(variables, *args)`` once a device.

    Args:
      strategy: of the variables; called across its replicas.
      function: gets of ``variables`` and of ``args`` what lies on the device
        that it is called for.
      variables: to update.
      *args: what else it takes: lists of variables or of reduced gradients.
    """
    strategy.extended.update(
        variables[0],
        lambda _, *own: function(*own),
        args=(variables, *args),
        group=False,
    )
