"""R16: long runs stay small.

Memory, files and leftovers of a run with 100 saves. A shorter one has not
settled yet: drawing holds on to memory over the first twenty pictures or so.
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
    pytest.mark.full,
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux", reason="memory is read from /proc"
    ),
]
KEEP = 3
GROWTH = 1.05
ITERATIONS, SETTLED, SAVES = 10_000, 1000, 100


def test_many_saves(scored_store, tmp_path):
    run_dir = RunDir(tmp_path)
    run_dir.create()
    stale = run_dir.checkpoints / f"{checkpoints.TEMPORARY}00000001"
    stale.mkdir()
    (stale / "variables.index").write_text("half")
    process = subprocess.Popen(
        tiny.command(
            scored_store.path,
            tmp_path,
            f"--iterations={ITERATIONS}",
            f"--checkpoint_every={ITERATIONS // SAVES}",
            f"--preview_every={SETTLED // 20}",
            "--preview_sounds=6",
            f"--keep={KEEP}",
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    memory = watch(process, run_dir.log)
    assert process.returncode == 0
    assert growth(memory, SETTLED) < GROWTH
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
    """Returns pairs (iterations done, kB held), every 0.3 s until it ends."""
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
