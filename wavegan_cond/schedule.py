"""When a run grows, and when it fades: every question that begins with when.

A schedule is a tuple of stages. A plain run has one. Iterations count from the
start of the run; a stage holds those from ``first + 1`` to ``last``. Pure
Python.
"""

import dataclasses
import re

from wavegan_cond.config import ConfigError, ModelConfig, TrainConfig

EXAMPLE = "256:12500,1024:12500/6250,4096:12500/6250,16384/6250"
PATTERN = re.compile(
    r"(?P<length>\d+)(:(?P<iterations>\d+))?(/(?P<fade>\d+))?"
    r"(@(?P<batch_size>\d+))?(lr(?P<learning_rate>[\d.]+(e-?\d+)?))?"
)
LENGTHS = tuple(64 * 4**i for i in range(6))  # samples a stage can have


@dataclasses.dataclass(frozen=True)
class Stage:
    """A stretch of a run in which the networks keep their shape.

    Attributes:
      index: 0 for the first.
      length: samples the networks make and judge.
      first: iterations done when it begins.
      last: iterations done when it ends.
      fade: iterations over which its newest blocks are faded in; 0 for none.
      batch_size: examples of one update.
      learning_rate: of Adam, both networks, at the start of the run.
      half_life: iterations of the run in which it halves; 0 for never.
      sounds: examples times critic updates consumed when it begins.
      before: the stage it grows from, or None.
    """

    index: int
    length: int
    first: int
    last: int
    fade: int
    batch_size: int
    learning_rate: float
    half_life: int = 0
    sounds: int = 0
    before: "Stage | None" = None

    def fade_after(self, iteration: int) -> float:
        """Returns how far the newest blocks are faded in (paper: r), 0 to 1.

        Args:
          iteration: iterations done, of the run.
        """
        if not self.fade:
            return 1.0
        return min(1.0, max(0.0, (iteration - self.first) / self.fade))

    def rate_after(self, iteration: int) -> float:
        """Returns the learning rate, which does not depend on the run's end.

        Args:
          iteration: iterations done, of the run.
        """
        if not self.half_life:
            return self.learning_rate
        return self.learning_rate * 0.5 ** (iteration / self.half_life)


def make_schedule(model: ModelConfig, train: TrainConfig) -> tuple[Stage, ...]:
    """Returns the stages of a run.

    Raises:
      ConfigError: ``train.stages`` is no schedule for this model.
    """
    if not train.stages:
        return (
            Stage(
                0,
                model.length,
                0,
                train.iterations,
                0,
                train.batch_size,
                train.learning_rate,
                train.half_life,
            ),
        )
    texts = train.stages.replace(" ", "").split(",")
    stages = []
    for text in texts:
        before = stages[-1] if stages else None
        final = len(stages) == len(texts) - 1
        stages.append(_read(text, before, final, train))
    if stages[-1].length != model.length:
        raise _wrong(train, f"the last length must be --length={model.length}")
    return tuple(stages)


def stage_of(schedule: tuple[Stage, ...], iteration: int) -> Stage:
    """Returns the stage whose networks are there after ``iteration``.

    At the very end of a stage that is still this one: it has not grown yet.
    """
    for stage in schedule:
        if iteration <= stage.last:
            return stage
    return schedule[-1]


def _read(
    text: str, before: Stage | None, final: bool, train: TrainConfig
) -> Stage:
    """Returns the stage that one part of the notation describes."""
    match = PATTERN.fullmatch(text)
    if not match:
        raise _wrong(train, f"{text!r} is no stage")
    found = match.groupdict()
    length, first = int(found["length"]), before.last if before else 0
    if before and length != 4 * before.length:
        raise _wrong(train, f"{length} is not 4 times {before.length}")
    if length not in LENGTHS:
        raise _wrong(train, f"{length} is not one of {LENGTHS}")
    if not final and not found["iterations"]:
        raise _wrong(train, f"{text!r} lacks its iterations")
    last = train.iterations
    if found["iterations"]:
        last = first + int(found["iterations"])
    fade = int(found["fade"] or 0)
    if fade and not before:
        raise _wrong(train, "the first stage has nothing to fade from")
    if last <= first or fade > last - first:
        raise _wrong(
            train,
            f"{text!r} gets {last - first} iterations, of which {fade} fade",
        )
    if final and last != train.iterations:
        raise _wrong(
            train, f"they add up to {last} and --iterations={train.iterations}"
        )
    done = 0
    if before:
        count = (before.last - before.first) * train.critic_updates
        done = before.sounds + count * before.batch_size
    batch_size = int(found["batch_size"] or train.batch_size)
    rate = float(found["learning_rate"] or train.learning_rate)
    if not batch_size or not rate:
        raise _wrong(train, f"{text!r} has a batch or a rate of zero")
    return Stage(
        before.index + 1 if before else 0,
        length,
        first,
        last,
        fade,
        batch_size,
        rate,
        train.half_life,
        done,
        before,
    )


def _wrong(train: TrainConfig, why: str) -> ConfigError:
    return ConfigError(
        f"--stages={train.stages}: {why}. Expected stages joined by commas, "
        "each LENGTH:ITERATIONS/FADE@BATCHlrRATE, the last three optional and "
        "the last stage without iterations taking what --iterations leaves, "
        f"as in {EXAMPLE}"
    )
