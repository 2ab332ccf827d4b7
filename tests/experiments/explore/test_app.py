"""What the local server answers: sounds, and one line to what is wrong."""

import json
import random
import re
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from starlette.testclient import TestClient

from data_prep.audio.process_file import Shape, shape_sound
from experiments.explore.app import PAGE, make_app, page_files
from experiments.explore.bodies import MAX_SOUNDS
from wavegan_cond.synthesis import latents
from wavegan_cond.synthesis.inversion import distances
from wavegan_cond.synthesis.spectral_distance import spectra

LOCAL = "http://127.0.0.1"
JSON = {"Content-Type": "application/json"}
SAMPLES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def app(model):
    return make_app(model)


@pytest.fixture(scope="module")
def client(app):
    return TestClient(app[0], base_url=LOCAL)


def ask(client, z, weights):
    body = json.dumps({"z": z, "class_weights": weights})
    return client.post("/sounds", content=body, headers=JSON)


def is_one_line(answer):
    text = answer.text
    return text and "\n" not in text and "Traceback" not in text


@pytest.mark.parametrize("count", [1, 3, MAX_SOUNDS])
def test_sounds_are_those_of_the_model(client, model, count):
    z = latents.draw(model.info, 0, count)
    weights = np.random.default_rng(0).dirichlet([1, 1, 1], count)
    answer = ask(client, z.tolist(), weights.tolist())
    audio = np.frombuffer(answer.content, "<f4").reshape(count, -1)
    np.testing.assert_allclose(audio, model.mix(z, weights), atol=1e-5)


def test_a_seed_is_that_of_generate(client, model):
    answer = client.get("/draw?seed=7&count=2")
    expected = latents.draw(model.info, 7, 2).tolist()
    assert np.float32(answer.json()).tolist() == expected


def test_the_description_is_the_models(client, model):
    info = client.get("/info").json()
    assert info["fingerprint"] == model.info.fingerprint
    assert info["classes"] == list(model.info.classes)
    directions = np.array(info["directions"])
    np.testing.assert_allclose(directions @ directions.T, np.eye(3), atol=1e-5)


def test_the_map_has_a_place_for_each_of_its_sounds(app, client, model):
    assert client.get("/map").json() is None
    app[1].make_map()
    places = client.get("/map").json()
    for axis in ("x", "y"):
        values = [place[axis] for place in places]
        assert min(values) == 0 and max(values) == 1
    assert {place["label"] for place in places} == {0, 1, 2}
    assert places[5]["z"] == latents.draw(model.info, 5, 1)[0].tolist()


def test_sounds_that_are_all_alike_have_no_map(model, monkeypatch):
    app, instrument = make_app(model)
    length = model.info.length
    monkeypatch.setattr(
        instrument, "sounds", lambda z, _: np.ones((len(z), length), "f")
    )
    instrument.make_map()
    client = TestClient(app, base_url=LOCAL)
    assert client.get("/map").json() == []  # and not null: nobody waits for it


def test_the_page_takes_nothing_from_elsewhere(client):
    assert client.get("/").text == (PAGE / "index.html").read_text("utf-8")
    named = set()
    for name, content in page_files().items():
        text = content.decode()
        assert client.get(f"/{name}").content == content
        assert not re.search(r"https?:|//[a-z]+\.|@import|url\(|eval\(", text)
        assert "innerHTML" not in text and "document.write" not in text
        found = re.findall(r'(?:from "\./|(?:src|href)=")([^":]+)"', text)
        assert set(found) <= set(page_files()), name
        named |= set(found)
    assert named == set(page_files()) - {"index.html"}  # none is left over


def test_other_hosts_and_forms_of_other_sites_are_refused(client):
    for host in ("evil.example", "127.0.0.1.evil.example", ""):
        assert client.get("/info", headers={"host": host}).status_code == 400
    body = b'{"z": [[0, 0, 0]], "class_weights": [[1, 0, 0]]}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = client.post(
            "/sounds", content=body, headers={"Content-Type": kind}
        )
        assert answer.status_code == 415 and is_one_line(answer)


def odd_values(draw):
    """Something that is no list of three small numbers."""
    numbers = ["NaN", "Infinity", "-Infinity", "1e999", "1e7", "null", "true"]
    numbers += ['"1"', "[]", "{}", "[0]", "9" * 400]
    row = ["0"] * 3
    row[draw.randrange(3)] = draw.choice(numbers)
    some = "[" + ",".join(row) + "]"
    return draw.choice(
        [
            f"[{some}]",
            "[[0,0]]",
            "[[0,0,0,0]]",
            "[]",
            "0",
            "null",
            '"[[0,0,0]]"',
            "[[0,0,0],[0,0]]",
            "[" + ",".join(["[0,0,0]"] * (MAX_SOUNDS + 1)) + "]",
            "[[" + "0," * 5000 + "0]]",
            "[" * 3000,
            "[" * 400 + "]" * 400,
        ]
    )


def bad_request(draw):
    """A method, path, body and headers that no answer is for."""
    kind = draw.randrange(5)
    if kind < 2:
        other = '"class_weights": [[1, 0, 0]]', '"z": [[0, 0, 0]]'
        name = ("z", "class_weights")[kind]
        body = f'{{"{name}": {odd_values(draw)}, {other[kind]}}}'
        return "POST", "/sounds", body.encode(), JSON
    if kind == 2:
        body = draw.choice([b"", b"\xff\xfe", b"{", b"[]", b"7", b"\0" * 99])
        return "POST", "/sounds", body + draw.randbytes(9), JSON
    if kind == 3:
        waves = [np.nan, np.inf, 0.0]
        sound = np.full(draw.choice([0, 1, 100, 9000]), draw.choice(waves))
        body = np.float32(sound).tobytes() + b"\1" * draw.randrange(4)
        return "POST", "/find", body, SAMPLES
    escape = draw.choice(["..", "%2e%2e", "..%2f..", "%00", "etc", "page"])
    name = draw.choice(["setup.py", "passwd", "index.html", "%ff", "app.py"])
    number = draw.choice(["-1", "1e3", "x", "9" * 99, "٣", ""])
    path = draw.choice(
        [
            f"/{escape}/{name}",
            f"/{escape}{name}",
            f"/draw?seed={number}",
            f"/draw?count={number}",
            "/sounds",
            "/find",
        ]
    )
    return "GET", path, b"", {}


def test_300_bad_requests_are_answered_by_a_line(client, app):
    draw, seen = random.Random(0), set()
    for _ in range(300):
        method, path, body, headers = bad_request(draw)
        answer = client.request(method, path, content=body, headers=headers)
        assert 400 <= answer.status_code < 500, (method, path, body[:99])
        assert is_one_line(answer), answer.text
        seen.add(answer.status_code)
    assert seen >= {400, 404, 413, 422}
    assert ask(client, [[0, 0, 0]], [[1, 0, 0]]).status_code == 200


def test_no_path_leads_out_of_the_page(served):
    for path in (
        "/../../../../etc/passwd",
        "/..%2f..%2fsetup.py",
        "//etc/passwd",
        "/page/../app.py",
        "/./app.py",
        "/app.py",
    ):
        with socket.create_connection(("127.0.0.1", served.port)) as raw:
            raw.sendall(
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda raw=raw: raw.recv(4096), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 404"), path
        assert body in (b"there is no such page", b"Not Found"), path


def test_64_clients_at_once_each_hear_their_own(served, model):
    z = latents.draw(model.info, 100, 64)
    weights = np.eye(3)[np.arange(64) % 3]
    expected = model.mix(z, weights)

    def fetch(row):
        body = json.dumps(
            {"z": [z[row].tolist()], "class_weights": [weights[row].tolist()]}
        )
        request = urllib.request.Request(
            served.url + "sounds", body.encode(), JSON
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return np.frombuffer(answer.read(), "<f4")

    with ThreadPoolExecutor(64) as pool:
        heard = list(pool.map(fetch, range(64)))
    np.testing.assert_allclose(np.stack(heard), expected, atol=1e-5)


def test_a_search_says_how_far_what_it_found_is(client, model):
    z = latents.draw(model.info, 77, 1)
    target = model.generate(z, [1])[0]
    answer = client.post("/find", content=target.tobytes(), headers=SAMPLES)
    steps = [json.loads(line) for line in answer.text.splitlines()]
    progress = [step["progress"] for step in steps]
    assert progress == sorted(progress) and progress[-1] == 1
    away = [step["distance"] for step in steps]
    assert away == sorted(away, reverse=True)
    shaped = shape_sound(target, Shape(len(target)))
    wanted = spectra(shaped[None], 44100)
    made = model.generate(np.float32([steps[-1]["z"]]), [steps[-1]["label"]])
    assert float(distances(made, wanted, 44100)[0, 0]) == pytest.approx(
        away[-1], abs=1e-3
    )


def test_a_later_search_ends_an_earlier_one(app, client, model):
    target = model.generate(latents.draw(model.info, 77, 1), [1])[0]
    never_begun = app[1].find(target)
    earlier = app[1].find(target)
    next(earlier)  # of a page that was left: nobody reads on, or closes it
    answer = client.post("/find", content=target.tobytes(), headers=SAMPLES)
    steps = [json.loads(line) for line in answer.text.splitlines()]
    assert steps[-1]["progress"] == 1
    assert list(earlier) == []
    assert len(list(never_begun)) <= 1
