"""The callbacks of a run: what they are made from."""

import dataclasses

import numpy as np

from tests.fixtures import tiny
from wavegan_cond.model.networks import make_networks
from wavegan_cond.model.wavegan import WaveGAN
from wavegan_cond.schedule import Stage
from wavegan_cond.training.log import Log
from wavegan_cond.training.options import RunOptions
from wavegan_cond.training.run_callbacks import (
    RunCallbacks,
    make_score,
)
from wavegan_cond.training.run_dir import RunDir
from wavegan_cond.training.spread_guard import WINDOW, SpreadGuard


def test_checkpoints_are_scored_by_sounds_that_are_held_out(
    tmp_path, monkeypatch
):
    store = tiny.make_store(tmp_path / "store", 60)
    monkeypatch.setattr(
        "wavegan_cond.training.run_callbacks.Score", lambda *given: given
    )
    seen, held_out, *_ = make_score(store, tiny.MODEL)
    np.testing.assert_array_equal(seen, store.split("train")[0])
    waves, labels = store.split("validation")
    for label, some in enumerate(held_out):
        np.testing.assert_array_equal(some, waves[labels == label])
    assert len(held_out) == 3


def test_without_labels_all_sounds_are_scored_as_one_class(
    tmp_path, monkeypatch
):
    store = tiny.make_store(tmp_path / "store", 60)
    monkeypatch.setattr(
        "wavegan_cond.training.run_callbacks.Score", lambda *given: given
    )
    model = dataclasses.replace(tiny.MODEL, conditioning="none")
    _, held_out, *_ = make_score(store, model)
    np.testing.assert_array_equal(held_out, [store.split("validation")[0]])


def test_a_resumed_run_is_watched_with_what_was_before(tmp_path, store):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    random = np.random.default_rng(0)
    done = 2 * WINDOW + 9
    values = random.normal(size=done).round(3)
    log = Log(run_dir.log, 0)
    names = "penalty", "critic_loss", "generator_loss", "spread"
    zeros = dict.fromkeys(names, 0.0)
    for iteration, value in enumerate(values, 1):
        log(iteration, {"wasserstein": value, **zeros})
    log.close()
    stage = Stage(0, tiny.LENGTH, 0, 2000, 0, 4, 1e-4)
    config = tiny.train_config()
    gan = WaveGAN(*make_networks(tiny.MODEL), config, stage=stage)
    gan.compile()
    options = RunOptions(tensorboard=False, best_by="none")
    called = RunCallbacks(
        store, run_dir, tiny.MODEL, options, None, "", done, config
    )
    (guard,) = (c for c in called.for_stage(gan) if isinstance(c, SpreadGuard))
    called.close()
    logs, expected = {"wasserstein": 0.5}, {"wasserstein": 0.5}
    guard(done + 1, logs)
    SpreadGuard(config, values)(done + 1, expected)
    assert logs["spread"] == expected["spread"] != 1
