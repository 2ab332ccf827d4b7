"""R15: what cannot work is refused at once.

With exit code 2 and one line that says what to do, before any work.
"""

import dataclasses
import json
import os
import subprocess
from pathlib import Path

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


@dataclasses.dataclass
class Refusal:
    """Runs the training command and expects it to be refused.

    Attributes:
      store: the folder of a store that is good.
      said: what the complaint must say.
    """

    store: Path
    said: str

    def __call__(
        self, *flags: str, run_dir: Path, data: Path | None = None, **variables
    ) -> None:
        """Raises unless exit code, time and the one line are right.

        Args:
          *flags: flags of the command, behind those of a tiny run.
          run_dir: folder of the run.
          data: the store, if not the good one.
          **variables: environment variables.
        """
        command = tiny.command(data or self.store, run_dir, *flags)
        environment = {**os.environ, **variables}
        before = os.times()
        result = subprocess.run(
            command, capture_output=True, text=True, env=environment
        )
        # Of its own work, whatever else this machine is at.
        seconds = os.times().children_user - before.children_user
        lines = result.stderr.strip().splitlines()
        assert result.returncode == 2, f"exit {result.returncode}: {lines}"
        assert len(lines) == 1 and self.said in lines[0], lines
        assert seconds < SECONDS, f"{seconds:.1f} s"


def no_gpu(expect, place):
    # No device is visible, whatever the machine has.
    expect("--require_gpu", run_dir=place / "run", CUDA_VISIBLE_DEVICES="-1")


def read_only(expect, place):
    with small_disk(place / "disk", 1 << 16, read_only=True) as disk:
        expect(run_dir=disk / "run")


def below_a_file(expect, place):
    (place / "file").write_text("")
    expect(run_dir=place / "file" / "run")


def few_sounds(expect, place):
    expect("--batch_size=35", run_dir=place / "run")


def empty_class(expect, place):
    waves = np.ones((34, tiny.LENGTH), np.int16)
    store = write_store(
        place / "store",
        waveforms=[waves],
        labels=np.arange(34) % 2,
        train=34,
        classes=tiny.CLASSES,
        length=tiny.LENGTH,
    )
    expect(run_dir=place / "run", data=store.path)


def typo(expect, place):
    expect("--batch_sise=4", run_dir=place / "run")


def out_of_range(expect, place):
    expect("--width=0", run_dir=place / "run")


def other_run(expect, place):
    run_dir, store = RunDir(place / "run"), open_store(expect.store)
    prepare_run(run_dir, tiny.MODEL, tiny.train_config(), store.fingerprint)
    expect("--learning_rate=0.001", run_dir=run_dir.path)


def no_store(expect, place):
    (place / "empty").mkdir()
    expect(run_dir=place / "run", data=place / "empty")


def other_length(expect, place):
    expect("--length=256", run_dir=place / "run")


def bad_cluster(expect, place):
    expect(run_dir=place / "run", TF_CONFIG="{worker: here")


def cluster(expect, place):
    task = {"type": "worker", "index": 0}
    workers = {"cluster": {"worker": ["a:1", "b:1"]}, "task": task}
    expect(run_dir=place / "run", TF_CONFIG=json.dumps(workers))


CASES = {
    "no GPU and --require_gpu": (no_gpu, "sees no GPU"),
    "a typo in a flag": (typo, "batch_sise"),
    "a flag out of range": (out_of_range, "range [1, 1024]"),
    "a malformed TF_CONFIG": (bad_cluster, "TF_CONFIG"),
    "a TF_CONFIG of several workers": (cluster, "2 workers"),
    "fewer sounds than a batch": (few_sounds, "34 training sounds"),
    "an empty class": (empty_class, "no training sound of class cymbal"),
    "a folder that is no store": (no_store, "no prepared store"),
    "a store of another length": (other_length, "--length=64"),
    "a read-only disk": (read_only, "choose another folder"),
    "a run folder below a file": (below_a_file, "choose another folder"),
    "the folder of another run": (other_run, "learning_rate was 0.0002"),
}
QUICK = (
    "no GPU and --require_gpu",
    "fewer sounds than a batch",
    "a folder that is no store",
    "a store of another length",
    "a read-only disk",
)


@each("name", CASES, quick=QUICK)
def test_refused(store, tmp_path, name):
    attempt, said = CASES[name]
    attempt(Refusal(store.path, said), tmp_path)
    assert not list(tmp_path.rglob("iteration_*")), "it trained"
