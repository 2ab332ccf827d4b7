"""The results of a protocol, read back, and the figures claims are about."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from experiments.claims.variants import BASE, VARIANTS
from experiments.common import cli
from wavegan_cond.evaluation.measures import RELIABLE
from wavegan_cond.storage.untrusted import one_line, read_json

MAX_BYTES = 1 << 24  # of a result; one has 10 kB

REAL = "real.json"  # figures of real sounds and of noise
LEAST_KAD = 0.1  # the least distance whose logarithm is taken
DRUMS = ("kick", "snare", "cymbal")

Result = Mapping


class Results:
    """Every result in a folder.

    Args:
      folder: of ``experiments.claims``.

    Raises:
      UsageError: it holds none of the base, or one that is none.
    """

    def __init__(self, folder: Path):
        self.variants: dict[str, Sequence[Result]] = {}
        for name in VARIANTS:
            found = [
                read_run(path) for path in sorted(folder.glob(f"{name}_*.json"))
            ]
            found = [result for result in found if result["variant"] == name]
            if found:
                found.sort(key=lambda result: result["seed"])
                self.variants[name] = found
        if BASE not in self.variants or not (folder / REAL).exists():
            raise cli.UsageError(
                f"{folder} holds no results of {BASE!r} and {REAL}: run "
                "without --report_only first"
            )
        if len(self.variants[BASE]) < 2:
            raise cli.UsageError(
                f"{folder} holds results of one seed of {BASE!r}: two say "
                "what is chance"
            )
        self.real = read_result(folder / REAL)
        for runs in self.variants.values():
            for run in runs:
                run["real"] = self.real  # which ``crossover`` is counted from
        self.reliable = self.real["accuracy"]["accuracy"] >= RELIABLE
        growing = folder / "growing.json"
        self.growing = read_result(growing) if growing.exists() else None

    def lacks(
        self, variants: Sequence[str], part: str, classes: Sequence[str]
    ) -> str:
        """Returns what is missing of runs and of classes; "" if nothing is.

        Of a variant there must be two seeds, which say what is chance.

        Args:
          variants: that are needed.
          part: of a result, needed in each of theirs and of the base's.
          classes: that are needed.
        """
        for name in variants:
            found = self.variants.get(name, ())
            if len(found) < 2:
                return f"{len(found)} of two seeds of {name}"
            for result in found:
                if part not in result:
                    return f"{name}_{result['seed']}.json has no {part}"
        there = self.real["noise"]["classes"]
        missing = [name for name in classes if name not in there]
        return f"no class {', '.join(missing)}" if missing else ""

    def values(
        self, measure: Callable[[Result], float], variant: str
    ) -> list[float]:
        """Returns a measure of every run of a variant, in order of seeds."""
        return [float(measure(result)) for result in self.variants[variant]]


def read_result(path: Path) -> dict:
    """Returns the figures of a result.

    Raises:
      UsageError: the file is none.
    """
    try:
        return dict(read_json(path, MAX_BYTES))
    except (OSError, ValueError, TypeError) as error:
        raise cli.UsageError(
            f"{path} is no result: {one_line(error)}"
        ) from error


def read_run(path: Path) -> dict:
    """Returns the figures of a run.

    Raises:
      UsageError: the file is no result, or lacks variant or seed.
    """
    found = read_result(path)
    if (
        type(found.get("variant")) is not str
        or type(found.get("seed")) is not int
    ):
        raise cli.UsageError(f"{path} is no result: whose, it does not say")
    return found


def log_kad(result: Result, names: Sequence[str] = ()) -> float:
    """Returns the mean over classes of the logarithm of the distance.

    Args:
      result: of a run.
      names: of classes; all by default.
    """
    classes = result["report"]["classes"]
    kads = [classes[name]["kad"] for name in names or classes]
    return float(np.mean(np.log(np.maximum(kads, LEAST_KAD))))


def log_mixture(result: Result) -> float:
    """Returns the logarithm of the distance of all classes together."""
    return float(np.log(max(result["mixture"]["kad"], LEAST_KAD)))


def accuracy(result: Result) -> float:
    """Returns the accuracy of generated sounds in per cent."""
    return 100 * result["report"]["accuracy"]["accuracy"]


def crossover(result: Result) -> float:
    """Returns the accuracy of real sounds minus that of generated ones."""
    return 100 * result["real"]["accuracy"]["accuracy"] - accuracy(result)


def unexplained(result: Result) -> float:
    """Returns the share of variance that three directions do not hold."""
    return 1 - result["latent"]["explained"]


def largest_step(result: Result) -> float:
    """Returns the largest step of a path over its mean one."""
    return result["paths"]["lerp"]["step_ratio_95"]


def half_way(result: Result, method: str = "lerp") -> float:
    """Returns the logarithm of the distance half way over that at the ends."""
    path = result["paths"][method]
    middle, ends = (
        max(path[name], LEAST_KAD) for name in ("middle_kad", "ends_kad")
    )
    return float(np.log(middle / ends))


def slerp_over_lerp(result: Result) -> float:
    """Returns how much larger that is on the great circle than on the line."""
    return half_way(result, "slerp") - half_way(result, "lerp")


def drums_over_cymbal(result: Result) -> float:
    """Returns the logarithm of the distance of both drums over the cymbal's."""
    kick, snare, cymbal = (log_kad(result, [name]) for name in DRUMS)
    return (kick + snare) / 2 - cymbal


def trained_comb(result: Result) -> float:
    """Returns the mean comb of a trained model, in dB."""
    levels = result["report"]["all"]["comb_levels"]
    return mean_comb(levels, result["blocks"])


def untrained_comb(result: Result) -> float:
    """Returns the same before the first iteration."""
    return mean_comb(result["untrained_comb"], result["blocks"])


def shift_response(result: Result) -> float:
    """Returns the critic's response to shifts, mean over shifts."""
    return float(np.mean(list(result["critic"].values())))


def mean_comb(levels: Mapping[str, float], blocks: int) -> float:
    """Returns the mean of the comb index over levels a model can leave."""
    return float(
        np.mean([levels[str(k)] for k in range(1, min(blocks, 5) + 1)])
    )


def mean_of(name: str) -> Callable[[Result], float]:
    """Returns what reads the mean of a measure over classes.

    It is NaN for results of before there was the measure.
    """

    def measure(result: Result) -> float:
        classes = result["report"]["classes"].values()
        return float(
            np.mean([of_class.get(name, np.nan) for of_class in classes])
        )

    return measure
