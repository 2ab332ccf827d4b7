"""The table of promises, from what pytest reports of the cases."""

import collections
import dataclasses
import re
from collections.abc import Iterable

import pytest

ROW = re.compile(r"(R\d+): (.+)\.\n?")  # the docstring of a module
HEAD = ["| row | what must hold | passed | seconds |", "|---|---|---|---|"]


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
            reason = report.longrepr[2].removeprefix("Skipped: ")
            self.not_run[report.nodeid] = reason

    def score(self) -> str:
        """Returns how many passed of those tried, and why others were not."""
        tried = self.tried - self.not_run.keys()
        text = f"{len(tried - self.failed)} of {len(tried)}" if tried else ""
        reasons = sorted(set(self.not_run.values()))
        return "; ".join(filter(None, [text, *reasons]))


def note_promise(item: pytest.Item) -> None:
    """Lets the reports of a test say which row it is a case of."""
    module = getattr(item, "module", None)
    if module and (found := ROW.match(module.__doc__ or "")):
        item.user_properties.append(("promise", found.groups()))


def render(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Returns the lines of the table; none if there was no case."""
    rows = collections.defaultdict(Row)
    for report in reports:
        if promise := dict(report.user_properties).get("promise"):
            rows[promise].add(report)
    lines = [
        f"| {key} | {promise} | {row.score()} | {row.seconds:.0f} |"
        for (key, promise), row in sorted(
            rows.items(), key=lambda item: int(item[0][0][1:])
        )
    ]
    return HEAD + lines if lines else []
