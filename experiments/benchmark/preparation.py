"""Times data preparation beside one librosa.load after the other."""

import math
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from experiments.benchmark.training import process_memory
from wavegan_cond.model.subsample import subsample_evenly
from wavegan_cond.storage import processors

DEMO_SOUNDS = 600  # of each class, where no folder is given
WARM_UP = 200  # files before the clock starts: Python and the workers start up
LIBRARY_FILES = 400  # files that are enough to time librosa.load


def measure(input_dir: str | None, folder: str) -> dict[str, dict[str, float]]:
    """Prepares ``input_dir`` in ``folder`` and loads part of it with librosa.

    Args:
      input_dir: sounds; None for the demo kit.
      folder: for what is written.

    Returns:
      Files per second of both, their ratio, and the memory of the preparing
      process: its peak above what it held when the clock started, in MiB.
    """
    from data_prep.kit import demo_kit
    from data_prep.pipeline import prepare
    from data_prep.read_files import Source

    if input_dir is None:
        input_dir = f"{folder}/kit"
        demo_kit.write_kit(input_dir, DEMO_SOUNDS, seed=0)
    clock = Clock()
    cores = processors.count()
    source = Source(Path(input_dir))
    prepare([source], f"{folder}/store", processes=cores, progress=clock)
    ours, library = clock.rate(), library_rate(input_dir)
    return {
        f"{clock.files} files, {cores} processes": {
            "files/s": ours,
            "librosa.load files/s": library,
            "times librosa": ours / library,
            "memory growth MiB": clock.growth,
        }
    }


class Clock:
    """Times the files that pass after the first ``WARM_UP``."""

    def __call__(self, found: Iterable, total: int) -> Iterator:
        self.files, self._first = total, 0
        self._started, held = time.perf_counter(), process_memory()
        for number, file in enumerate(found):
            if number == min(WARM_UP, total // 2):
                self._first, self._started = number, time.perf_counter()
                held = process_memory()
            yield file
        self._seconds = time.perf_counter() - self._started
        self.growth = 1024 * (process_memory() - held)

    def rate(self) -> float:
        """Returns files per second."""
        return (self.files - self._first) / self._seconds


def library_rate(input_dir: str) -> float:
    """Returns files per second of librosa.load at 44.1 kHz, first call past.

    Of ``LIBRARY_FILES`` sounds from all folders; NaN where it reads none.
    """
    import librosa
    import soundfile

    known = {f".{name.lower()}" for name in soundfile.available_formats()}
    known.add(".aif")
    paths = sorted(Path(input_dir).rglob("*.*"))
    sounds = [path for path in paths if path.suffix.lower() in known]
    seconds = []
    for number in subsample_evenly(np.arange(len(sounds)), LIBRARY_FILES):
        started = time.perf_counter()
        try:
            librosa.load(sounds[number], sr=44100)
        except Exception:  # of whatever decodes: it is no sound
            continue
        seconds.append(time.perf_counter() - started)
    return float(1 / np.mean(seconds[1:])) if seconds[1:] else math.nan
