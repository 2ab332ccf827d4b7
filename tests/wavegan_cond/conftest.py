"""The store of the smallest run."""

import pytest

from tests.fixtures import tiny


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Returns a store of 34 training rows; none of its users writes to it."""
    return tiny.make_store(tmp_path_factory.mktemp("data") / "store")
