"""Progress bar of a run."""

from collections.abc import Mapping

from wavegan_cond.training.spread_guard import FACTOR


class Progress:
    """Progress bar with speed, time left, Wasserstein estimate and penalty.

    The first iteration of a stage compiles: until it is done the bar says so,
    and speed and time left are of the iterations behind it. A spread that
    ``SpreadGuard`` warns of stands there as well.
    """

    def __init__(self, first: int, total: int):
        self._total, self._done = total, first
        self._compiling, self._bar = False, None

    def begin_stage(self) -> None:
        """Says that the next iteration compiles."""
        self._restart()
        self._compiling = True
        self._bar.set_postfix_str("the first iteration compiles")

    def __call__(self, iteration: int, logs: Mapping[str, float]) -> None:
        shown = {
            "W": f"{logs['wasserstein']:.3g}",
            "gp": f"{logs['penalty']:.2g}",
        }
        if logs["spread"] >= FACTOR:
            shown["unstable"] = f"x{logs['spread']:.0f}"
        self._done = iteration
        if self._compiling or self._bar is None:
            self._restart()
            self._compiling = False
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(iteration - self._bar.n)

    def _restart(self) -> None:
        """Puts a bar with a new clock in the place of the one there is."""
        from tqdm import tqdm

        if self._bar is not None:
            self._bar.leave = False
            self._bar.close()
        self._bar = tqdm(
            initial=self._done,
            total=self._total,
            unit="it",
            dynamic_ncols=True,
            mininterval=0.5,
            smoothing=0.1,
        )

    def close(self) -> None:
        """Leaves the bar as it is."""
        if self._bar is not None:
            self._bar.close()
