"""The option --full, and sounds made on the spot."""

import gc

import numpy as np
import pytest
import soundfile

from experiments.common import quietly  # noqa: F401, TensorFlow as users have it


def pytest_addoption(parser):
    parser.addoption(
        "--full",
        action="store_true",
        help="try every case: hours, not minutes",
    )


def pytest_configure(config):
    # A process of thousands of tests holds millions of objects of TensorFlow's:
    # to look through all of them again and again took a quarter of the time.
    gc.set_threshold(100_000, 20, 50)
    config.addinivalue_line("markers", "full: tried with --full alone")


def pytest_collection_modifyitems(config, items):
    """Leaves out what is ``full`` unless asked for; files with ``slow`` first.

    A long file that begins last would be waited for by every other process.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if config.getoption("full"):
        return
    left_out = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("full")]


def make_hit(seed: int, seconds: float = 0.12, rate: int = 44100) -> np.ndarray:
    """Returns a decaying noise over a tone, different for every seed."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * rng.uniform(60, 400) * time)
    wave = tone + rng.uniform(0.2, 1) * rng.standard_normal(len(time))
    wave *= np.exp(-time / rng.uniform(0.02, 0.05))
    return (0.8 * wave / np.abs(wave).max()).astype(np.float32)


@pytest.fixture
def hit():
    return make_hit


@pytest.fixture
def sound_file(tmp_path):
    """Returns a function that writes a sound and returns its path."""

    def write(name, samples, rate=44100, **options):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".aif":
            options["format"] = "AIFF"
        soundfile.write(path, samples, rate, **options)
        return path

    return write


@pytest.fixture
def library(tmp_path, sound_file):
    """Returns a folder of 6 kicks, 6 snares and 6 cymbals, all different."""
    for number in range(18):
        label = ("kick", "snare", "cymbal")[number % 3]
        sound_file(f"library/{label}/{number:02}.wav", make_hit(number))
    return tmp_path / "library"
