"""R15: what cannot work is refused at once.

With exit code 2 and one line that says what to do, before any work.
"""

import json
import os
import subprocess

import numpy as np
import pytest

from data_prep.store.store import open_store, write_store
from experiments.common.preflight import prepare_run
from tests.fixtures import tiny
from tests.fixtures.disks import small_disk
from tests.reliability.cases import each
from wavegan_cond.training.run_dir import RunDir

pytestmark = pytest.mark.slow
SECONDS = 10
CLUSTER = {
    "cluster": {"worker": ["a:1", "b:1"]},
    "task": {"type": "worker", "index": 0},
}


@pytest.fixture
def refused(store, tmp_path):
    """Returns a function that runs the training command and sees it refused."""

    def check(said, *flags, run_dir=tmp_path / "run", data=None, **variables):
        command = tiny.command(data or store.path, run_dir, *flags)
        environment = {**os.environ, **variables}
        before = os.times()
        result = subprocess.run(
            command, capture_output=True, text=True, env=environment
        )
        # Of its own work, whatever else this machine is at.
        seconds = os.times().children_user - before.children_user
        lines = result.stderr.strip().splitlines()
        assert result.returncode == 2, f"exit {result.returncode}: {lines}"
        assert len(lines) == 1 and said in lines[0], lines
        assert seconds < SECONDS, f"{seconds:.1f} s"
        assert not list(tmp_path.rglob("iteration_*")), "it trained"

    return check


FLAGS = {
    "--batch_sise=4": "batch_sise",
    "--width=0": "range [1, 1024]",
    "--batch_size=35": "34 training sounds",
    "--length=256": "--length=64",  # of the store
}
CONFIGS = {"{worker: here": "TF_CONFIG", json.dumps(CLUSTER): "2 workers"}


@each("flag", FLAGS, quick=["--batch_size=35", "--length=256"])
def test_a_flag(refused, flag):
    refused(FLAGS[flag], flag)


@each("config", CONFIGS, quick=0)
def test_a_cluster(refused, config):
    refused(CONFIGS[config], TF_CONFIG=config)


def test_no_gpu_where_one_is_required(refused):
    # No device is visible, whatever the machine has.
    refused("sees no GPU", "--require_gpu", CUDA_VISIBLE_DEVICES="-1")


def test_a_read_only_disk(refused, tmp_path):
    with small_disk(tmp_path / "disk", 1 << 16, read_only=True) as disk:
        refused("choose another folder", run_dir=disk / "run")


def test_a_folder_that_is_no_store(refused, tmp_path):
    (tmp_path / "empty").mkdir()
    refused("no prepared store", data=tmp_path / "empty")


@pytest.mark.full
def test_a_run_folder_below_a_file(refused, tmp_path):
    (tmp_path / "file").write_text("")
    refused("choose another folder", run_dir=tmp_path / "file" / "run")


@pytest.mark.full
def test_the_folder_of_another_run(refused, store, tmp_path):
    fingerprint = open_store(store.path).fingerprint
    run_dir = RunDir(tmp_path / "run")
    prepare_run(run_dir, tiny.MODEL, tiny.train_config(), fingerprint)
    refused("learning_rate was 0.0002", "--learning_rate=0.001")


@pytest.mark.full
def test_an_empty_class(refused, tmp_path):
    data = write_store(
        tmp_path / "store",
        waveforms=[np.ones((34, tiny.LENGTH), np.int16)],
        labels=np.arange(34) % 2,
        train=34,
        classes=tiny.CLASSES,
        length=tiny.LENGTH,
    )
    refused("no training sound of class cymbal", data=data.path)
