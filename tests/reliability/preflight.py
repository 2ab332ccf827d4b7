"""R15: commands that cannot work, refused before any work."""

import dataclasses
import functools
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from data_prep.store.store import open_store, write_store
from experiments.common.preflight import prepare_run
from tests.reliability import tiny
from tests.reliability.disk import small_disk
from tests.reliability.row import Case
from wavegan_cond.training.run_dir import RunDir

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
        """Raises unless exit code, time, place and number of lines are right.

        Args:
          *flags: of the command, behind those of a tiny run.
          run_dir: of the run.
          data: the store, if not the good one.
          **variables: of the environment.
        """
        command = tiny.command(data or self.store, run_dir, *flags)
        environment = {**os.environ, **variables}
        started = time.monotonic()
        result = subprocess.run(
            command, capture_output=True, text=True, env=environment
        )
        seconds = time.monotonic() - started
        lines = result.stderr.strip().splitlines()
        assert result.returncode == 2, f"exit {result.returncode}: {lines}"
        assert len(lines) == 1 and self.said in lines[0], lines
        assert seconds < SECONDS, f"{seconds:.1f} s"


def refused(folder: Path, quick: bool) -> Iterator[Case]:
    """R15: exit 2 in time, with one line that says what to do."""
    store = tiny.make_store(folder / "store").path
    for name in list(CASES)[:: 3 if quick else 1]:
        attempt, said = CASES[name]
        check = functools.partial(_refused, attempt, Refusal(store, said))
        yield Case(name, check)


def _refused(attempt: Callable, expect: Refusal, place: Path) -> None:
    attempt(expect, place)
    assert not list(place.rglob("iteration_*")), "it trained"


def _no_gpu(expect, place):
    # No device is visible, whatever the machine has.
    expect("--require_gpu", run_dir=place / "run", CUDA_VISIBLE_DEVICES="-1")


def _read_only(expect, place):
    with small_disk(place / "disk", 1 << 16, read_only=True) as disk:
        expect(run_dir=disk / "run")


def _below_a_file(expect, place):
    (place / "file").write_text("")
    expect(run_dir=place / "file" / "run")


def _few_sounds(expect, place):
    expect("--batch_size=35", run_dir=place / "run")


def _empty_class(expect, place):
    waves = np.ones((34, tiny.LENGTH), np.int16)
    store = write_store(
        place / "store",
        waveforms=[waves],
        labels=np.arange(34) % 2,
        train=34,
        classes=tiny.CLASSES,
        length=tiny.LENGTH,
        manifest=["path\n"],
        details={},
    )
    expect(run_dir=place / "run", data=store.path)


def _typo(expect, place):
    expect("--batch_sise=4", run_dir=place / "run")


def _out_of_range(expect, place):
    expect("--width=0", run_dir=place / "run")


def _other_run(expect, place):
    run_dir, store = RunDir(place / "run"), open_store(expect.store)
    prepare_run(run_dir, tiny.MODEL, tiny.train_config(), store.fingerprint)
    expect("--learning_rate=0.001", run_dir=run_dir.path)


def _no_store(expect, place):
    (place / "empty").mkdir()
    expect(run_dir=place / "run", data=place / "empty")


def _other_length(expect, place):
    expect("--length=256", run_dir=place / "run")


def _bad_cluster(expect, place):
    expect(run_dir=place / "run", TF_CONFIG="{worker: here")


def _cluster(expect, place):
    task = {"type": "worker", "index": 0}
    workers = {"cluster": {"worker": ["a:1", "b:1"]}, "task": task}
    expect(run_dir=place / "run", TF_CONFIG=json.dumps(workers))


CASES = {
    "no GPU and --require_gpu": (_no_gpu, "sees no GPU"),
    "a typo in a flag": (_typo, "batch_sise"),
    "a flag out of range": (_out_of_range, "range [1, 1024]"),
    "a malformed TF_CONFIG": (_bad_cluster, "TF_CONFIG"),
    "a TF_CONFIG of several workers": (_cluster, "2 workers"),
    "fewer sounds than a batch": (_few_sounds, "34 training sounds"),
    "an empty class": (_empty_class, "no training sound of class cymbal"),
    "a folder that is no store": (_no_store, "no prepared store"),
    "a store of another length": (_other_length, "--length=64"),
    "a read-only disk": (_read_only, "choose another --run_dir"),
    "a run folder below a file": (_below_a_file, "choose another --run_dir"),
    "the folder of another run": (_other_run, "learning_rate was 0.0002"),
}
