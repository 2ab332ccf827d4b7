"""Batches of a store, on the devices that train on them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from data_prep.store.store import Store, StoreError
from wavegan_cond.config import TrainConfig
from wavegan_cond.schedule import Stage

if TYPE_CHECKING:
    import tensorflow as tf


def load(
    store: Store,
    train: TrainConfig,
    stage: Stage,
    first: int,
    strategy: "tf.distribute.Strategy",
) -> Iterator[tuple]:
    """Yields a stage's batches, from ``first`` on: one for each iteration.

    Float32 [k B, T, 1] and int32 [k B], distributed, for its k critic updates.

    Consecutive batches go to consecutive devices: together they are what one
    device would read. Each process reads those of its own devices only.

    Raises:
      StoreError: a sound on the disk is not what was written.
    """
    import tensorflow as tf

    from data_prep.store.batches import Share, load_batches

    sounds = stage.batch_size * train.critic_updates
    position = stage.examples_seen + (first - stage.first) * sounds
    devices, readers = strategy.num_replicas_in_sync, {}
    gpus = [d for d in strategy.extended.worker_devices if "GPU" in d]

    def take(context):
        """Returns the next share of a replica, on its device."""
        # Not distribute_datasets_from_function: its iterators have a tuner
        # that cannot be turned off, see load_batches.
        device = context.replica_id_in_sync_group
        if device not in readers:
            share, size = Share(device, devices), sounds // devices
            readers[device] = iter(
                load_batches(store, size, train.seed, position, share)
            )
        batch = next(readers[device])
        if not gpus:
            return batch
        with tf.device(gpus[device % len(gpus)]):  # copied before it is needed
            return tuple(map(tf.identity, batch))

    try:
        while True:
            yield strategy.experimental_distribute_values_from_function(take)
    except tf.errors.OpError as error:
        # TensorFlow carries what the reader raised as text.
        _, found, message = str(error).partition("StoreError: ")
        if not found:
            raise
        raise StoreError(message.splitlines()[0]) from error
