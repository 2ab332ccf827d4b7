"""Endless shuffled batches of a store's training rows, from any step on.

The order is a function, not a state: the sounds of ``(store, seed)`` follow one
another in an endless row order in which each epoch is one permutation keyed by
``(seed, epoch)``. To resume after ``n`` sounds is to start counting at ``n``.
"""

import dataclasses
from collections.abc import Iterator

import tensorflow as tf

from data_prep.store.store import Store, StoreError
from wavegan_cond.storage.pcm import FULL_SCALE

# Keeps this use of the seed apart from other draws made with the same one.
_STREAM = 0x0DA7A

READERS = 2  # batches read at a time
PREFETCH = 2  # batches held ready


@dataclasses.dataclass(frozen=True)
class Share:
    """The batches that are one device's, of those that belong together.

    Attributes:
      device: counted over all processes.
      of: all devices.
    """

    device: int = 0
    of: int = 1

    def batch(self, number: int) -> int:
        """Returns the place in the common order of its batch ``number``."""
        return number * self.of + self.device


def load_batches(
    store: Store,
    batch_size: int,
    seed: int,
    first_sound: int = 0,
    share: Share = Share(),
) -> tf.data.Dataset:
    """Returns an infinite dataset of training batches.

    A batch may hold the end of one epoch and the start of the next: every
    sound is seen once per epoch whatever the batch size. Rows are read from
    disk as they are needed.

    Args:
      store: an opened store.
      batch_size: sounds per batch (B), of one device where it has a share.
      seed: of the order.
      first_sound: how many sounds of the order were used before.
      share: of the batches, for one device; all of them by default.

    Returns:
      Elements (float32 [B, T, 1] in [-1, 1], int32 [B]).

    Raises:
      StoreError: the store has no training rows.
    """
    if store.train < 1:
        raise StoreError(f"{store.path} has no training sounds")

    def read(position):
        rows = row_order(position, batch_size, store.train, seed)
        return _gather(store, rows, batch_size)

    def position(number):
        return first_sound + share.batch(number) * batch_size

    # As they stand: to look for conditions and loops in them takes longer than
    # all else here.
    position, read = map(
        tf.autograph.experimental.do_not_convert, (position, read)
    )
    positions = tf.data.Dataset.counter().map(position)
    batches = positions.map(read, READERS, deterministic=True)
    options = tf.data.Options()
    # There is nothing to tune, and an iterator waits at its end for the tuner,
    # which sleeps ever longer: a minute after some minutes.
    options.autotune.enabled = False
    return batches.prefetch(PREFETCH).with_options(options)


def distribute(
    store: Store,
    batch_size: int,
    seed: int,
    first_sound: int,
    strategy: tf.distribute.Strategy,
) -> Iterator[tuple]:
    """Yields batches, each shared by the devices of a strategy.

    Consecutive shares go to consecutive devices: together they are what one
    device would read. Each process reads those of its own devices only.

    Args:
      store: an opened store.
      batch_size: sounds of a whole batch (B).
      seed: of the order.
      first_sound: how many sounds of the order were used before.
      strategy: of which each replica gets an equal share.

    Yields:
      Float32 [B, T, 1] in [-1, 1] and int32 [B], distributed.

    Raises:
      StoreError: a sound on the disk is not what was written.
    """
    devices, readers = strategy.num_replicas_in_sync, {}
    gpus = [d for d in strategy.extended.worker_devices if "GPU" in d]

    def take(context):
        """Returns the next share of a replica, on its device."""
        # Not distribute_datasets_from_function: its iterators have a tuner
        # that cannot be turned off, see load_batches.
        device = context.replica_id_in_sync_group
        if device not in readers:
            share, size = Share(device, devices), batch_size // devices
            readers[device] = iter(
                load_batches(store, size, seed, first_sound, share)
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


def row_order(
    position: tf.Tensor, batch_size: int, rows: int, seed: int
) -> tf.Tensor:
    """Returns int64 [B]: the rows of the batch that begins at ``position``."""
    position = tf.cast(position, tf.int64) + tf.range(
        batch_size, dtype=tf.int64
    )
    epoch = position // rows
    keys = tf.stack(
        [
            tf.fill([batch_size], tf.constant(key, tf.int64))
            for key in (_STREAM, seed)
        ]
        + [epoch],
        axis=1,
    )  # [B, 3]
    # The Python wrapper takes one index only, the raw op a vector of them.
    return tf.raw_ops.RandomIndexShuffle(
        index=position % rows,
        seed=keys,
        max_index=tf.fill([batch_size], tf.constant(rows - 1, tf.int64)),
    )


def _gather(store: Store, rows: tf.Tensor, batch_size: int):
    """Reads rows from the file: (float32 [B, T, 1], int32 [B])."""

    def read(rows):
        return store.read_rows(rows), store.labels[rows]

    waves, labels = tf.numpy_function(
        read, [rows], (tf.int16, tf.int32), stateful=False
    )
    waves = tf.ensure_shape(waves, [batch_size, store.length])
    waves = tf.cast(waves, tf.float32)[:, :, tf.newaxis] / FULL_SCALE
    return waves, tf.ensure_shape(labels, [batch_size])
