"""Training that ends at a time of the clock, saved, as after a signal."""

import time
from collections.abc import Mapping

from wavegan_cond.schedule import Stage
from wavegan_cond.training.stop_signal import StopSignal


class Deadline(StopSignal):
    """Ends training at a deadline too, with a checkpoint.

    An iteration that would pass it is not begun, nor is a stage that would
    compile for longer than is left. The first iteration of a run is begun
    whatever time is left.

    Args:
      at: the deadline, as ``time.monotonic`` has it.
      compiling: seconds that the first iteration of a stage takes, by length.

    Attributes:
      at: the deadline.
      passed: whether the deadline has ended the training, not a signal.
    """

    def __init__(
        self,
        at: float = float("inf"),
        compiling: Mapping[int, float] | None = None,
    ):
        super().__init__()
        self.passed = False
        self.at, self._compiling = at, compiling or {}
        self._before = None

    def defer(self) -> None:
        """Lets signals wait; the next iteration is the first of a stage."""
        super().defer()
        self._before = None

    def agree(self, requested: bool) -> None:
        """Marks the current iteration as the last one if no other fits."""
        now = time.monotonic()
        each = now - self._before if self._before is not None else 0.0
        self._before = now
        if not requested and now + each >= self.at:
            self.passed = requested = True
        super().agree(requested)

    @property
    def urgent(self) -> bool:
        """Whether a signal ends the training; the clock was planned with."""
        return super().urgent and not self.passed

    def ends_before(self, stage: Stage) -> bool:
        """Says whether training ends before a stage is built."""
        if super().ends_before(stage):
            return True
        needed = self._compiling.get(stage.length, 0.0)
        self.passed = bool(stage.index) and (
            time.monotonic() + needed >= self.at
        )
        return self.passed
