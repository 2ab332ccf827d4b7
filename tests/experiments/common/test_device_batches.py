"""Batches of a stage, on its devices."""

import tensorflow as tf

from experiments.common import device_batches
from tests.fixtures import tiny
from wavegan_cond.schedule import make_schedule
from wavegan_cond.training.strategy import make_strategy


def test_a_stage_reads_on_behind_what_was_read_before(monkeypatch):
    asked, batch = [], (tf.zeros([8, 256, 1]), tf.zeros([8], tf.int32))

    def load_batches(store, size, seed, position, share):
        asked.append((size, position))
        return [batch]

    monkeypatch.setattr("data_prep.store.batches.load_batches", load_batches)
    config = tiny.train_config(iterations=12, stages="64:4@2,256/5")
    _, stage = make_schedule(tiny.GROWN, config)
    next(device_batches.load(None, config, stage, 6, make_strategy()))
    # Four iterations of 2 x 2 sounds, and two of 2 x 4.
    assert asked == [(8, 16 + 16)]
