"""A host that needs no network, asked again without a pause."""

import pytest

from tests.fixtures.hosts import Host


@pytest.fixture
def host(monkeypatch):
    monkeypatch.setattr("experiments.gathering.downloads.PAUSE", 0)
    running = Host()
    yield running
    running.stop()
