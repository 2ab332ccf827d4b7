"""R16: many iterations and saves, and what they leave."""

import collections
import functools
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from experiments.reliability import tiny
from experiments.reliability.row import Case, NotRunError
from wavegan_cond import checkpoints
from wavegan_cond.run_dir import RunDir

KEEP = 3
GROWTH = 1.05


def long_run(folder: Path, quick: bool) -> Iterator[Case]:
    """R16: memory, files and leftovers of a run with 100 saves."""
    if not Path("/proc/self/status").exists():
        raise NotRunError("memory is read from /proc")
    store = tiny.make_store(folder / "store", validation=60)
    # Drawing holds on to memory over the first twenty pictures or so.
    iterations, settled = (1000, 500) if quick else (10000, 1000)
    sounds = 1 if quick else 6  # of a class in a picture
    check = functools.partial(_soak, store, iterations, settled, sounds)
    yield Case(f"{iterations} iterations, 100 saves", check)


def _soak(
    store, iterations: int, settled: int, sounds: int, place: Path
) -> None:
    run_dir = RunDir(place)
    run_dir.create()
    stale = run_dir.checkpoints / f"{checkpoints.TEMPORARY}00000001"
    stale.mkdir()
    (stale / "variables.index").write_text("half")
    process = subprocess.Popen(
        tiny.command(
            store.path,
            place,
            f"--iterations={iterations}",
            f"--checkpoint_every={iterations // 100}",
            f"--preview_every={settled // 20}",
            f"--preview_sounds={sounds}",
            f"--keep={KEEP}",
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    memory = _watch(process, run_dir.log)
    assert process.returncode == 0, f"exit code {process.returncode}"
    growth = _growth(memory, settled)
    assert growth < GROWTH, f"memory grew {growth:.3f} times"
    files = list(run_dir.checkpoints.iterdir())
    assert len(files) <= KEEP + 3, [path.name for path in files]
    assert not stale.exists(), "a stale temporary was not swept"


def _growth(memory: list[tuple[int, int]], settled: int) -> float:
    """Returns how many times more is held later than once it has settled.

    Medians of stretches of ``settled`` iterations: drawing a picture takes
    some 20 MB for a moment.
    """
    stretches = collections.defaultdict(list)
    for done, held in memory:
        stretches[done // settled].append(held)
    medians = [
        statistics.median(held)
        for stretch, held in stretches.items()
        if stretch >= 1
    ]
    return max(medians) / medians[0]


def _watch(process: subprocess.Popen, log: Path) -> list[tuple[int, int]]:
    """Returns (iterations done, kB held), once a second until it ends."""
    samples = []
    while process.poll() is None:
        time.sleep(0.3)
        try:
            done = log.read_bytes().count(b"\n") - 1
            status = Path(f"/proc/{process.pid}/status").read_text()
            held = int(status.split("VmRSS:")[1].split()[0])
        except (OSError, IndexError):
            continue
        samples.append((done, held))
    return samples
