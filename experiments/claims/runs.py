"""The trainings of a protocol: which there are, and how they are made."""

import collections
import dataclasses
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from tqdm import tqdm

from data_prep.store.store import Store, open_store
from data_prep.store.subset import draw_rows, write_subset
from experiments.claims.variants import Variant
from experiments.common import cli
from experiments.common.parallel_runs import Training, Trainings, shares
from experiments.common.preflight import check_run
from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.training.run_dir import RunDir

SCORED = 8  # checkpoints of a run, each with its distance to real sounds


@dataclasses.dataclass(frozen=True)
class Run:
    """One training of a variant.

    Attributes:
      variant: what is changed.
      seed: of the training.
      model: shape of its networks.
      train: its objective.
      data_dir: the store it learns from.
      path: its run folder.
    """

    variant: Variant
    seed: int
    model: ModelConfig
    train: TrainConfig
    data_dir: Path
    path: Path

    @property
    def name(self) -> str:
        """Name of its folder and of its result."""
        return self.path.name

    @property
    def log(self) -> Path:
        """Path of the file with its output."""
        return self.path.with_name(f"{self.name}.log")

    def done(self) -> bool:
        """Returns whether every iteration has been made, and saved."""
        return RunDir(self.path).last_saved() == self.train.iterations

    def training(self, cores: set[int], require_gpu: bool = False) -> Training:
        """Returns what trains it, or goes on with it, on some cores."""
        more = ["--require_gpu"] if require_gpu else []
        return Training(self.name, self.arguments() + more, self.log, cores)

    def arguments(self) -> list[str]:
        """Returns the module and flags of its training."""
        often = max(1, self.train.iterations // SCORED)
        settings = {**setting_values(self.model), **setting_values(self.train)}
        return [
            "experiments.train",
            f"--data_dir={self.data_dir}",
            f"--run_dir={self.path}",
            *(f"--{name}={value}" for name, value in settings.items()),
            f"--checkpoint_every={often}",
            f"--preview_every={max(1, self.train.iterations // 2)}",
            "--keep=1",
            "--notensorboard",
        ]


def setting_values(config: ModelConfig | TrainConfig) -> dict[str, object]:
    """Returns the fields of a config that are flags of the training."""
    return {
        field.name: getattr(config, field.name)
        for field in dataclasses.fields(config)
        if field.metadata
    }


def plan(
    variants: Iterable[Variant],
    seeds: Iterable[int],
    model: ModelConfig,
    train: TrainConfig,
    data_dir: Path,
    folder: Path,
) -> list[Run]:
    """Returns every run of a protocol, all variants of a seed together.

    Args:
      variants: to train.
      seeds: of the trainings.
      model: of the base.
      train: of the base.
      data_dir: the whole store.
      folder: of the runs, and of the smaller stores.
    """
    variants = list(variants)
    runs = []
    for seed in seeds:
        for variant in variants:
            changed = dict(variant.flags)
            shape = {
                name: changed.pop(name)
                for name in setting_values(model)
                if name in changed
            }
            small = folder / f"data_{variant.sounds}"
            runs.append(
                Run(
                    variant,
                    seed,
                    dataclasses.replace(model, **shape),
                    dataclasses.replace(train, seed=seed, **changed),
                    small if variant.sounds else data_dir,
                    folder / f"{variant.name}_{seed}",
                )
            )
    return runs


def make_stores(store: Store, runs: Iterable[Run]) -> None:
    """Writes the smaller stores that runs learn from, where they are missing.

    Raises:
      StoreError: one cannot be written.
      UsageError: one is not of this store, or it has too few sounds for one.
    """
    small = {run.data_dir: run.variant for run in runs if run.variant.sounds}
    for variant in small.values():
        check_size(store, variant)
    for path, variant in small.items():
        if not path.exists():
            write_subset(path, store, draw_rows(store, variant.sounds))
        if open_store(path).info.get("subset_of") != store.fingerprint:
            raise cli.UsageError(
                f"{path} was drawn from another set than {store.path}: choose "
                "another --output_dir"
            )


def check_size(store: Store, variant: Variant) -> None:
    """Raises UsageError if a variant takes more sounds than a class has."""
    labels = store.labels[: store.train]
    counts = np.bincount(labels, minlength=len(store.classes))
    if counts.min() < variant.sounds:
        raise cli.UsageError(
            f"{variant.name} takes {variant.sounds} training sounds of each "
            f"class, and {store.path} has {counts.min()} of "
            f"{store.classes[counts.argmin()]}: leave it out of --variants"
        )


def check_runs(runs: Iterable[Run]) -> None:
    """Checks that folders that are there hold these very runs.

    Raises:
      RunError: one holds another; the message names what differs.
    """
    for run in runs:
        fingerprint = open_store(run.data_dir).fingerprint
        check_run(RunDir(run.path), run.model, run.train, fingerprint)


def train_all(
    runs: Iterable[Run],
    at_once: int,
    finished: Callable[[Run], None],
    require_gpu: bool = False,
) -> None:
    """Trains what is not done yet, some at once, each on its own cores.

    Args:
      runs: to train.
      at_once: how many.
      finished: called with each run that is done, while others train: what it
        came to is kept whatever becomes of them.
      require_gpu: refuse to train on the CPU.

    Raises:
      TrainingError: one has failed.
    """
    named = {run.name: run for run in runs}
    waiting, done = collections.deque(), collections.deque()
    for run in named.values():
        (done if run.done() else waiting).append(run)
    free = shares(at_once)
    progress = tqdm(total=len(named), unit=" results", file=sys.stderr)
    with progress, Trainings() as trainings:
        while waiting or trainings or done:
            while waiting and free:
                run = waiting.popleft()
                trainings.start(run.training(free.pop(), require_gpu))
            for ended in trainings.collect():
                free.append(ended.cores)
                done.append(named[ended.name])
            if waiting and free:
                continue  # no core waits for a measurement
            if done:
                finished(done.popleft())
                progress.update()
            else:
                time.sleep(0.5)
