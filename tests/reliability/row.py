"""A row of the reliability table: its cases, and how they are tried."""

import contextlib
import dataclasses
import importlib
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from experiments.common import cli


class NotRunError(Exception):
    """This machine cannot try the row; the message says why."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One thing that must hold.

    Attributes:
      name: what is tried and its seed: enough to try it again.
      check: is given an empty folder of its own; raises where it fails.
    """

    name: str
    check: Callable[[Path], None]


@dataclasses.dataclass(frozen=True)
class Row:
    """A promise, and where its cases come from.

    Attributes:
      key: such as R1.
      promise: what must hold.
      function: ``module.function`` of this package, called as
        ``function(folder, quick)``, which yields the cases.
    """

    key: str
    promise: str
    function: str

    def cases(self, folder: Path, quick: bool) -> Iterator[Case]:
        """Yields the cases; what they share goes to ``folder``."""
        cli.import_tensorflow()
        module, name = self.function.split(".")
        package = importlib.import_module(f"{__package__}.{module}")
        yield from getattr(package, name)(folder, quick)


@dataclasses.dataclass
class Result:
    """What came of a row.

    Attributes:
      tried: number of cases.
      failed: name and message of each case that failed.
      not_run: why the row was not tried, or "".
      seconds: it took.
    """

    tried: int = 0
    failed: list[dict[str, str]] = dataclasses.field(default_factory=list)
    not_run: str = ""
    seconds: float = 0.0

    @property
    def passed(self) -> int:
        return self.tried - len(self.failed)

    def as_json(self) -> dict[str, Any]:
        """Returns the fields and ``passed``."""
        return {**dataclasses.asdict(self), "passed": self.passed}


def try_row(
    row: Row,
    folder: Path,
    quick: bool,
    progress: Callable[[Iterable[Case]], Iterable[Case]] = iter,
) -> Result:
    """Tries every case of a row.

    Args:
      row: the row.
      folder: a place for its files, and for what it prints (said.txt). They
        stay where a case fails.
      quick: a few cases that stand for all.
      progress: wraps the cases.
    """
    result, started = Result(), time.monotonic()
    shared = folder / "shared"
    shared.mkdir(parents=True)
    cases = progress(row.cases(shared, quick))
    with open(folder / "said.txt", "w") as said:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                for case in cases:
                    _try_case(case, result, folder)
            except NotRunError as reason:
                result.not_run = str(reason)
    if not result.failed:
        shutil.rmtree(folder)
    result.seconds = time.monotonic() - started
    return result


def _try_case(case: Case, result: Result, folder: Path) -> None:
    """Tries one case; its files stay where it fails."""
    result.tried += 1
    place = folder / f"case_{result.tried:04d}"
    place.mkdir()
    try:
        case.check(place)
    except NotRunError:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        result.failed.append({"case": case.name, "error": text})
    else:
        shutil.rmtree(place)
