"""Mutated sound files against the decoder in its child processes."""

import functools
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from data_prep.audio import process_file, workers
from data_prep.store.manifest import REASONS
from tests.reliability.audio_files import drum, encode
from tests.reliability.row import Case, NotRunError

MUTATIONS, BATCH = 5000, 250
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


def mutated(folder: Path, quick: bool) -> Iterator[Case]:
    """Yields cases of 250 mutated files each, and two that prove the fence."""
    if not STATUS.exists():
        raise NotRunError("memory is measured on Linux only")
    batch = 100 if quick else BATCH
    for seed in range(1 if quick else MUTATIONS // BATCH):
        check = functools.partial(check_batch, seed, batch)
        yield Case(f"{batch} mutations, seed {seed}", check)
    yield Case("a task that kills its process", check_crash)
    yield Case("a task that allocates without end", check_hoard)


def check_batch(seed: int, batch: int, folder: Path) -> None:
    """Raises unless every file comes to an end that a row can tell."""
    paths, before = write_batch(folder, seed, batch), peak_memory()
    results = list(workers.run_ordered(examine, paths, 2, timeout=SECONDS))
    if len(results) != len(paths):
        raise AssertionError(f"{len(results)} results of {len(paths)} files")
    for path, result in zip(paths, results, strict=True):
        if fault := judge(result):
            raise AssertionError(f"{path}: {fault}")
    if (grown := peak_memory() - before) > MEMORY:
        raise AssertionError(f"this process took {grown} bytes")


def write_batch(folder: Path, seed: int, batch: int) -> list[str]:
    """Writes mutated files of every format; returns their paths."""
    random = np.random.default_rng(seed)
    files = {
        name: encode(drum(seed, number), format, subtype)
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


def mutate(content: bytes, other: bytes, random: np.random.Generator) -> bytes:
    """Returns a file changed in one to three ways."""
    ways = (in_header, in_body, cut_off, spliced)
    for _ in range(random.integers(1, 4)):
        way = ways[random.choice(4, p=(0.5, 0.2, 0.15, 0.15))]
        content = way(content, other, random)
    return content


def in_header(content, other, random) -> bytes:
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


def in_body(content, other, random) -> bytes:
    """Overwrites a stretch anywhere."""
    start = random.integers(max(1, len(content)))
    noise = random.bytes(random.integers(1, 65))
    return content[:start] + noise + content[start + len(noise) :]


def cut_off(content, other, random) -> bytes:
    """Ends the file early."""
    return content[: random.integers(max(1, len(content)))]


def spliced(content, other, random) -> bytes:
    """Puts a stretch of another file, or of itself, within."""
    source = (content, other)[random.integers(2)]
    start, place = random.integers(0, [len(source) + 1, len(content) + 1])
    stretch = source[start : start + random.integers(1, 2049)]
    return content[:place] + stretch + content[place:]


def examine(path: str) -> tuple[process_file.Outcome, float, int]:
    """Decodes a file; returns also seconds and the bytes this process held."""
    started = time.monotonic()
    outcome = process_file.process((path, "decode"), process_file.Shape())
    return outcome, time.monotonic() - started, peak_memory()


def judge(result: Any) -> str:
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


def check_crash(folder: Path) -> None:
    """Raises unless a crash costs the guilty task alone."""
    tasks = [0, -1, 1, 2, -1, 3]
    found = list(workers.run_ordered(die, tasks, 2))
    told = [getattr(one, "reason", one) for one in found]
    if told != [0, workers.CRASH, 1, 2, workers.CRASH, 3]:
        raise AssertionError(f"{told}")


def check_hoard(folder: Path) -> None:
    """Raises unless a process that takes all memory is held short."""
    (held,) = workers.run_ordered(hoard, [0], 1)
    if held > workers.MEMORY + (1 << 29):
        raise AssertionError(f"{held} bytes held")


def die(task: int) -> int:
    """Returns the task; a negative one is a memory fault."""
    if task < 0:
        os.kill(os.getpid(), signal.SIGSEGV)
    return task


def hoard(task: int) -> int:
    """Takes memory until there is none; returns the bytes held then."""
    taken = []
    try:
        while True:
            taken.append(np.ones(1 << 24, np.uint8))
    except MemoryError:
        return peak_memory()


def peak_memory() -> int:
    """Returns the most bytes that this process ever held.

    Not by getrusage, which counts what the process held that started it.
    """
    fields = dict(line.split(":", 1) for line in STATUS.open())
    return 1024 * int(fields["VmHWM"].split()[0])
