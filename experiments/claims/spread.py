"""Prints how steady trainings were: how far their critic's estimate spreads.

    python -m experiments.claims.spread --run_dirs=runs/separate,runs/shared

For each run folder one line of JSON: the standard deviation and the median of
the Wasserstein estimate within each 250 iterations, and the distance of each
scored checkpoint (KAD). A training whose critic has lost itself spreads ever
further while its penalty stays small.
"""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.common import cli, run_rows
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.training.run_dir import RunDir

WINDOW = 250  # iterations


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    run_dirs: tuple[str, ...] = setting(
        REQUIRED, "run folders, joined by commas"
    )


FLAGS = cli.make_flags(Settings)


def spread(estimates: Sequence[float], window: int = WINDOW) -> dict:
    """Returns how estimates spread, in whole windows of iterations.

    Args:
      estimates: Wasserstein estimates, one an iteration.
      window: iterations that are taken together.

    Returns:
      ``deviation`` and ``median``, a number for each whole window.
    """
    whole = len(estimates) // window * window
    windows = np.reshape(estimates[:whole], (-1, window))
    return {
        "deviation": windows.std(axis=1).round(2).tolist(),
        "median": np.median(windows, axis=1).round(2).tolist(),
    }


def read_run(path: Path) -> dict:
    """Returns the spread of a run, and the KAD of its checkpoints.

    Raises:
      UsageError: the folder has no log, or one that is damaged.
    """
    run_dir = RunDir(path)
    if not run_dir.log.exists():
        raise cli.UsageError(f"{path} is no run folder: it has no log.csv")
    log = run_rows.read(run_dir.log, "iteration", "wasserstein")
    found = {"run": path.name, **spread([estimate for _, estimate in log])}
    if run_dir.scores.exists():
        scores = run_rows.read(run_dir.scores, "iteration", "kad")
        found["kad"] = {int(place): round(kad, 1) for place, kad in scores}
    return found


def main(values: cli.Values) -> None:
    """Prints a line for each run."""
    for path in cli.read_config(Settings, values).run_dirs:
        print(json.dumps(read_run(Path(path))))


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
