"""A small model behind the application, and a server."""

import contextlib

import pytest

from experiments.explore.app import make_app
from experiments.explore.serve import serving
from tests.fixtures.browser import browser  # noqa: F401, of the tests here
from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.load import load_model


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("instrument") / "run"
    make_run(path)
    return load_model(path)


class Served:
    """The application of a model on a port that a restart keeps."""

    def __init__(self, app):
        self._app, self._open, self.port = app, None, 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def start(self):
        self._open = serving(self._app, self.port)
        self.port = self._open.__enter__()

    def stop(self):
        self._open.__exit__(None, None, None)

    @contextlib.contextmanager
    def gone(self):
        """Has no server inside the context, and one again behind it."""
        self.stop()
        try:
            yield
        finally:
            self.start()


# Not for longer than a module: another one may set a clock of its own, and a
# server that sleeps by it does not wake.
@pytest.fixture(scope="module")
def served(model):
    app, instrument = make_app(model)
    instrument.make_map()
    server = Served(app)
    server.start()
    yield server
    server.stop()
