"""A run: resumed exactly, stopped cleanly, the same on two devices."""

import csv
import dataclasses
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from experiments import train
from tests.fixtures import tiny
from wavegan_cond.model import critic_input
from wavegan_cond.saved_models.load_run import load_critic
from wavegan_cond.schedule import make_schedule
from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.training import (
    callbacks,
    checkpoint_folder,
    checkpoints,
    loop,
)
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.run_callbacks import Options
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal
from wavegan_cond.training.strategy import DeviceError, make_strategy

# A preview at the end, of few sounds: it takes longer than these trainings.
OPTIONS = Options(
    checkpoint_every=2, preview_every=9, preview_sounds=1, tensorboard=False
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tiny.make_store(tmp_path_factory.mktemp("data") / "store")


def run(store, path, options=OPTIONS, **settings):
    config = tiny.train_config(**settings)
    train.run_in(path, store, tiny.MODEL, config, options)
    return RunDir(path)


def saved(run_dir, **settings):
    """Every variable of the newest checkpoint, by name."""
    config = tiny.train_config(**settings)
    gan = loop.build(tiny.MODEL, config, make_strategy())
    loop.restore(gan, loop.find_checkpoint(run_dir)[0])
    variables = checkpoints.gan_variables(gan)
    return {k: v.numpy() for k, v in variables.items()}


def rows(run_dir):
    with open(run_dir.log, newline="") as file:
        found = list(csv.DictReader(file))
    for row in found:
        row.pop("seconds")
    return found


def assert_same(first, second):
    """Both runs saved the same, to the bit, and logged the same."""
    assert tiny.tensors(first.path) == tiny.tensors(second.path)
    assert rows(first) == rows(second)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"average": 0.9, "half_life": 2},
        {"whitening": 0.5},
        {"compression": 0.5},
    ],
)
def test_a_resumed_run_equals_the_uninterrupted_one(tmp_path, store, settings):
    whole = run(store, tmp_path / "whole", **settings)
    for iterations in (3,) if settings else (1, 4):
        run(store, tmp_path / "parts", iterations=iterations, **settings)
    parts = run(store, tmp_path / "parts", **settings)
    assert_same(whole, parts)
    assert [int(row["iteration"]) for row in rows(whole)] == list(range(1, 7))


def test_the_batches_end_at_once_however_long_they_were_read(store):
    # TensorFlow's tuner sleeps as long again as it has run; here until 5.1 s.
    config = tiny.train_config()
    (stage,) = make_schedule(tiny.MODEL, config)
    batches = train.load(store, config, stage, 0, make_strategy())
    begun = time.monotonic()
    while time.monotonic() - begun < 3:
        next(batches)
        time.sleep(0.01)
    ended = time.monotonic()
    batches.close()
    assert time.monotonic() - ended < 1


def test_the_learning_rate_halves_with_the_iterations(tmp_path, store):
    done = run(store, tmp_path / "run", iterations=5, half_life=2)
    variables = saved(done, half_life=2)
    rates = [v for name, v in variables.items() if "learning_rate" in name]
    assert len(rates) == 2  # as it was in the last iteration
    np.testing.assert_allclose(rates, tiny.train_config().learning_rate / 4)


@pytest.mark.parametrize("setting", ["whitening", "compression"])
def test_a_checkpoint_holds_the_filters_of_its_critic(tmp_path, store, setting):
    config = tiny.train_config(**{setting: 0.5})
    path = run(store, tmp_path, **{setting: 0.5}).path
    labels = store.labels[: store.train]
    gains = critic_input.fit(store.read_rows, labels, tiny.MODEL, config)
    critic = load_critic(path)
    np.testing.assert_array_equal(critic.input_filter.gains, gains)


@pytest.mark.parametrize("setting", ["whitening", "compression"])
def test_what_the_critic_hears_changes_what_is_learned(
    tmp_path, store, setting
):
    plain = run(store, tmp_path / "plain", iterations=2)
    other = run(store, tmp_path / "other", iterations=2, **{setting: 0.5})
    assert rows(plain)[0]["wasserstein"] != rows(other)[0]["wasserstein"]


def test_what_was_lost_is_done_again_the_same(tmp_path, store):
    # As after kill -9: the log is ahead of the newest checkpoint.
    whole = run(store, tmp_path / "whole")
    lost = run(store, tmp_path / "lost", iterations=5)
    newest = checkpoint_folder.latest(lost.checkpoints)[0]
    for file in newest.iterdir():
        file.write_bytes(b"")  # iteration 5 is damaged; 4 is there
    with open(lost.log, "a") as file:
        file.write("6,0.1")  # cut in the middle of a line
    assert_same(whole, run(store, tmp_path / "lost"))


def test_previews_and_intervals_do_not_touch_the_weights(tmp_path, store):
    often = Options(
        checkpoint_every=1, preview_every=2, preview_sounds=2, keep=1
    )
    first = run(store, tmp_path / "often", often)
    second = run(store, tmp_path / "seldom")
    assert_same(first, second)
    assert len(checkpoint_folder.committed(first.checkpoints)) == 1
    preview = first.previews / "iteration_00000006"
    names = sorted(path.name for path in preview.iterdir())
    assert names[-1] == "snare_1.wav" and "sheet.png" in names
    assert len(names) == 3 * 2 + 1
    assert first.loss_picture.read_bytes().startswith(b"\x89PNG")
    assert list(first.tensorboard.iterdir())


def test_what_was_just_saved_is_kept_instead_of_what_is_damaged(
    tmp_path, store
):
    every = Options(checkpoint_every=1, preview_every=9, tensorboard=False)
    run_dir = run(store, tmp_path, dataclasses.replace(every, keep=9))
    for file in (run_dir.checkpoints / "iteration_00000006").iterdir():
        file.write_bytes(b"")
    shutil.rmtree(run_dir.checkpoints / "iteration_00000005")
    # Stopped before the iteration of the damaged one comes again.
    run(store, tmp_path, dataclasses.replace(every, keep=1), iterations=5)
    kept = [
        path.name for path in checkpoint_folder.committed(run_dir.checkpoints)
    ]
    assert kept == ["iteration_00000005", "iteration_00000006"]
    assert checkpoint_folder.latest(run_dir.checkpoints)[1] == 5


def test_a_run_folder_that_is_moved_is_not_made_again(
    tmp_path, store, monkeypatch
):
    note = callbacks.Progress.__call__

    def move(self, iteration, logs):
        note(self, iteration, logs)
        if iteration == 3:
            (tmp_path / "run").rename(tmp_path / "moved")

    monkeypatch.setattr(callbacks.Progress, "__call__", move)
    with pytest.raises(WriteError, match=r"run\W* was deleted or moved"):
        run(store, tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["moved"]
    monkeypatch.undo()
    (tmp_path / "moved").rename(tmp_path / "run")
    assert_same(run(store, tmp_path / "run"), run(store, tmp_path / "whole"))


def test_another_seed_is_another_run(tmp_path, store):
    first = run(store, tmp_path / "a", iterations=1)
    second = run(store, tmp_path / "b", iterations=1, seed=1)
    name = "generator/stem/kernel"
    assert np.any(saved(first)[name] != saved(second)[name])


def test_a_run_that_diverges_stops_and_keeps_what_was_good(tmp_path, store):
    run_dir = run(store, tmp_path / "run", iterations=2)
    config = tiny.train_config()
    strategy = make_strategy()
    gan = loop.build(tiny.MODEL, config, strategy)
    checkpoint, first = loop.find_checkpoint(run_dir)
    loop.restore(gan, checkpoint)
    weight = gan.critic.trainable_variables[0]
    weight.assign(np.full(weight.shape, np.nan))
    train_data = _batches(store, strategy, config, first)
    with StopSignal() as stop:
        log = callbacks.Log(run_dir.log, first)
        saver = callbacks.CheckpointCallback(
            gan, run_dir.checkpoints, log, stop, every=1, last=6
        )
        with pytest.raises(NonFiniteError, match="diverged at iteration 3"):
            loop.iterate(gan, strategy, train_data, first, 6, [saver], stop)
    assert checkpoint_folder.latest(run_dir.checkpoints)[1] == 2


def _batches(store, strategy, config, first):
    from data_prep.store.batches import load_batches

    size = config.batch_size * config.critic_updates
    return iter(
        strategy.distribute_datasets_from_function(
            lambda context: load_batches(store, size, config.seed, first * size)
        )
    )


def test_stop_on_divergence_names_the_loss():
    loop.stop_on_divergence(3, {"penalty": 1e8})
    for bad in (float("nan"), float("inf"), -float("inf"), 1e12, -1e12):
        with pytest.raises(NonFiniteError, match=r"iteration 3.*penalty is"):
            loop.stop_on_divergence(3, {"wasserstein": 1, "penalty": bad})


TWO_DEVICES = """
import sys
import numpy as np
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import keras
from data_prep.store.batches import load_batches
from data_prep.store.store import open_store
from tests.fixtures import tiny
from wavegan_cond.training import checkpoint_folder, checkpoints, loop
from wavegan_cond.training.stop_signal import StopSignal

def weights(devices, optimizer, average):
    strategy = tf.distribute.MirroredStrategy(devices)
    config = tiny.train_config(average=average)
    gan = loop.build(tiny.MODEL, config, strategy)
    if optimizer == "sgd":
        with strategy.scope():
            gan.compile(keras.optimizers.SGD(.01), keras.optimizers.SGD(.01))
    size = 4 // len(devices) * config.critic_updates
    batches = iter(strategy.distribute_datasets_from_function(
        lambda context: load_batches(open_store(sys.argv[1]), size, 0)))
    with StopSignal() as stop:
        loop.iterate(gan, strategy, batches, 0, 10, [], stop)
    return {k: v.numpy() for k, v in checkpoints.gan_variables(gan).items()}

for optimizer, average in (("sgd", 0.9), ("adam", 0.0)):
    one = weights(["/cpu:0"], optimizer, average)
    two = weights(["/cpu:0", "/cpu:1"], optimizer, average)
    worst = max(np.abs(one[k] - two[k]).max() for k in one)
    print(optimizer, worst)
    assert worst < 1e-5, optimizer
"""


@pytest.mark.slow
def test_two_devices_train_what_one_does(store):
    # A process of its own: devices are made before TensorFlow starts.
    subprocess.run(
        [sys.executable, "-c", TWO_DEVICES, str(store.path)], check=True
    )


def test_a_batch_that_does_not_divide_is_refused_with_the_numbers():
    class Strategy:
        num_replicas_in_sync = 3

    with pytest.raises(DeviceError, match=r"batch_size=4.*3 devices"):
        loop.build(tiny.MODEL, tiny.train_config(), Strategy())


def test_a_missing_gpu_is_refused_where_one_is_required():
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    with pytest.raises(DeviceError, match="sees no GPU"):
        make_strategy(require_gpu=True)
