"""Schedule of a run: growing stages, fade-ins and learning rates.

A schedule is a tuple of stages; a run without progressive growing has one.
Iterations count from the start of the run; a stage covers those from
``first + 1`` to ``last``. Pure Python.
"""

import dataclasses
import re

from wavegan_cond.config import ConfigError, ModelConfig, TrainConfig

EXAMPLE = "256:12500,1024:12500/6250,4096:12500/6250,16384/6250"
PATTERN = re.compile(
    r"(?P<length>\d+)(:(?P<iterations>\d+))?(/(?P<fade>\d+))?"
    r"(@(?P<batch_size>\d+))?(lr(?P<learning_rate>[\d.]+(e-?\d+)?))?"
)
LENGTHS = tuple(64 * 4**i for i in range(6))  # valid sound lengths of a stage


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


def make_schedule(model: ModelConfig, train: TrainConfig) -> tuple[Stage, ...]:
    """Returns the stages of a run, parsed from ``train.stages``.

    Raises:
      ConfigError: ``train.stages`` is not a valid schedule for this model.
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
        previous = stages[-1] if stages else None
        final = len(stages) == len(texts) - 1
        stages.append(_parse_stage(text, previous, final, train))
    if stages[-1].length != model.length:
        raise _schedule_error(
            train, f"the last length must be --length={model.length}"
        )
    return tuple(stages)


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
    found = match.groupdict()
    length, first = int(found["length"]), previous.last if previous else 0
    if previous and length != 4 * previous.length:
        raise _schedule_error(
            train, f"{length} is not 4 times {previous.length}"
        )
    if length not in LENGTHS:
        raise _schedule_error(train, f"{length} is not one of {LENGTHS}")
    if not final and not found["iterations"]:
        raise _schedule_error(train, f"{text!r} lacks its iterations")
    last = train.iterations
    if found["iterations"]:
        last = first + int(found["iterations"])
    fade = int(found["fade"] or 0)
    if fade and not previous:
        raise _schedule_error(train, "the first stage has nothing to fade from")
    if last <= first or fade > last - first:
        raise _schedule_error(
            train,
            f"{text!r} gets {last - first} iterations, of which {fade} fade",
        )
    if final and last != train.iterations:
        raise _schedule_error(
            train, f"they add up to {last} and --iterations={train.iterations}"
        )
    done = 0
    if previous:
        count = (previous.last - previous.first) * train.critic_updates
        done = previous.examples_seen + count * previous.batch_size
    batch_size = int(found["batch_size"] or train.batch_size)
    rate = float(found["learning_rate"] or train.learning_rate)
    if not batch_size or not rate:
        raise _schedule_error(train, f"{text!r} has a batch or a rate of zero")
    return Stage(
        previous.index + 1 if previous else 0,
        length,
        first,
        last,
        fade,
        batch_size,
        rate,
        train.half_life,
        done,
        previous,
    )


def _schedule_error(train: TrainConfig, why: str) -> ConfigError:
    return ConfigError(
        f"--stages={train.stages}: {why}. Expected stages joined by commas, "
        "each LENGTH:ITERATIONS/FADE@BATCHlrRATE, the last three optional and "
        "the last stage without iterations taking what --iterations leaves, "
        f"as in {EXAMPLE}"
    )
