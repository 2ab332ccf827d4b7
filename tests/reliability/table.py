"""The table of promises, from what pytest reports of the cases."""

import collections
import re
from collections.abc import Iterable, Sequence

import pytest

ROW = re.compile(r"(R\d+): (.+)\.\n?")  # the docstring of a module
HEAD = ["| row | what must hold | passed | seconds |", "|---|---|---|---|"]


def note_promise(item: pytest.Item) -> None:
    """Lets the reports of a test say which row it is a case of."""
    module = getattr(item, "module", None)
    if module and (found := ROW.match(module.__doc__ or "")):
        item.user_properties.append(("promise", found.groups()))


def render(reports: Iterable[pytest.TestReport]) -> list[str]:
    """Returns the lines of the table; none if there was no case."""
    rows = collections.defaultdict(list)
    for report in reports:
        if promise := dict(report.user_properties).get("promise"):
            rows[promise].append(report)
    lines = [
        f"| {key} | {promise} | {score(found)} | "
        f"{sum(report.duration for report in found):.0f} |"
        for (key, promise), found in sorted(
            rows.items(), key=lambda item: int(item[0][0][1:])
        )
    ]
    return HEAD + lines if lines else []


def score(reports: Sequence[pytest.TestReport]) -> str:
    """Returns how many cases passed of those tried, and why others were not.

    A case has up to three reports.
    """
    reasons = {
        report.nodeid: report.longrepr[2].removeprefix("Skipped: ")
        for report in reports
        if report.skipped
    }
    tried = {report.nodeid for report in reports} - reasons.keys()
    failed = {report.nodeid for report in reports if report.failed}
    text = f"{len(tried - failed)} of {len(tried)}" if tried else ""
    return "; ".join(filter(None, [text, *sorted(set(reasons.values()))]))
