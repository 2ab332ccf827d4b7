"""A direct and a grown training of one seed, side by side for the same time."""

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.common import run_clock
from experiments.common.parallel_runs import Training, Trainings, shares
from wavegan_cond.training.run_dir import RunDir

KINDS = ("direct", "grown")
UNTIL_STOPPED = 10**6  # iterations


@dataclasses.dataclass(frozen=True)
class Pair:
    """Both trainings of a seed.

    Attributes:
      folder: of their run folders and logs.
      seed: of both.
      planned: what ``growing_plan.plan`` says of their iterations.
      flags: of ``experiments.train`` that both have.
      points: checkpoints of each.
    """

    folder: Path
    seed: str
    planned: Mapping[str, Any]
    flags: tuple[str, ...]
    points: int

    def name(self, kind: str) -> str:
        """Returns the name of the training of a kind, and of its run folder."""
        return f"{kind}_{self.seed}"

    def path(self, kind: str) -> Path:
        """Returns the run folder of a kind."""
        return self.folder / self.name(kind)

    def arguments(self, kind: str) -> list[str]:
        """Returns the module and flags that train a kind, or go on with it."""
        iterations = self.planned[kind]["iterations"]
        last = iterations if kind == "grown" else UNTIL_STOPPED
        return [
            "experiments.train",
            *self.flags,
            f"--run_dir={self.path(kind)}",
            f"--iterations={last}",
            f"--stages={self.planned[kind].get('stages', '')}",
            f"--seed={self.seed}",
            f"--checkpoint_every={max(1, iterations // self.points)}",
            f"--preview_every={max(1, iterations // 4)}",
            "--keep=1000",
            "--notensorboard",
        ]

    def training(self, kind: str, cores: set[int]) -> Training:
        """Returns what trains a kind, or goes on with it, on some cores."""
        name = self.name(kind)
        return Training(
            name, self.arguments(kind), self.folder / f"{name}.log", cores
        )

    def done(self) -> bool:
        """Says whether the grown one is complete, the direct one as long."""
        direct, grown = map(self.path, KINDS)
        last = self.planned["grown"]["iterations"]
        passed, aim = (
            max(run_clock.seconds(run).values()) for run in (direct, grown)
        )
        return RunDir(grown).last_saved() == last and passed >= aim

    def train(self) -> None:
        """Runs both trainings at once, each on half of the cores.

        The grown one has its schedule; the direct one goes on until it has been
        trained for as many seconds.

        Raises:
          TrainingError: one of them failed; the other has saved.
        """
        if self.done():
            return
        with Trainings() as trainings:
            for kind, cores in zip(KINDS, shares(2), strict=True):
                trainings.start(self.training(kind, cores))
            while len(trainings) == 2 or (trainings and not self.done()):
                time.sleep(1)
                trainings.collect()
