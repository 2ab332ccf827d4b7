"""R9: only the seed changes the weights."""

import dataclasses
from unittest import mock

import pytest

from data_prep.store import batches
from experiments.common.training import run_in
from tests.fixtures import tiny
from tests.reliability.cases import each
from wavegan_cond.training.options import RunOptions

BASE = RunOptions(checkpoint_every=10, preview_every=10, preview_sounds=1)
SAME = {
    "the same again": {},
    "a checkpoint every iteration": {"checkpoint_every": 1, "keep": 1},
    "a preview every third": {"preview_every": 3, "preview_sounds": 2},
    "no TensorBoard": {"tensorboard": False},
    "checkpoints not scored": {"best_by": "none"},
    "all of them": {
        "checkpoint_every": 1,
        "keep": 1,
        "preview_every": 3,
        "preview_sounds": 2,
        "tensorboard": False,
        "best_by": "none",
    },
}
LOADING = {
    "one reader": (1, 1),
    "two readers, prefetch as TensorFlow likes": (2, -1),
    "five readers, prefetch 7": (5, 7),
}


@pytest.fixture(scope="module")
def train(scored_store, full):
    """Returns what trains a run, and returns the digests of all it saved."""

    def train(run_dir, options, seed=0):
        iterations = 20 if full else 8
        config = tiny.train_config(
            iterations=iterations, seed=seed, average=0.9
        )
        run_in(run_dir, scored_store, tiny.MODEL, config, options)
        return tiny.tensors(run_dir)[1]

    return train


@pytest.fixture(scope="module")
def expected(train, tmp_path_factory):
    return train(tmp_path_factory.mktemp("first"), BASE)


@each("name", SAME, quick=["all of them"])
def test_what_is_saved_and_shown(train, tmp_path, expected, name):
    options = dataclasses.replace(BASE, **SAME[name])
    assert train(tmp_path, options) == expected


@each("name", LOADING, quick=["five readers, prefetch 7"])
def test_how_sounds_are_read(train, tmp_path, expected, name):
    readers, prefetch = LOADING[name]
    with mock.patch.multiple(batches, READERS=readers, PREFETCH=prefetch):
        assert train(tmp_path, BASE) == expected


def test_another_seed(train, tmp_path, expected):
    found = train(tmp_path, BASE, seed=1)
    same = [name for name in expected if found[name] == expected[name]]
    # What begins at zero and has no gradient yet, and the counters.
    assert len(same) < len(expected) / 2, same
