"""Downloads from a host that is slow to answer, breaks off, or is not there."""

import errno
import io
import threading
import time

import pytest

from experiments.gathering import downloads

CONTENT = bytes(range(256)) * 999


def save(host, path, file=None):
    file, told = file or io.BytesIO(b"old" * 99999), []
    downloads.save(host.address + path, file, lambda *now: told.append(now))
    return file, told


def test_content_arrives_whole(host):
    host.files["/a"] = CONTENT
    assert downloads.read(f"{host.address}/a") == CONTENT
    file, told = save(host, "/a")
    assert file.getvalue() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert told == sorted(told)


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_busy_host_is_asked_again(host, code):
    host.files["/a"], host.answers["/a"] = CONTENT, [code] * 3
    assert downloads.read(f"{host.address}/a") == CONTENT
    assert host.asked["/a"] == 4


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (429, downloads.UnreachableError),
        (503, downloads.UnreachableError),
        (500, downloads.GoneError),
    ],
)
def test_a_host_that_stays_busy_speaks_for_all_it_has(host, code, kind):
    host.files["/a"], host.answers["/a"] = CONTENT, [code] * 9
    with pytest.raises(downloads.GoneError, match=str(code)) as caught:
        downloads.read(f"{host.address}/a")
    assert caught.type is kind
    assert host.asked["/a"] == downloads.TRIES


def test_a_host_gets_the_pause_it_asks_for(host):
    host.files["/a"], host.answers["/a"] = CONTENT, [429]
    host.retry_after, begun = "1", time.monotonic()
    assert downloads.read(f"{host.address}/a") == CONTENT
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize("asked", ["-1", "soon", "Wed, 21 Oct 2099 07:28:00"])
def test_a_pause_that_is_no_number_is_none(host, asked):
    host.files["/a"], host.answers["/a"] = CONTENT, [429]
    host.retry_after = asked
    assert downloads.read(f"{host.address}/a") == CONTENT


def test_a_host_that_asks_for_a_long_pause_is_left_alone(host):
    host.files["/a"], host.answers["/a"] = CONTENT, [429]
    host.retry_after = "3600"
    with pytest.raises(downloads.UnreachableError, match="429"):
        downloads.read(f"{host.address}/a")
    assert host.asked["/a"] == 1


def test_who_is_stopped_does_not_try_again(host):
    host.files["/a"], host.answers["/a"] = CONTENT, [503] * 9
    host.retry_after, stop = "50", threading.Event()
    threading.Timer(0.3, stop.set).start()
    begun = time.monotonic()
    for _ in range(2):
        with pytest.raises(downloads.GoneError):
            downloads.read(f"{host.address}/a", stop)
    assert host.asked["/a"] <= 1 and time.monotonic() - begun < 30


def test_what_is_not_there_is_asked_for_once(host):
    with pytest.raises(downloads.GoneError, match="404"):
        downloads.read(f"{host.address}/a")
    assert host.asked["/a"] == 1


@pytest.mark.parametrize("use", ["read", "save"])
def test_half_an_answer_is_none(host, use):
    host.files["/a"], host.promised = CONTENT, 1
    with pytest.raises(downloads.GoneError, match="/a cannot be") as caught:
        if use == "read":
            downloads.read(f"{host.address}/a")
        else:
            save(host, "/a")
    assert caught.type is downloads.GoneError, "the host did answer"
    assert host.asked["/a"] == downloads.TRIES


def test_a_host_that_is_not_there_is_named(host):
    host.stop()
    with pytest.raises(downloads.UnreachableError, match="refused") as caught:
        downloads.read(f"{host.address}/a")
    assert host.address in str(caught.value)


def test_a_silent_host_is_asked_once():
    silent, asked = downloads.Silent(), []
    failures = {"a:1": downloads.UnreachableError, "b": downloads.GoneError}
    for host in ("a:1", "a:1", "b", "b"):
        with (
            pytest.raises(failures[host]),
            silent.asking(f"http://{host}/{len(asked)}"),
        ):
            asked.append(host)
            raise failures[host]
    assert asked == ["a:1", "b", "b"]


@pytest.mark.parametrize(
    "url", ["http://a..b/", "http://a b/", "http://[::1/", "http://h:x/", "a"]
)
def test_an_address_that_cannot_be_asked_is_unreachable(host, url):
    with pytest.raises(downloads.UnreachableError, match="cannot be fetched"):
        downloads.read(url)


def test_a_full_disk_is_not_taken_for_a_bad_host(host):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    host.files["/a"] = CONTENT
    with pytest.raises(OSError, match="No space"):
        save(host, "/a", Full())
    assert host.asked["/a"] == 1
