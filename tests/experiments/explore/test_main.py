"""The command: what it refuses, and a start and an end of the real one."""

import asyncio
import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import numpy as np
import pytest

from experiments.common import shipped
from experiments.explore import __main__ as command
from experiments.explore import serve
from tests.fixtures.commands import refused
from tests.fixtures.environments import ROOT
from tests.fixtures.runs import make_run
from wavegan_cond.evaluation import sound_map


def test_a_port_in_use_is_told_before_a_model_is_loaded(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused(capsys, command, f"--port={port}")
    assert f"--port={port} is in use" in said


@pytest.mark.parametrize("name", ["absent", "empty", "file"])
def test_what_is_no_model_is_refused(capsys, tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    flags = f"--model={tmp_path / name}", "--port=0"
    assert name in refused(capsys, command, *flags)


def test_a_model_that_browsers_do_not_play_is_refused(capsys, tmp_path):
    make_run(tmp_path / "run", sample_rate=2756)
    flags = f"--model={tmp_path / 'run'}", "--port=0"
    assert "2756 Hz" in refused(capsys, command, *flags)


def test_the_port_is_on_this_machine_alone():
    with serve.open_socket(0) as opened:
        assert opened.getsockname()[0] == "127.0.0.1"


def test_short_answers_are_not_held_back(served):
    """A server of which each would wait 40 ms for an acknowledgement."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port)
    seconds = []
    for _ in range(20):
        begun = time.perf_counter()
        connection.request("GET", "/draw?seed=7")
        connection.getresponse().read()
        seconds.append(time.perf_counter() - begun)
    connection.close()
    assert min(seconds[2:]) < 0.03


@pytest.mark.slow
def test_it_starts_with_the_shipped_model_and_ends_when_asked():
    arguments = [sys.executable, "-m", "experiments.explore", "--port=0"]
    with subprocess.Popen(
        arguments,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        line = process.stdout.readline()
        url = next(word for word in line.split() if word.startswith("http"))
        with urllib.request.urlopen(url + "info") as answer:
            info = json.load(answer)
        with urllib.request.urlopen(url + "map") as answer:
            places = json.load(answer)
        # A search that goes on ends with it, and says nothing.
        sound = np.sin(np.arange(info["length"], dtype="<f4") / 9).tobytes()
        kind = {"Content-Type": "application/octet-stream"}
        asked = urllib.request.Request(url + "find", sound, kind)
        search = urllib.request.urlopen(asked)
        assert "distance" in json.loads(search.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 128 + signal.SIGINT
        assert process.stderr.read() == "error: interrupted\n"
    known = json.loads((shipped.MODEL / "info.json").read_text("utf-8"))
    assert info["fingerprint"] == known["fingerprint"]
    # The map comes with the model: it is there from the start.
    assert len(places) == sound_map.SOUNDS


def test_an_open_connection_does_not_hold_the_server_back():
    answered = threading.Event()

    async def answer(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send(
            {"type": "http.response.body", "body": b"1", "more_body": True}
        )
        answered.set()
        await asyncio.sleep(600)

    begun = time.monotonic()
    with serve.serving(answer) as port:
        idle = socket.create_connection((serve.HOST, port))
        busy = socket.create_connection((serve.HOST, port))
        busy.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert answered.wait(10)
    idle.close()
    busy.close()
    assert time.monotonic() - begun < 10 + serve.PATIENCE


def test_a_port_of_a_page_that_is_written_is_refused(capsys):
    said = refused(capsys, command, "--static=x", "--port=1")
    assert "--port does not go with --static" in said
