"""Detection of a Wasserstein estimate that begins to swing.

Losses that blow up do so slowly: their deviation grows for thousands of
iterations before they leave every bound, and long after the sounds are spoilt.
"""

import statistics
import sys
from collections.abc import Iterable, MutableMapping

from wavegan_cond.config import TrainConfig

WINDOW = 250  # iterations
FACTOR = 10.0  # trainings that went well stayed below 1.1


class SpreadGuard:
    """Callback that compares the estimate's deviation with its healthy level.

    The healthy level is the median deviation of all windows before. It is the
    callback in front of those that show the logs: it adds "spread", the
    deviation of the last whole window over the healthy level, 1 until there are
    two windows. The first time it reaches ``FACTOR``, a line says so.

    Args:
      train: training configuration, for advice.
      earlier: estimates of the iterations done before, in order.
    """

    def __init__(self, train: TrainConfig, earlier: Iterable[float] = ()):
        self._advice = advice(train)
        self._window: list[float] = []
        self._deviations: list[float] = []
        self._spread, self._has_warned = 1.0, False
        for value in earlier:
            self._add(value)

    def __call__(
        self, iteration: int, logs: MutableMapping[str, float]
    ) -> None:
        self._add(logs["wasserstein"])
        logs["spread"] = self._spread
        if self._spread >= FACTOR and not self._has_warned:
            self._has_warned = True
            print(
                f"\nwarning: iteration {iteration}: the Wasserstein estimate "
                f"varies {self._spread:.0f} times as much as before: training "
                "is becoming unstable, and its checkpoints may be worse from "
                f"here on. {self._advice}",
                file=sys.stderr,
            )

    def _add(self, value: float) -> None:
        self._window.append(value)
        if len(self._window) < WINDOW:
            return
        deviation = statistics.pstdev(self._window)
        if self._deviations:
            healthy = statistics.median(self._deviations)
            self._spread = deviation / max(healthy, 1e-9)
        self._deviations.append(deviation)
        self._window.clear()


def advice(train: TrainConfig) -> str:
    """Returns a sentence: which settings may be more stable than these."""
    shared = ""
    if train.phase_shift_draws == "separate":
        shared = " and --phase_shift_draws=shared"
    return (
        f"A smaller --learning_rate{shared} may help: it makes another run, "
        "with another --run_dir"
    )
