"""A run that grows: stopped anywhere, it ends as if it had not been."""

import dataclasses
import signal

import numpy as np
import pytest

from experiments.common import training
from experiments.common.preflight import prepare_run
from tests.fixtures import tiny
from wavegan_cond.saved_models.load import load_model
from wavegan_cond.training import checkpoint_folder
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.stop_signal import StopSignal

MODEL = dataclasses.replace(tiny.GROWN, match_eq=True)
LAST = 12
STAGES = "64:4@2,256/5"  # the fade is over after iteration 9
OPTIONS = RunOptions(
    checkpoint_every=5, preview_every=6, preview_sounds=1, tensorboard=False
)


class StopAfter(StopSignal):
    """A signal that comes before the n-th iteration of a start."""

    def __init__(self, iterations):
        super().__init__()
        self._left = iterations - 1

    def defer(self):
        if not self._deferred:
            self.agree(False)
        super().defer()

    def agree(self, requested):
        super().agree(requested)
        if not self._left:
            self.received = signal.SIGTERM
        self._left -= 1


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "store"
    return tiny.make_store(path, length=tiny.GROWN.length)


def run(store, path, *stops):
    """Runs to the end, stopped after so many iterations of each start."""
    config = tiny.train_config(
        iterations=LAST,
        stages=STAGES,
        average=0.9,
        whitening=0.5,
        compression=0.5,
    )
    run_dir = RunDir(path)
    prepare_run(run_dir, MODEL, config, store.fingerprint)
    for iterations in (*stops, LAST + 1):
        with StopAfter(iterations) as stop:
            training.run(store, run_dir, MODEL, config, OPTIONS, stop)
    return run_dir


@pytest.fixture(scope="module")
def whole(store, tmp_path_factory):
    return run(store, tmp_path_factory.mktemp("whole"))


@pytest.mark.slow
def test_stopped_anywhere_it_ends_the_same(store, tmp_path, whole):
    # In the first stage, at its very end, in the fade, and behind it.
    parts = run(store, tmp_path, 2, 2, 3, 3)
    assert tiny.tensors(parts.path) == tiny.tensors(whole.path)
    assert tiny.log_rows(parts.path) == tiny.log_rows(whole.path)
    numbers = [int(row[0]) for row in tiny.log_rows(parts.path)]
    assert numbers == list(range(1, LAST + 1))


def test_a_stage_ends_with_a_checkpoint_and_a_preview(whole):
    kept = [
        checkpoint_folder.verify(p)
        for p in checkpoint_folder.committed(whole.checkpoints)
    ]
    assert kept == [5, 10, 12]
    previews = sorted(p.name[-2:] for p in whole.previews.iterdir())
    assert previews == ["04", "06", "12"]


def test_every_stage_makes_sounds_at_its_own_rate(store, tmp_path, whole):
    z, label = np.zeros((2, 3)), [0, 1]
    grown = load_model(whole.path)
    assert grown.info.length == 256 and grown.info.sample_rate == 44100
    assert grown.generate(z, label).shape == (2, 256)
    config = tiny.train_config(iterations=LAST, stages=STAGES)
    run_dir = RunDir(tmp_path)
    prepare_run(run_dir, MODEL, config, store.fingerprint)
    for iterations, length in ((3, 64), (4, 256)):  # in stage 1, in the fade
        with StopAfter(iterations) as stop:
            training.run(store, run_dir, MODEL, config, OPTIONS, stop)
        model = load_model(run_dir.path)
        assert model.info.length == length
        assert model.info.sample_rate == 44100 * length // 256
        assert model.generate(z, label).shape == (2, length)
        assert model.info.iteration == iterations + (length > 64) * 3
