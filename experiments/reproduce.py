r"""Trains systems side by side for a time, and exports and measures each.

    python -m experiments.reproduce --data_dir=data --output_dir=reproduced \
        --systems=paper,paper_dz3,progressive --minutes=60 --require_gpu

What the paper's systems come to in the time there is, on a machine with a GPU:
every system is a preset, and a process of its own. When the time is over each
saves its weights; beside its run there are then a SavedModel of its best
checkpoint and a report, named by the iterations made. The same command goes on
for as long again. More flags for every training:

    ... --with_flags="--width=32 --iterations=5000"
"""

import dataclasses
import shlex
import subprocess
import sys
import time
from pathlib import Path

from tqdm import tqdm

from data_prep.store.store import open_store
from experiments import train
from experiments.common import cli, outputs, run_clock
from experiments.common.parallel_runs import (
    Training,
    TrainingError,
    Trainings,
    resumable,
    shares,
)
from experiments.common.preflight import check_measurable
from wavegan_cond.config import TrainConfig
from wavegan_cond.settings import REQUIRED, setting
from wavegan_cond.storage.atomic import make_folder
from wavegan_cond.storage.untrusted import read_json
from wavegan_cond.training.run_dir import RunDir

HELP = {"--help", "-help", "-h"}
LOOK = 5.0  # s between two looks, each of which reads the logs
MAX_BYTES = 1 << 24  # of a report


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The flags of this command."""

    data_dir: str = setting(REQUIRED, "store made by experiments.prepare_data")
    output_dir: str = setting(
        REQUIRED, "folder of the runs, models and reports"
    )
    systems: tuple[str, ...] = setting(
        ("paper", "paper_dz3", "progressive"),
        "presets to train: their names, or files",
    )
    minutes: float = setting(60.0, "minutes of all trainings", low=0.1)
    require_gpu: bool = setting(False, "refuse to train on the CPU")
    with_flags: str = setting(
        "", "more flags of experiments.train, in one text, for every training"
    )


FLAGS = cli.make_flags(Settings)


@dataclasses.dataclass(frozen=True)
class System:
    """A preset that is trained.

    Attributes:
      name: of its folder.
      folder: of its run, its model and its report.
      flags: of ``experiments.train``.
      iterations: of the whole training.
    """

    name: str
    folder: Path
    flags: tuple[str, ...]
    iterations: int

    @property
    def run(self) -> Path:
        """Path of the run folder."""
        return self.folder / "run"

    @property
    def log(self) -> Path:
        """Path of the file with what the training prints."""
        return self.folder / "train.log"

    def training(self, cores: set[int]) -> Training:
        """Returns what trains it, or goes on with it, on some cores."""
        arguments = ["experiments.train", *self.flags]
        return Training(self.name, arguments, self.log, cores)

    def is_done(self) -> bool:
        """Returns whether its last iteration has been saved."""
        return RunDir(self.run).last_saved() == self.iterations


def plan(settings: Settings) -> list[System]:
    """Returns the systems to train.

    Raises:
      UsageError: a flag is none of the training, or two have the same name.
    """
    names = [Path(system).stem for system in settings.systems]
    if not names or len(set(names)) < len(names):
        raise cli.UsageError(
            f"--systems={','.join(settings.systems)}: expected presets of "
            "different names"
        )
    try:
        more = shlex.split(settings.with_flags)
    except ValueError as error:
        raise cli.UsageError(
            f"--with_flags={settings.with_flags}: {error}"
        ) from error
    if HELP.intersection(more):
        raise cli.UsageError(
            f"--with_flags={settings.with_flags}: python -m experiments.train "
            "--help lists the flags"
        )
    systems = []
    for name, preset in zip(names, settings.systems, strict=True):
        folder = Path(settings.output_dir, name)
        folders = {
            "data_dir": settings.data_dir,
            "run_dir": str(folder / "run"),
        }
        flags = (
            f"--flagfile={preset}",
            *(f"--{flag}={path}" for flag, path in folders.items()),
            "--precision=auto",
            *(["--require_gpu"] if settings.require_gpu else []),
            *more,
        )
        values = cli.parse(train.FLAGS, "", ["", *flags])
        for flag, path in folders.items():
            if values[flag].value != path:
                raise cli.UsageError(
                    f"--with_flags={settings.with_flags}: --{flag} is not of "
                    "a training here, leave it out"
                )
        last = cli.read_config(TrainConfig, values).iterations
        systems.append(System(name, folder, flags, last))
    return systems


def train_all(systems: list[System], minutes: float) -> list[TrainingError]:
    """Trains systems side by side until their end, or that of the time.

    Returns:
      Why some failed. That ends none of the others.
    """
    errors = []
    seconds = 60 * minutes
    begun = time.monotonic()
    cores = shares(1)[0]  # a GPU's launches want any of them
    clock = tqdm(
        total=round(seconds),
        unit="s",
        bar_format="{percentage:3.0f}%|{bar}| {elapsed}<{remaining} {postfix}",
        disable=None,
    )
    with clock, resumable(), Trainings() as trainings:
        for system in systems:
            make_folder(system.folder)
            if not system.is_done():
                trainings.start(system.training(cores))
        while trainings and (passed := time.monotonic() - begun) < seconds:
            time.sleep(min(LOOK, seconds - passed))
            clock.set_postfix_str(
                ", ".join(f"{s.name} {count(s.run)}" for s in systems), False
            )
            clock.update(round(time.monotonic() - begun) - clock.n)
            for error in failures(trainings):
                errors.append(error)
                rest = "; the others go on" if trainings else ""
                clock.write(f"{error}{rest}", file=sys.stderr)
    return errors


def failures(trainings: Trainings) -> list[TrainingError]:
    """Returns why trainings have failed since this was last called."""
    errors = []
    while True:
        try:
            trainings.collect()
            return errors
        except TrainingError as error:
            errors.append(error)


def count(run: Path) -> int:
    """Returns the iterations that a run has made."""
    return max(run_clock.seconds(run))


def finish(system: System, data_dir: str) -> str:
    """Exports and measures a system, and returns what it came to, in a line.

    Raises:
      TrainingError: a command failed; it has said why.
    """
    done = RunDir(system.run).last_saved()
    if not done:
        return f"{system.name}: no iteration was saved; see {system.log}"
    if lost := count(system.run) - done:
        print(f"{system.name}: {lost} iterations were not saved; {system.log}")
    model, report = (
        system.folder / f"{name}_{done:08}" for name in ("model", "report")
    )
    if not model.exists():
        made = [f"--model={system.run}", f"--output_dir={model}", "--half"]
        # A model that is still growing is measured at the rate of the store.
        call("experiments.export", *made, "--full_rate")
    if not (report / "report.json").exists():
        measured = [f"--model={model}", f"--output_dir={report}"]
        call("experiments.evaluate", f"--data_dir={data_dir}", *measured)
    found = read_json(report / "report.json", MAX_BYTES)
    distances = " / ".join(
        f"{found['generated']['classes'][name]['kad']:.1f}"
        for name in found["classes"]
    )
    each = 1000 * run_clock.iteration_seconds(system.run)
    return (
        f"{system.name}: {done} iterations of {each:.0f} ms, KAD {distances} "
        f"({' / '.join(found['classes'])}); {report / 'index.html'}"
    )


def finish_all(
    systems: list[System], data_dir: str, errors: list[TrainingError]
) -> None:
    """Finishes all systems and prints what each came to.

    Args:
      systems: also those whose training failed: what they saved counts.
      data_dir: a store.
      errors: of trainings.

    Raises:
      TrainingError: of the first that failed; the others are finished.
    """
    errors = list(errors)
    for system in systems:
        try:
            print(finish(system, data_dir), flush=True)
        except TrainingError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def call(module: str, *flags: str) -> None:
    """Runs a command in a process of its own, which a GPU is free after."""
    code = subprocess.run([sys.executable, "-m", module, *flags]).returncode
    if code:
        raise TrainingError(f"{module} {' '.join(flags)} failed", code)


def main(values: cli.Values) -> None:
    """Trains, then exports and measures what was learned."""
    settings = cli.read_config(Settings, values)
    check_measurable(open_store(settings.data_dir, verify=True))
    outputs.check_output(settings.output_dir)
    systems = plan(settings)
    errors = train_all(systems, settings.minutes)
    finish_all(systems, settings.data_dir, errors)


if __name__ == "__main__":
    cli.run(main, FLAGS, __doc__)
