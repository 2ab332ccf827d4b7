import itertools

import numpy as np
import pytest
import tensorflow as tf

from data_prep.store.batches import distribute, load_batches
from data_prep.store.store import StoreError, write_store

LENGTH = 16


def make_store(path, train, validation=3):
    """Writes a store whose row ``n`` is ``n`` throughout, labelled n % 3."""
    rows = np.arange(train + validation, dtype=np.int16)
    return write_store(
        path,
        waveforms=[np.repeat(rows[:, None], LENGTH, 1)],
        labels=rows % 3,
        train=train,
        classes=("a", "b", "c"),
        length=LENGTH,
    )


def take(store, batch_size, seed, count, first_sound=0):
    batches = load_batches(store, batch_size, seed, first_sound)
    return list(itertools.islice(batches.as_numpy_iterator(), count))


def rows_of(batches):
    waves = np.concatenate([waves for waves, _ in batches])
    return np.rint(waves[:, 0, 0] * 32767).astype(int)


@pytest.mark.parametrize("train", [1, 2, 3, 5, 8, 31, 64, 100])
def test_every_epoch_is_a_permutation_of_the_training_rows(tmp_path, train):
    store = make_store(tmp_path / "store", train)
    order = rows_of(take(store, 7, 0, -(-4 * train // 7)))
    for epoch in range(4):
        one = order[epoch * train : (epoch + 1) * train]
        assert sorted(one) == list(range(train))


def test_epochs_and_seeds_differ_and_one_seed_repeats(tmp_path):
    store = make_store(tmp_path / "store", 50)
    order = rows_of(take(store, 10, 0, 10))
    assert (order[:50] != order[50:]).any()
    assert (rows_of(take(store, 10, 1, 10)) != order).any()
    assert (rows_of(take(store, 10, 0, 10)) == order).all()


def test_any_step_can_be_resumed_at(tmp_path):
    store = make_store(tmp_path / "store", 23)
    whole = take(store, 5, 3, 40)
    for step in (1, 4, 5, 17, 39):
        resumed = take(store, 5, 3, 40 - step, first_sound=5 * step)
        for before, after in zip(whole[step:], resumed, strict=True):
            assert all(
                (b == a).all() for b, a in zip(before, after, strict=True)
            )


def test_the_order_does_not_depend_on_the_batch_size(tmp_path):
    store = make_store(tmp_path / "store", 11)
    small, large = take(store, 4, 0, 30), take(store, 40, 0, 3)
    assert (rows_of(small) == rows_of(large)).all()


def test_batches_are_as_the_contract_says(tmp_path):
    store = make_store(tmp_path / "store", 9)
    batches = load_batches(store, 4, 0)
    waves, labels = batches.element_spec
    assert waves.shape == (4, LENGTH, 1) and waves.dtype == "float32"
    assert labels.shape == (4,) and labels.dtype == "int32"
    for waves, labels in take(store, 4, 0, 9):
        rows = rows_of([(waves, labels)])
        assert (labels == rows % 3).all()
        np.testing.assert_allclose(
            waves.T, [np.tile(rows / 32767, (LENGTH, 1))]
        )


def test_far_steps_do_not_overflow(tmp_path):
    store = make_store(tmp_path / "store", 7)
    order = rows_of(take(store, 7, 0, 1, first_sound=7 * 10**15))
    assert sorted(order) == list(range(7))


def test_a_store_without_training_rows_is_refused(tmp_path):
    store = make_store(tmp_path / "store", 0)
    with pytest.raises(StoreError, match="no training sounds"):
        load_batches(store, 4, 0)


def test_a_damaged_row_stops_the_batches_and_is_named(tmp_path):
    store = make_store(tmp_path / "store", 9)
    with (store.path / "waveforms.npy").open("r+b") as file:
        file.seek(128)
        file.write(b"?")
    with pytest.raises(tf.errors.OpError, match=r"row \d+ of waveforms\.npy"):
        take(store, 4, 0, 99)


def test_one_device_gets_what_is_loaded(tmp_path):
    store = make_store(tmp_path / "store", 31)
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    batches = itertools.islice(distribute(store, 8, 3, 5, strategy), 4)
    for given, loaded in zip(batches, take(store, 8, 3, 4, 5), strict=True):
        for one, other in zip(given, loaded, strict=True):
            (one,) = strategy.experimental_local_results(one)
            np.testing.assert_array_equal(one, other)
