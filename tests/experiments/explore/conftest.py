"""A small model behind the application, a server, and a browser.

Tests in the browser are skipped where Chromium and its driver are missing.
"""

import shutil
import time

import pytest

from experiments.explore.app import make_app
from experiments.explore.serve import serving
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


CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update "
    "--disable-sync --disable-dev-shm-usage --window-size=1400,900"
).split()
PATIENCE = 120  # seconds; of a busy machine
# Hands the value of what a test asks, or its error, to the driver.
ANSWER = """
const done = arguments[arguments.length - 1], given = arguments[0];
(async () => { %s })().then(
  value => done({value}), error => done({error: String(error)}));
"""


class Browser:
    """A page in Chromium, and what it answers."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, url):
        """Opens a page and waits until it is ready to play."""
        self.driver.get("about:blank")  # a change of the hash alone is none
        self.driver.get(url)
        self.wait("return document.body.dataset.ready === 'yes'")

    def wait(self, script):
        """Waits until a script returns something, and returns that."""
        until = time.monotonic() + PATIENCE
        while not (found := self.driver.execute_script(script)):
            assert time.monotonic() < until, (script, self.complaints())
            time.sleep(0.05)
        return found

    def ask(self, script, given=None):
        """Returns what an asynchronous script returns of ``given``."""
        answer = self.driver.execute_async_script(ANSWER % script, given)
        assert "error" not in answer, answer
        return answer.get("value")

    def complaints(self):
        """Returns the log of the page since the last look."""
        return self.driver.get_log("browser")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if not (CHROMIUM and DRIVER):
        pytest.skip("needs chromium and chromedriver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(PATIENCE)
    yield Browser(driver)
    driver.quit()
