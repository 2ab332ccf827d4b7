"""Schedule of a run: growing stages, fade-ins and learning rates.

A schedule is a tuple of stages; a run without progressive growing has one.
Iterations count from the start of the run; a stage covers those from
``first + 1`` to ``last``. Pure Python.
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.settings import ConfigError

EXAMPLE = "256:12500,1024:12500/6250,4096:12500/6250,16384/6250"
PATTERN = re.compile(
    r"(?P<length>\d{1,9})(:(?P<iterations>\d{1,9}))?(/(?P<fade>\d{1,9}))?"
    r"(@(?P<batch_size>\d{1,9}))?(lr(?P<learning_rate>\d*\.?\d+(e-?\d+)?))?"
)
STAGE_LENGTHS = tuple(64 * 4**i for i in range(6))  # samples of a sound


@dataclasses.dataclass(frozen=True)
class Stage:
    """A part of a run in which the networks keep their shape.

    Attributes:
      index: position in the schedule, from 0.
      length: length of generated and real sounds, in samples.
      first: number of iterations done when the stage begins.
      last: number of iterations done when the stage ends.
      fade_iterations: number of iterations over which the newest blocks are
        faded in; 0 if they are not.
      batch_size: number of sounds in one batch.
      learning_rate: learning rate of Adam, for both networks, at the start of
        the run.
      half_life: number of iterations after which the learning rate has halved;
        0 if it is constant.
      examples_seen: number of real sounds the critic has been given when the
        stage begins, repetitions counted.
      previous: the stage that this one grows from, or None.
    """

    index: int
    length: int
    first: int
    last: int
    fade_iterations: int
    batch_size: int
    learning_rate: float
    half_life: int = 0
    examples_seen: int = 0
    previous: "Stage | None" = None

    def fade_after(self, iteration: int) -> float:
        """Returns the weight of the newest blocks (paper: r), 0 to 1.

        Args:
          iteration: number of iterations done since the start of the run.
        """
        if not self.fade_iterations:
            return 1.0
        done = (iteration - self.first) / self.fade_iterations
        return min(1.0, max(0.0, done))

    def learning_rate_after(self, iteration: int) -> float:
        """Returns the learning rate, which does not depend on the run's end.

        Args:
          iteration: number of iterations done since the start of the run.
        """
        if not self.half_life:
            return self.learning_rate
        return self.learning_rate * 0.5 ** (iteration / self.half_life)

    def examples_before(self, iteration: int, critic_updates: int) -> int:
        """Returns how many real sounds were seen before, repetitions counted.

        Args:
          iteration: of this stage, number of those done since the start of the
            run.
          critic_updates: of an iteration (k).
        """
        done = (iteration - self.first) * critic_updates
        return self.examples_seen + done * self.batch_size


def make_schedule(model: ModelConfig, train: TrainConfig) -> tuple[Stage, ...]:
    """Returns the stages of a run, parsed from ``train.stages``.

    Raises:
      ConfigError: ``train.stages`` is not a valid schedule for this model, or
        the networks have parts that do not grow.
    """
    if not train.stages:
        return (plain_stage(model.length, train),)
    for name in ("partials", "envelope", "post_filter", "spectrogram"):
        if getattr(model, name, False) or getattr(train, name, False):
            raise ConfigError(
                f"--stages={train.stages}: expected none with --{name}, which "
                "does not grow"
            )
    texts = train.stages.replace(" ", "").split(",")
    stages = []
    for text in texts:
        previous = stages[-1] if stages else None
        final = len(stages) == len(texts) - 1
        stages.append(_parse_stage(text, previous, final, train))
    if stages[-1].length != model.length:
        why = f"the last length must be --length={model.length}"
        raise _schedule_error(train, why)
    return tuple(stages)


def plain_stage(length: int, train: TrainConfig) -> Stage:
    """Returns the one stage of a run without progressive growing.

    Args:
      length: samples of a sound.
      train: training configuration; its stages do not count.
    """
    return _make_stage({"length": length}, None, train)


def stage_of(schedule: tuple[Stage, ...], iteration: int) -> Stage:
    """Returns the stage whose networks exist after ``iteration`` iterations.

    After the last iteration of a stage this is still that stage: the networks
    grow at the beginning of the next one.
    """
    for stage in schedule:
        if iteration <= stage.last:
            return stage
    return schedule[-1]


def _parse_stage(
    text: str, previous: Stage | None, final: bool, train: TrainConfig
) -> Stage:
    """Parses one stage of ``train.stages``.

    Args:
      text: the part of ``train.stages`` that describes the stage.
      previous: the stage before, or None.
      final: whether it is the last stage.
      train: training configuration.
    """
    match = PATTERN.fullmatch(text)
    if not match:
        raise _schedule_error(train, f"{text!r} is no stage")
    given = {name: value for name, value in match.groupdict().items() if value}
    if not final and "iterations" not in given:
        raise _schedule_error(train, f"{text!r} lacks its iterations")
    stage = _make_stage(given, previous, train)
    if why := _fault(stage, text, final, train):
        raise _schedule_error(train, why)
    return stage


def _make_stage(
    given: Mapping[str, Any], previous: Stage | None, train: TrainConfig
) -> Stage:
    """Returns a stage from what is said of it, by the names of ``PATTERN``."""
    first, done, last = 0, 0, train.iterations
    if previous:
        first = previous.last
        done = previous.examples_before(first, train.critic_updates)
    if "iterations" in given:
        last = first + int(given["iterations"])
    return Stage(
        index=previous.index + 1 if previous else 0,
        length=int(given["length"]),
        first=first,
        last=last,
        fade_iterations=int(given.get("fade", 0)),
        batch_size=int(given.get("batch_size", train.batch_size)),
        learning_rate=float(given.get("learning_rate", train.learning_rate)),
        half_life=train.half_life,
        examples_seen=done,
        previous=previous,
    )


def _fault(stage: Stage, text: str, final: bool, train: TrainConfig) -> str:
    """Returns what is wrong with a stage, or ""; see ``_parse_stage``."""
    length, fade, before = stage.length, stage.fade_iterations, stage.previous
    count = stage.last - stage.first
    if before and length != 4 * before.length:
        return f"{length} is not 4 times {before.length}"
    if length not in STAGE_LENGTHS:
        return f"{length} is not one of {STAGE_LENGTHS}"
    if fade and not before:
        return "the first stage has nothing to fade from"
    if count <= 0 or fade > count:
        return f"{text!r} gets {count} iterations, of which {fade} fade"
    if final and stage.last != train.iterations:
        return (
            f"they add up to {stage.last} and --iterations={train.iterations}"
        )
    try:
        dataclasses.replace(
            train,
            stages="",
            batch_size=stage.batch_size,
            learning_rate=stage.learning_rate,
        )
    except ConfigError as error:
        return f"{text!r}: {error}"
    return ""


def _schedule_error(train: TrainConfig, why: str) -> ConfigError:
    return ConfigError(
        f"--stages={train.stages}: {why}. Expected stages joined by commas, "
        "each LENGTH:ITERATIONS/FADE@BATCHlrRATE, the last three optional and "
        "the last stage without iterations taking what --iterations leaves, "
        f"as in {EXAMPLE}"
    )
