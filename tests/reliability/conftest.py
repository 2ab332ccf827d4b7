"""The table of promises that ends a run of these tests."""

import itertools

import pytest

from tests.fixtures import tiny
from tests.reliability import table
from tests.reliability.whole_run import WholeRun


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
        table.note_promise(item)


def pytest_terminal_summary(terminalreporter):
    """Prints the table."""
    found = itertools.chain(*terminalreporter.stats.values())
    reports = [each for each in found if isinstance(each, pytest.TestReport)]
    if lines := table.render(reports):
        terminalreporter.section("nothing lost")
        terminalreporter.write_line("\n".join(lines))
