"""R7: no mutated file harms the decoder.

Mutated sound files against the decoder in its child processes, and what those
keep from harm: a crash, a hang and memory.
"""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from data_prep.audio import process_file, workers
from data_prep.store.manifest import REASONS
from tests.fixtures.sound_bytes import encode
from tests.reliability.audio_files import drum
from tests.reliability.cases import seeds

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="memory is measured on Linux only"
)
SECONDS = 5.0  # that one file may take
MEMORY = 1 << 30  # bytes that a process may hold
STATUS = Path("/proc/self/status")
FORMATS = {
    "wav": ("WAV", "PCM_16"),
    "float.wav": ("WAV", "FLOAT"),
    "ima.wav": ("WAV", "IMA_ADPCM"),
    "ms.wav": ("WAV", "MS_ADPCM"),
    "aif": ("AIFF", "PCM_24"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "mp3": ("MP3", None),
    "w64": ("W64", "PCM_16"),
    "caf": ("CAF", "PCM_16"),
    "au": ("AU", "PCM_16"),
}


@seeds(20, quick=1)
def test_mutations(tmp_path, full, seed):
    """Every file comes to an end that a row can tell."""
    paths = write_batch(tmp_path, seed, 250 if full else 100)
    before = peak_memory()
    results = list(workers.run_ordered(examine, paths, 2, timeout=SECONDS))
    faults = {
        path: fault
        for path, result in zip(paths, results, strict=True)
        if (fault := judge(result))
    }
    assert not faults
    assert peak_memory() - before <= MEMORY, "this process took it"


def run(tasks, count, **limits):
    return [
        result.reason if isinstance(result, workers.Failure) else result
        for result in workers.run_ordered(do, tasks, count, **limits)
    ]


def do(task):
    """Returns the task; a text says what goes wrong instead."""
    if task == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if task == "exit":
        os._exit(0)
    if task == "hang":
        time.sleep(600)
    return hoard() if task == "hoard" else task


def hoard():
    """Takes memory until there is none; returns the bytes held then."""
    taken = []
    try:
        while True:
            taken.append(np.ones(1 << 24, np.uint8))
    except MemoryError:
        return peak_memory()


def test_a_crash_costs_the_guilty_task_alone():
    tasks = [0, "crash", 1, 2, "exit", 3, 4, 5]
    crash = workers.CRASH
    assert run(tasks, 2) == [0, crash, 1, 2, crash, 3, 4, 5]


def test_a_hang_costs_the_guilty_task_alone():
    found = run([0, 1, "hang", 2, 3], 2, timeout=3)
    assert found == [0, 1, workers.TIMEOUT, 2, 3]


def test_a_process_that_takes_all_memory_is_held_short():
    held, done = run(["hoard", 1], 1)
    assert held <= workers.MEMORY + (1 << 29) and done == 1


def write_batch(folder, seed, batch):
    """Writes mutated files of every format; returns their paths."""
    random = np.random.default_rng(seed)
    files = {
        name: encode(format, drum(seed, number), subtype)
        for number, (name, (format, subtype)) in enumerate(FORMATS.items())
    }
    paths = []
    for number in range(batch):
        name = list(FORMATS)[number % len(FORMATS)]
        other = files[list(FORMATS)[random.integers(len(FORMATS))]]
        path = folder / f"{number}.{name}"
        path.write_bytes(mutate(files[name], other, random))
        paths.append(str(path))
    return paths


def mutate(content, other, random):
    """Returns a file changed in one to three ways."""
    ways = (in_header, in_body, cut_off, spliced)
    for _ in range(random.integers(1, 4)):
        way = ways[random.choice(4, p=(0.5, 0.2, 0.15, 0.15))]
        content = way(content, other, random)
    return content


def in_header(content, other, random):
    """Sets up to eight bytes near the start, some to what headers fear."""
    changed = bytearray(content)
    for _ in range(random.integers(1, 9)):
        place = random.integers(max(1, min(128, len(changed) - 4)))
        if random.random() < 0.5:
            changed[place : place + 1] = random.bytes(1)
        else:
            fear = (0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1)
            number = int(fear[random.integers(len(fear))])
            order = ("little", "big")[random.integers(2)]
            changed[place : place + 4] = number.to_bytes(4, order)
    return bytes(changed)


def in_body(content, other, random):
    """Overwrites a stretch anywhere."""
    start = random.integers(max(1, len(content)))
    noise = random.bytes(random.integers(1, 65))
    return content[:start] + noise + content[start + len(noise) :]


def cut_off(content, other, random):
    """Ends the file early."""
    return content[: random.integers(max(1, len(content)))]


def spliced(content, other, random):
    """Puts a stretch of another file, or of itself, within."""
    source = (content, other)[random.integers(2)]
    start, place = random.integers(0, [len(source) + 1, len(content) + 1])
    stretch = source[start : start + random.integers(1, 2049)]
    return content[:place] + stretch + content[place:]


def examine(path):
    """Decodes a file; returns also seconds and the bytes this process held."""
    started = time.monotonic()
    outcome = process_file.process((path, "decode"), process_file.Shape())
    return outcome, time.monotonic() - started, peak_memory()


def judge(result):
    """Returns what is wrong with a result, or ""."""
    if isinstance(result, workers.Failure):
        return "" if result.reason == workers.CRASH else result.reason
    outcome, seconds, held = result
    if seconds > SECONDS:
        return f"{seconds:.1f} s"
    if held > MEMORY:
        return f"{held} bytes held by its process"
    if outcome.reason:
        known = outcome.reason in REASONS
        return "" if known else f"unknown reason {outcome.reason!r}"
    row = outcome.row
    good = row.dtype == np.int16 and row.shape == (process_file.Shape().length,)
    return "" if good and np.abs(row.astype(int)).max() == 32767 else "bad row"


def peak_memory():
    """Returns the most bytes that this process ever held.

    Not by getrusage, which counts what the process held that started it.
    """
    fields = dict(line.split(":", 1) for line in STATUS.open())
    return 1024 * int(fields["VmHWM"].split()[0])
