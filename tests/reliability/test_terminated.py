"""R2: a run that is asked to stop saves, leaves, resumes."""

import random
import shlex
import signal
import subprocess
import time

import pytest

from tests.fixtures import tiny
from tests.fixtures.processes import wait_for_iteration
from tests.reliability.cases import each, seeds
from tests.reliability.whole_run import start
from wavegan_cond.training import checkpoint_folder
from wavegan_cond.training.run_dir import RunDir

pytestmark = pytest.mark.slow
SECONDS_TO_LEAVE = 10
OUTPUTS = ("2>&1 | head -c 1", "2>&-", "2>/dev/full", ">&- 2>&-")


@each("name", ["SIGTERM", "SIGINT", "SIGHUP"], quick=1)
def test_behind_the_third_iteration(whole, tmp_path, name):
    number = signal.Signals[name]
    process = start(whole.command(tmp_path))
    wait_for_iteration(process, tmp_path, 3)
    process.send_signal(number)
    assert wait(process, whole) == 128 + number
    check_saved(tmp_path)
    whole.resume(tmp_path)


@seeds(20, quick=0)
def test_at_a_random_moment(whole, tmp_path, seed):
    """Every fourth time a second signal follows."""
    twice = seed % 4 == 1
    moment = random.Random(seed).uniform(0.05, 0.95) * whole.seconds
    process = start(whole.command(tmp_path))
    time.sleep(moment)
    process.terminate()
    if twice:
        time.sleep(0.02)
        process.terminate()
    code = wait(process, whole)
    assert code in (143, 0)
    if code == 143 and not twice and iterations(tmp_path):
        check_saved(tmp_path)
    whole.resume(tmp_path)


@each("redirection", OUTPUTS, quick=0, label=str)
def test_nobody_hears_it(whole, tmp_path, redirection):
    """Progress is never worth a run: it ends as one that was heard."""
    command = shlex.join(whole.command(tmp_path))
    script = f"set -o pipefail; {command} {redirection}"
    quiet = subprocess.DEVNULL
    result = subprocess.run(["bash", "-c", script], stdout=quiet, stderr=quiet)
    assert result.returncode == 0
    whole.resume(tmp_path)


def iterations(run_dir):
    """The number of lines in the log, which need not be there."""
    return len(tiny.log_rows(run_dir)) if RunDir(run_dir).log.exists() else 0


def wait(process, whole):
    """The exit code of a process that must end soon."""
    sent = time.monotonic()
    # As a shell and Docker count; it is negative before Python has started.
    code = process.wait(120)
    seconds = time.monotonic() - sent
    # A machine on which a whole run takes longer has much else to do.
    limit = max(SECONDS_TO_LEAVE, whole.seconds)
    assert seconds < limit, f"it took {seconds:.1f} s to leave"
    return 128 - code if code < 0 else code


def check_saved(run_dir):
    """The checkpoint is of the last iteration that was run."""
    folder = RunDir(run_dir).checkpoints
    path, iteration = checkpoint_folder.latest(folder)
    assert iteration == iterations(run_dir), "saved and stopped at another"
    assert path == checkpoint_folder.committed(folder)[-1], "one is damaged"
