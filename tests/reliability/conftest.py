"""The table of promises that ends a run of these tests."""

import collections
import dataclasses
import itertools
import re

import pytest

from tests.fixtures import tiny
from tests.reliability.whole_run import WholeRun

ROW = re.compile(r"(R\d+): (.+)\.\n?")


@pytest.fixture(scope="session")
def full(pytestconfig):
    """Whether every case is tried, at its full size."""
    return pytestconfig.getoption("full")


@pytest.fixture(scope="session")
def whole(tmp_path_factory, full):
    """A run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    return WholeRun(folder, iterations=300 if full else 100)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The store of 34 training rows."""
    return tiny.make_store(tmp_path_factory.mktemp("data") / "store")


@pytest.fixture(scope="module")
def scored_store(tmp_path_factory):
    """The same with enough held-out sounds to score checkpoints by."""
    path = tmp_path_factory.mktemp("data") / "store"
    return tiny.make_store(path, validation=60)


def pytest_collection_modifyitems(items):
    """Notes the promise of each case, for the table."""
    for item in items:
        if found := ROW.match(getattr(item.module, "__doc__", None) or ""):
            item.user_properties.append(("promise", found.groups()))


@dataclasses.dataclass
class Row:
    """What came of the cases of a promise."""

    tried: set[str] = dataclasses.field(default_factory=set)
    failed: set[str] = dataclasses.field(default_factory=set)
    not_run: dict[str, str] = dataclasses.field(default_factory=dict)
    seconds: float = 0.0

    def add(self, report: pytest.TestReport) -> None:
        """Counts a report: a case has up to three."""
        self.tried.add(report.nodeid)
        self.seconds += report.duration
        if report.failed:
            self.failed.add(report.nodeid)
        if report.skipped:
            self.not_run[report.nodeid] = report.longrepr[2]

    def score(self) -> str:
        """Returns how many passed of those that could be tried, or why none."""
        tried = self.tried - self.not_run.keys()
        text = f"{len(tried - self.failed)} of {len(tried)}" if tried else ""
        return "; ".join(filter(None, [text, *set(self.not_run.values())]))


def pytest_terminal_summary(terminalreporter):
    """Prints the table."""
    rows = collections.defaultdict(Row)
    for report in itertools.chain(*terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            if promise := dict(report.user_properties).get("promise"):
                rows[promise].add(report)
    if not rows:
        return
    terminalreporter.section("nothing lost")
    lines = ["| row | what must hold | passed | seconds |", "|---|---|---|---|"]
    for key, promise in sorted(rows, key=lambda row: int(row[0][1:])):
        row = rows[key, promise]
        score, seconds = row.score(), f"{row.seconds:.0f}"
        lines.append(f"| {key} | {promise} | {score} | {seconds} |")
    terminalreporter.write_line("\n".join(lines))
