"""A run: resumed exactly, stopped cleanly, the same on two devices."""

import dataclasses
import subprocess
import sys
import time
import types

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import config as tf_config

from data_prep.store.batches import distribute
from experiments.common.training import run_in
from tests.fixtures import tiny
from wavegan_cond.model import critic_input
from wavegan_cond.model.networks import make_critic
from wavegan_cond.saved_models.load_run import load_critic
from wavegan_cond.storage.atomic import WriteError
from wavegan_cond.training import checkpoint_folder, loop, progress
from wavegan_cond.training.checkpoints import NonFiniteError
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.strategy import DeviceError, make_strategy


def run(store, path, options=tiny.OPTIONS, **settings):
    config = tiny.train_config(**settings)
    run_in(path, store, tiny.MODEL, config, options)
    return RunDir(path)


def assert_same(first, second):
    """Both runs saved the same, to the bit, and logged the same."""
    assert tiny.tensors(first.path) == tiny.tensors(second.path)
    assert tiny.log_rows(first.path) == tiny.log_rows(second.path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, store):
    """A run that nothing interrupted."""
    return run(store, tmp_path_factory.mktemp("whole"))


def test_a_run_resumed_twice_equals_the_uninterrupted_one(
    tmp_path, store, whole
):
    for iterations in (1, 4):
        run(store, tmp_path, iterations=iterations)
    assert_same(run(store, tmp_path), whole)
    rows = tiny.log_rows(whole.path)
    assert [int(row[0]) for row in rows] == list(range(1, 7))


def test_a_resumed_run_equals_one_of_the_same_settings(tmp_path, store):
    settings = {
        "average": 0.9,
        "half_life": 2,
        "whitening": 0.5,
        "compression": 0.5,
    }
    whole = run(store, tmp_path / "whole", **settings)
    run(store, tmp_path / "parts", iterations=3, **settings)
    assert_same(run(store, tmp_path / "parts", **settings), whole)


def test_deterministic_operations_are_asked_for(tmp_path, store, whole):
    """On a CPU they are those that are used anyway."""
    options = dataclasses.replace(tiny.OPTIONS, deterministic=True)
    try:
        assert_same(run(store, tmp_path, options), whole)
        with pytest.raises(RuntimeError, match="determinism is enabled"):
            tf.random.uniform([1])  # without a seed
    finally:
        tf_config.disable_op_determinism()


def test_the_batches_end_at_once_however_long_they_were_read(store):
    # TensorFlow's tuner sleeps as long again as it has run; here until 5.1 s.
    batches = distribute(store, 8, 0, 0, make_strategy())
    begun = time.monotonic()
    while time.monotonic() - begun < 3:
        next(batches)
        time.sleep(0.01)
    ended = time.monotonic()
    batches.close()
    assert time.monotonic() - ended < 1


def test_the_learning_rate_halves_with_the_iterations(tmp_path, store):
    done = run(store, tmp_path / "run", iterations=5, half_life=2)
    config = tiny.train_config(half_life=2)
    variables = tiny.state(done, tiny.MODEL, config)
    rates = [v for name, v in variables.items() if "learning_rate" in name]
    assert len(rates) == 2  # as it was in the last iteration
    np.testing.assert_allclose(rates, tiny.train_config().learning_rate / 4)


@pytest.mark.parametrize("setting", ["whitening", "compression"])
def test_a_checkpoint_holds_the_filters_of_its_critic(tmp_path, store, setting):
    config = tiny.train_config(**{setting: 0.5})
    path = run(store, tmp_path, **{setting: 0.5}).path
    critic = load_critic(path)
    if setting == "whitening":
        labels = store.labels[: store.train]
        gains = critic_input.fit(store.read_rows, labels, tiny.MODEL, config)
    else:
        gains = make_critic(tiny.MODEL, train=config).input_filter.gains
    np.testing.assert_array_equal(critic.input_filter.gains, gains)


def test_a_preview_has_sounds_of_every_class_and_pictures(tmp_path, store):
    often = RunOptions(
        checkpoint_every=1, preview_every=2, preview_sounds=2, keep=1
    )
    first = run(store, tmp_path / "often", often)
    assert len(checkpoint_folder.committed(first.checkpoints)) == 1
    preview = first.previews / "iteration_00000006"
    names = sorted(path.name for path in preview.iterdir())
    assert names[-1] == "snare_1.wav" and "sheet.png" in names
    assert len(names) == 3 * 2 + 1
    assert first.loss_picture.read_bytes().startswith(b"\x89PNG")
    assert list(first.tensorboard.iterdir())


def test_a_preview_of_a_model_without_labels_has_each_sound_once(
    tmp_path, store
):
    model = dataclasses.replace(tiny.MODEL, conditioning="none")
    run_in(tmp_path, store, model, tiny.train_config(), tiny.OPTIONS)
    preview = RunDir(tmp_path).previews / "iteration_00000006"
    assert {path.name for path in preview.iterdir()} == {
        "sheet.png",
        "sound_0.wav",
    }


def test_a_run_folder_that_is_moved_is_not_made_again(
    tmp_path, store, whole, monkeypatch
):
    note = progress.Progress.__call__

    def move(self, iteration, logs):
        note(self, iteration, logs)
        if iteration == 3:
            (tmp_path / "run").rename(tmp_path / "moved")

    monkeypatch.setattr(progress.Progress, "__call__", move)
    with pytest.raises(WriteError, match=r"run\W* was deleted or moved"):
        run(store, tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["moved"]
    monkeypatch.undo()
    (tmp_path / "moved").rename(tmp_path / "run")
    assert_same(run(store, tmp_path / "run"), whole)


def test_stop_on_divergence_names_the_loss():
    config = tiny.train_config()
    loop.stop_on_divergence(3, {"penalty": 1e8}, config)
    for bad in (float("nan"), float("inf"), -float("inf"), 1e12, -1e12):
        with pytest.raises(NonFiniteError, match=r"iteration 3.*penalty is"):
            losses = {"wasserstein": 1, "penalty": bad}
            loop.stop_on_divergence(3, losses, config)


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

def weights(devices, optimizer, average, xla=False):
    strategy = tf.distribute.MirroredStrategy(devices)
    config = tiny.train_config(average=average)
    gan = loop.build(tiny.MODEL, config, strategy, xla=xla)
    if optimizer == "sgd":
        with strategy.scope():
            gan.compile(keras.optimizers.SGD(.01), keras.optimizers.SGD(.01))
    size = 4 // len(devices) * config.critic_updates
    batches = iter(strategy.distribute_datasets_from_function(
        lambda context: load_batches(open_store(sys.argv[1]), size, 0)))
    with StopSignal() as stop:
        loop.iterate(gan, strategy, batches, 0, 10, [], stop)
    return {k: v.numpy() for k, v in checkpoints.gan_variables(gan).items()}

for settings in (("sgd", 0.0), ("adam", 0.9, True)):
    one = weights(["/cpu:0"], *settings[:2])
    two = weights(["/cpu:0", "/cpu:1"], *settings)
    worst = max(np.abs(one[k] - two[k]).max() for k in one)
    print(*settings, worst)
    assert worst < 1e-5, settings
"""


@pytest.mark.slow
def test_two_devices_train_what_one_does(store):
    """Also where their steps are compiled and those of the one are not."""
    # A process of its own: devices are made before TensorFlow starts.
    subprocess.run(
        [sys.executable, "-c", TWO_DEVICES, str(store.path)], check=True
    )


def test_a_batch_that_does_not_divide_is_refused_with_the_numbers():
    class Strategy:
        num_replicas_in_sync = 3

    with pytest.raises(DeviceError, match=r"batch of 4 .*3 devices"):
        loop.build(tiny.MODEL, tiny.train_config(), Strategy())


def test_of_an_iteration_that_diverged_nothing_is_told(monkeypatch):
    """Its weights may still be finite: they are not to be saved."""
    told, losses = [], iter([1.0, 2e9, 1.0])

    def step(batch, asked):
        return tf.constant([next(losses), 0.0])

    def observe(iteration, logs):
        told.append(iteration)

    names = ["wasserstein", "stop"]
    monkeypatch.setattr(loop, "make_step", lambda *_: (step, names))
    monkeypatch.setattr(loop, "set_moment", lambda *_: None)
    stop = types.SimpleNamespace(
        defer=lambda: None, agree=lambda asked: None, received=0, agreed=0
    )
    with pytest.raises(NonFiniteError, match="at iteration 2"):
        gan = types.SimpleNamespace(config=tiny.train_config())
        loop.iterate(gan, None, iter("abc"), 0, 3, [observe], stop)
    assert told == [1]
