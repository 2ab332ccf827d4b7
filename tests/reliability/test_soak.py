"""R16: long runs stay small.

Memory, files and leftovers of a run with 50 saves, in full 100.
"""

import collections
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fixtures import tiny
from wavegan_cond.training import checkpoints
from wavegan_cond.training.run_dir import RunDir

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux", reason="memory is read from /proc"
    ),
]
KEEP = 3
GROWTH = 1.05


def test_many_saves(scored_store, tmp_path, full):
    # Drawing holds on to memory over the first twenty pictures or so.
    iterations, settled, saves = (10000, 1000, 100) if full else (500, 250, 50)
    sounds = 6 if full else 1  # of a class in a picture
    run_dir = RunDir(tmp_path)
    run_dir.create()
    stale = run_dir.checkpoints / f"{checkpoints.TEMPORARY}00000001"
    stale.mkdir()
    (stale / "variables.index").write_text("half")
    process = subprocess.Popen(
        tiny.command(
            scored_store.path,
            tmp_path,
            f"--iterations={iterations}",
            f"--checkpoint_every={iterations // saves}",
            f"--preview_every={settled // 20}",
            f"--preview_sounds={sounds}",
            f"--keep={KEEP}",
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    memory = watch(process, run_dir.log)
    assert process.returncode == 0
    assert growth(memory, settled) < GROWTH
    files = list(run_dir.checkpoints.iterdir())
    assert len(files) <= KEEP + 3, [path.name for path in files]
    assert not stale.exists(), "a stale temporary was not swept"


def growth(memory, settled):
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


def watch(process, log):
    """Returns pairs (iterations done, kB held), once a second until it ends."""
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
