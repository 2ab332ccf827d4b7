"""The real command, killed and asked to stop, and the command after it."""

import random
import resource
import signal
import subprocess
import time

import pytest
import soundfile

from data_prep import cache
from data_prep.pipeline import prepare
from data_prep.read_files import Source
from tests.conftest import make_hit
from tests.fixtures.processes import started
from tests.fixtures.stores import content


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Returns a folder of 360 sounds in five formats."""
    folder = tmp_path_factory.mktemp("interruption") / "many"
    for number in range(360):
        label = ("kick", "snare", "cymbal")[number % 3]
        kind = ("wav", "flac", "aif", "ogg", "mp3")[number % 5]
        path = folder / label / f"{number:03}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        options = {"format": "AIFF"} if kind == "aif" else {}
        soundfile.write(path, make_hit(number), 44100, **options)
    return folder


@pytest.fixture(scope="module")
def whole(many):
    """Returns the content of their store, prepared without interruption."""
    store = many.with_name("whole")
    prepare([Source(many)], store, processes=1)
    return content(store)


def start(library, store, **options):
    folders = {"input_dir": library, "output_dir": store}
    command = started("prepare_data", "--workers=1", **folders)
    return subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, **options
    )


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [100, 4000, 11000])
def test_a_file_that_cannot_grow_ends_in_one_line(
    tmp_path, many, whole, kilobytes
):
    """A full disk, by a limit on the size of files."""
    store = tmp_path / "store"
    size = 1024 * kilobytes
    process = start(
        many,
        store,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (size, size)
        ),
    )
    errors = process.communicate()[1].replace("\r", "\n").splitlines()
    assert process.returncode == 4
    assert f"cannot write {store}: " in errors[-1]
    assert "the same command resumes" in errors[-1]
    assert not any("Traceback" in line for line in errors)
    assert list(tmp_path.iterdir()) == [cache.place(store)]
    assert start(many, store).wait() == 0
    assert content(store) == whole


def wait_for_lines(process, store, more):
    """Waits until a run has taken in some files; says whether it goes on."""
    path = cache.place(store) / "lines"
    held = size(path)
    while process.poll() is None:
        if size(path) > held + more:
            return True
        time.sleep(0.001)
    return False


def size(path):
    """Size of a file in bytes, 0 of one that is not there (any more)."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@pytest.mark.slow
def test_a_killed_run_continues_to_the_same_bytes(tmp_path, many, whole):
    store, draw, kills = tmp_path / "store", random.Random(0), 0
    while kills < 6:
        process = start(many, store)
        if not wait_for_lines(process, store, draw.randrange(30_000)):
            break
        process.kill()
        process.wait()
        kills += 1
    assert kills >= 3
    assert start(many, store).wait() == 0
    assert content(store) == whole
    assert list(tmp_path.iterdir()) == [store]


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
)
def test_a_signal_says_how_to_go_on(tmp_path, many, number):
    process = start(many, tmp_path / "store")
    assert wait_for_lines(process, tmp_path / "store", 5000)
    process.send_signal(number)
    errors = process.communicate()[1]
    assert process.returncode == 128 + number
    assert "the same command resumes" in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "store").exists()
    assert cache.place(tmp_path / "store").is_dir()
    second = start(many, tmp_path / "store")
    assert wait_for_lines(second, tmp_path / "store", 1000)
    second.send_signal(signal.SIGSTOP)  # else it may end before the third looks
    third = start(many, tmp_path / "store")
    message = third.communicate()[1]
    assert third.returncode == 2
    assert f"by process {second.pid};" in message
    second.send_signal(signal.SIGCONT)
    second.communicate()
    assert second.returncode == 0
