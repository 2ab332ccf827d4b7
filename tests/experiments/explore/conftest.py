"""A small model behind the application, and a server that can be restarted."""

import threading
import time

import pytest
import uvicorn

from experiments.explore.__main__ import open_socket
from experiments.explore.app import make_app
from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.load import load_model


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("instrument") / "run"
    make_run(path)
    return load_model(path)


class Served:
    """The application of a model on a port of this machine."""

    def __init__(self, app):
        self._app, self.port = app, 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def start(self):
        opened = open_socket(self.port)
        self.port = opened.getsockname()[1]
        config = uvicorn.Config(
            self._app, log_level="warning", lifespan="off", ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [opened]}
        )
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self):
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()


@pytest.fixture(scope="session")
def served(model):
    app, instrument = make_app(model)
    instrument.make_map()
    server = Served(app)
    server.start()
    yield server
    server.stop()
