"""The page as files: the model runs in the browser, from any web server.

Skipped where Chromium, its driver, npm or a package of ONNX are not installed,
or the npm registry is not reached.
"""

import contextlib
import functools
import http.server
import importlib.util
import io
import json
import re
import shutil
import tarfile
import threading

import numpy as np
import pytest

from data_prep.audio.process_file import Shape, shape_sound
from tests.fixtures.runs import make_run
from wavegan_cond.saved_models.format_names import FORMATS
from wavegan_cond.saved_models.formats import open_source
from wavegan_cond.storage import checksums
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.inversion import distances
from wavegan_cond.synthesis.spectral_distance import spectra
from wavegan_cond.synthesis.synth import from_generator

if not all(map(importlib.util.find_spec, FORMATS["onnx"])):
    pytest.skip("the packages of ONNX are missing", allow_module_level=True)

from experiments.explore import app, static_page

TEXTS = {"MODEL_CARD.md": "# Drums\n\nof <José> & others, CC BY 4.0\n"}
ENGINE = 'const engine = await import("/engine.js");'


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
    make_run(folder / "run", match_eq=True)
    source = open_source(folder / "run")
    try:
        size = static_page.write_page(source, TEXTS, folder / "site")
    except static_page.StaticError as error:
        pytest.skip(str(error))
    checksums.verify(folder / "site")
    assert 1e7 < size < 2e7
    return folder / "site", from_generator(source.generator, source.info)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *values):
        pass


@contextlib.contextmanager
def served(folder):
    """Yields the address of a web server for a folder."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def address(site):
    with served(site[0]) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser, address):
    browser.open(address)
    return browser


def ask(page, script, given=None):
    return page.ask(ENGINE + script, given)


def test_the_browser_makes_the_sounds_of_the_model(site, page):
    z = latents.draw(site[1].info, 7, 6)
    weights = np.float32(np.random.default_rng(0).dirichlet([1, 1, 1], 6))
    weights[:3] = np.eye(3)
    found = ask(
        page,
        "return Promise.all(given.z.map(async (z, i) =>"
        "  Array.from(await engine.sound(z, given.weights[i]))));",
        {"z": z.tolist(), "weights": weights.tolist()},
    )
    expected = site[1].mix(z, weights)
    assert np.abs(expected).max() > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_ground_of_a_pad_leaves_room_for_other_sounds(page):
    """49 sounds asked at once would keep what is played after them waiting."""
    most, made = page.ask(
        'const desk = await (await import("/main.js")).desk;'
        "const {postMessage} = Worker.prototype, heard = new Set();"
        "let asked = 0, answered = 0, most = 0;"
        "Worker.prototype.postMessage = function (...args) {"
        "  if (!heard.has(this)) {"
        "    this.addEventListener('message', () => answered++);"
        "    heard.add(this);"
        "  }"
        "  most = Math.max(most, ++asked - answered);"
        "  return postMessage.apply(this, args);"
        "};"
        "desk.change(kit => {"
        "  const pad = kit.pads[kit.chosen];"
        "  pad.z = pad.z.map(value => value + 1);"
        "});"
        "while (answered < 49)"
        "  await new Promise(resolve => setTimeout(resolve, 20));"
        "Worker.prototype.postMessage = postMessage;"
        "return [most, answered];"
    )
    assert most <= 8 and made >= 49


def test_a_bad_sound_is_refused_and_the_next_one_comes(page):
    said, next_one = ask(
        page,
        "const said = await engine.sound([0, 0, 0], [1, 1, 0]).then("
        "  () => '', error => error.message);"
        "return [said, (await engine.sound([0, 0, 0], [1, 0, 0])).length];",
    )
    assert said == "The model makes no such sound." and next_one == 1024


def test_seeds_and_map_are_those_of_the_model(site, page):
    drawn = ask(page, "return engine.draw(5, 3);")
    expected = latents.draw(site[1].info, 5, 3)
    np.testing.assert_array_equal(np.float32(drawn), expected)
    said = ask(
        page,
        "return engine.draw(1e6).then(() => '', error => error.message);",
    )
    assert said == "This page knows the seeds 0 to 4095."
    places = ask(page, "return engine.places();")
    assert places == json.loads((site[0] / "map.json").read_text())


def test_distances_are_those_of_python(page):
    """Of sounds shorter than the longest window, and longer than it."""
    random = np.random.default_rng(0)
    for length in (256, 1024, 16384):
        decay = np.exp(-np.arange(length) / length * [[3], [9], [30]])
        waves = np.float32(random.standard_normal((3, length)) * decay)
        found = ask(
            page,
            'const {distance, spectra} = await import("/spectra.js");'
            "const [one, ...others] = given.map("
            "  wave => spectra(Float32Array.from(wave), 44100));"
            "return others.map(other => distance(one, other));",
            waves.tolist(),
        )
        wanted = spectra(waves[:1], 44100)
        expected = distances(waves[1:], wanted, 44100)[:, 0]
        np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_a_sound_is_shaped_as_the_training_sounds(page):
    wave = np.random.default_rng(0).standard_normal(3000).astype("f4")
    wave[:100] *= 1e-4
    for part, length in ((wave, 1024), (wave[:700], 1024)):
        found = ask(
            page,
            'const {shape} = await import("/search.js");'
            "return [...shape(Float32Array.from(given[0]), given[1])];",
            [part.tolist(), length],
        )
        expected = shape_sound(part, Shape(length))
        np.testing.assert_allclose(found, expected, atol=1e-6)
    said = ask(
        page,
        'const {shape} = await import("/search.js");'
        "try { shape(new Float32Array(9), 9); }"
        "catch (error) { return error.message; }",
    )
    assert said == "The sound to look for is silent."


def test_the_strategy_finds_the_bottom_of_an_ellipsoid(page):
    least = ask(
        page,
        'const {Strategy} = await import("/search.js");'
        "const all = new Strategy(8);"
        "const cost = z => z.reduce((s, x, i) => s + 4 ** i * (x - 1) ** 2, 0);"
        "all.start(new Array(8).fill(0), 0.5);"
        "for (let i = 0; i < 200; i++) {"
        "  const steps = all.ask();"
        "  all.tell(steps, steps.map(step => cost(all.point(step))));"
        "}"
        "return cost(all.mean);",
    )
    assert least < 1e-6


def test_a_search_finds_what_lies_nearer_than_random_sounds(site, page):
    model = site[1]
    target = model.generate(latents.draw(model.info, 10**6, 1), [1])[0]
    steps = ask(
        page,
        "const steps = [];"
        "for await (const step of engine.find(Float32Array.from(given)))"
        "  steps.push(step);"
        "return steps;",
        target.tolist(),
    )
    far = [step["distance"] for step in steps]
    assert far == sorted(far, reverse=True) and steps[-1]["progress"] == 1
    wanted = spectra(shape_sound(target, Shape(1024))[None], 44100)
    last = steps[-1]
    sound = model.generate(np.float32([last["z"]]), [last["label"]])
    again = distances(sound, wanted, 44100)[0, 0]
    np.testing.assert_allclose(far[-1], again, rtol=1e-2)
    # As many random sounds are farther away, the nearest of them as well.
    z = latents.draw(model.info, 1, 1000)
    others = model.generate(z, np.arange(1000) % 3)
    assert far[-1] < distances(others, wanted, 44100).min()


def test_a_search_can_be_stopped(page):
    name, done = ask(
        page,
        "const stop = new AbortController();"
        "let done = 0;"
        "try {"
        "  for await (const step of engine.find("
        "      Float32Array.from({length: 99}, Math.random), stop.signal)) {"
        "    done = step.progress;"
        "    stop.abort();"
        "  }"
        "} catch (error) { return [error.name, done]; }",
    )
    assert name == "AbortError" and 0 < done < 0.1


def test_who_opens_the_page_is_led_to_licence_and_credits(site, page):
    for name, text in TEXTS.items():
        assert (site[0] / name).read_text(encoding="utf-8") == text
    page.driver.find_element("link text", "Licence and credits").click()
    page.wait("return document.title === 'Licence and credits'")
    said = page.driver.find_element("tag name", "body").text
    assert "of <José> & others, CC BY 4.0" in said
    assert "Copyright (c) Microsoft Corporation" in said
    assert "Permission is hereby granted" in said
    assert page.driver.execute_script(
        "return document.documentElement.scrollWidth <= innerWidth"
    )
    page.driver.back()
    page.wait("return document.body.dataset.ready === 'yes'")


def test_every_script_has_a_name_that_web_servers_know(site):
    """One that comes as another type than a script is not run as a module."""
    assert not list(site[0].glob("*.mjs"))
    taken = re.findall(
        r'from "\./([^"]+)"', (site[0] / "worker.js").read_text()
    )
    assert taken == ["ort.wasm.bundle.min.js"]
    assert (site[0] / taken[0]).exists()


def test_a_worker_that_does_not_start_is_told_each_time(site, browser):
    """As where a file of the page was not copied."""
    copy = site[0].parent / "broken"
    shutil.copytree(site[0], copy)
    (copy / "ort.wasm.bundle.min.js").unlink()
    with served(copy) as address:
        browser.open(address)
        said = ask(
            browser,
            "const made = () => engine.sound(given, [1, 0, 0])"
            "  .catch(error => error.message);"
            "return [await made(), await made()];",
            [0, 0, 0],
        )
        assert said[0] == said[1] and "all of its files" in said[0]
        browser.complaints()  # of the missing file


def test_the_page_complains_of_nothing(page):
    assert not page.complaints()
