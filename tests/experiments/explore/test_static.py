"""The page as files: the model runs in the browser, from any web server.

Skipped where Chromium, its driver, npm or a package of ONNX are not installed,
or the npm registry is not reached.
"""

import functools
import http.server
import importlib.util
import io
import json
import re
import shutil
import tarfile
import threading
import time

import numpy as np
import pytest

from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.format_names import FORMATS
from wavegan_cond.saved_models.formats import open_source
from wavegan_cond.storage import checksums
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.synth import from_generator

if not all(map(importlib.util.find_spec, FORMATS["onnx"])):
    pytest.skip("the packages of ONNX are missing", allow_module_level=True)

from experiments.explore import app, static_page

PROGRAMS = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run "
    "--disable-background-networking --disable-dev-shm-usage"
).split()
PATIENCE = 120  # seconds
ASK = """
const done = arguments[arguments.length - 1], given = arguments[0];
import("/engine.js").then(async engine => { %s }).then(
  value => done({value}), error => done({error: String(error)}));
"""


def test_another_archive_is_refused():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as files:
        for name in static_page.RUNTIME:
            files.addfile(tarfile.TarInfo(f"package/dist/{name}"))
    with pytest.raises(static_page.StaticError, match="is another one"):
        static_page.unpack(buffer.getvalue())


def test_without_npm_one_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(static_page.StaticError) as error:
        static_page.fetch_runtime()
    assert "install Node.js" in str(error.value)
    assert error.value.exit_code == 2 and "\n" not in str(error.value)


def test_both_engines_have_the_same_doors():
    page, static = app.page_files(), static_page.static_files()
    pattern = re.compile(
        rb"^export (?:async )?(?:function\*?|const) (\w+)", re.M
    )
    doors = set(pattern.findall(page["engine.js"]))
    assert len(doors) == 5
    assert set(pattern.findall(static["engine.js"])) == doors


def test_nothing_is_fetched_from_elsewhere():
    files = static_page.static_files()
    for name, content in files.items():
        assert not re.search(rb"(?:src|href|fetch\()\W*https?://", content), (
            name
        )
    policy = re.search(rb'content="(default-src[^"]*)"', files["index.html"])
    assert (
        b"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"
        in (policy[1])
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page of a small model, and the live model."""
    folder = tmp_path_factory.mktemp("static")
    if not all(PROGRAMS.values()):
        pytest.skip("needs chromium and chromedriver")
    make_run(folder / "run", match_eq=True)
    source = open_source(folder / "run")
    try:
        size = static_page.write_page(source, folder / "site")
    except static_page.StaticError as error:
        pytest.skip(str(error))
    checksums.verify(folder / "site")
    assert 1e7 < size < 2e7
    return folder / "site", from_generator(source.generator, source.info)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *values):
        pass


@pytest.fixture(scope="module")
def address(site):
    handler = functools.partial(Quiet, directory=str(site[0]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(address, tmp_path_factory):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = PROGRAMS["chromium"]
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = Service(PROGRAMS["chromedriver"])
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_script_timeout(PATIENCE)
    driver.get(address)
    until = time.monotonic() + PATIENCE
    ready = "return document.body.dataset.ready === 'yes'"
    while not driver.execute_script(ready):
        assert time.monotonic() < until, driver.get_log("browser")
        time.sleep(0.05)
    yield driver
    driver.quit()


def ask(browser, script, given=None):
    answer = browser.execute_async_script(ASK % script, given)
    assert "error" not in answer, answer
    return answer["value"]


def test_the_browser_makes_the_sounds_of_the_model(site, browser):
    z = latents.draw(7, 6, 3)
    weights = np.float32(np.random.default_rng(0).dirichlet([1, 1, 1], 6))
    weights[:3] = np.eye(3)
    found = ask(
        browser,
        "return Promise.all(given.z.map(async (z, i) =>"
        "  Array.from(await engine.sound(z, given.weights[i]))));",
        {"z": z.tolist(), "weights": weights.tolist()},
    )
    expected = site[1].mix(z, weights)
    assert np.abs(expected).max() > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_bad_sound_is_refused_and_the_next_one_comes(browser):
    said, next_one = ask(
        browser,
        "const said = await engine.sound([0, 0, 0], [1, 1, 0]).then("
        "  () => '', error => error.message);"
        "return [said, (await engine.sound([0, 0, 0], [1, 0, 0])).length];",
    )
    assert said == "The model makes no such sound." and next_one == 1024


def test_seeds_and_map_are_those_of_the_model(site, browser):
    drawn = ask(browser, "return engine.draw(5, 3);")
    np.testing.assert_array_equal(np.float32(drawn), latents.draw(5, 3, 3))
    said = ask(
        browser,
        "return engine.draw(1e6).then(() => '', error => error.message);",
    )
    assert said == "This page knows the seeds 0 to 4095."
    places = ask(browser, "return engine.places();")
    assert places == json.loads((site[0] / "map.json").read_text())


def test_the_page_complains_of_nothing(browser):
    lines = [entry["message"] for entry in browser.get_log("browser")]
    assert not lines, lines
