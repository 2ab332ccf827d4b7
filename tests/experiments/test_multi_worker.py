"""Several workers train what one process does, stop together, and go on."""

import json
import os
import shutil
import signal
import socket
import subprocess

import numpy as np
import pytest

from data_prep.store.batches import Share
from experiments import train
from tests.fixtures import tiny
from tests.fixtures.commands import end
from tests.fixtures.processes import wait_for_iteration
from tests.reliability.cases import each

pytestmark = pytest.mark.slow
LONG = 100_000
QUIET = (*tiny.QUIET, "--match_eq")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tiny.make_store(tmp_path_factory.mktemp("data") / "store")


def ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for bound in sockets:
        bound.bind(("localhost", 0))
    found = [bound.getsockname()[1] for bound in sockets]
    for bound in sockets:
        bound.close()
    return found


def start(store, run_dir, workers, *flags, own=None):
    """Starts every worker of a cluster on this machine.

    ``own`` has flags of a worker of its own.
    """
    addresses = [f"localhost:{port}" for port in ports(workers)]
    processes = []
    for index in range(workers):
        cluster = {
            "cluster": {"worker": addresses},
            "task": {"type": "worker", "index": index},
        }
        command = tiny.command(
            store.path,
            run_dir,
            "--strategy=multi_worker",
            *QUIET,
            *flags,
            *(own or {}).get(index, ()),
        )
        processes.append(
            subprocess.Popen(
                command,
                env={**os.environ, "TF_CONFIG": json.dumps(cluster)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    return processes


def finish(processes, seconds=300):
    """Returns the exit codes and what was said last."""
    ends = [process.communicate(timeout=seconds)[1] for process in processes]
    lines = [end.strip().splitlines()[-1:] for end in ends]
    return [process.returncode for process in processes], lines


def assert_close(first, second):
    """Two runs' losses are equal up to rounding."""
    both = (np.array(rows, float) for rows in (first, second))
    np.testing.assert_allclose(*both, rtol=0, atol=1e-4)


@pytest.fixture(scope="module")
def one(store, tmp_path_factory):
    """The log of one process in eight iterations."""
    return tiny.log_rows(train_alone(store, tmp_path_factory.mktemp("one"), 8))


def train_alone(store, run_dir, iterations):
    """Trains in this process; returns the folder."""
    flags = tiny.command(store.path, run_dir, *QUIET)[3:]
    assert end(train, *flags, f"--iterations={iterations}") == 0
    return run_dir


@pytest.mark.full
def test_four_workers_train_what_one_process_does(store, tmp_path, one):
    flags = ("--iterations=8", "--checkpoint_every=4")
    codes, said = finish(start(store, tmp_path, 4, *flags))
    assert not any(codes), said
    assert_close(tiny.log_rows(tmp_path), one)


def test_two_workers_stopped_and_killed_end_the_same(store, tmp_path, one):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    flags = (f"--iterations={LONG}", "--checkpoint_every=5")

    # A signal to one stops all behind the same iteration.
    processes = start(store, parts, 2, *flags)
    wait_for_iteration(processes[0], parts, 5)
    processes[1].send_signal(signal.SIGTERM)
    codes, said = finish(processes)
    assert codes == [143, 143], said
    done = tiny.tensors(parts)[0]
    assert done == int(tiny.log_rows(parts)[-1][0])

    # One that is killed ends the others with a message.
    processes = start(store, parts, 2, *flags)
    wait_for_iteration(processes[0], parts, done + 7)
    processes[1].kill()
    codes, said = finish(processes, seconds=120)
    assert codes[0] == 5 and "another worker is gone" in said[0][0]
    again = tiny.tensors(parts)[0]
    assert again > done

    # Both times they go on as if nothing had been, and as one process does.
    last = again + 3
    for run_dir in (parts, whole):
        codes, said = finish(start(store, run_dir, 2, f"--iterations={last}"))
        assert not any(codes), said
    assert tiny.tensors(parts) == tiny.tensors(whole)
    assert tiny.log_rows(parts) == tiny.log_rows(whole)
    assert [int(row[0]) for row in tiny.log_rows(whole)] == list(
        range(1, last + 1)
    )
    assert_close(tiny.log_rows(whole)[:8], one)


@each("loser", [1, 0], quick=1)
def test_all_save_and_end_when_one_loses_its_data(store, tmp_path, loser):
    copy, run_dir = tmp_path / "copy", tmp_path / "run"
    shutil.copytree(store.path, copy)
    own = {loser: [f"--data_dir={copy}"]}
    flags = (f"--iterations={LONG}", f"--checkpoint_every={LONG}")
    processes = start(store, run_dir, 2, *flags, own=own)
    wait_for_iteration(processes[0], run_dir, 3)
    os.truncate(copy / "waveforms.npy", 200)
    codes, said = finish(processes)
    assert codes[loser] == 2 and "is not a whole store" in said[loser][0]
    assert codes[1 - loser] == 143, said
    assert tiny.tensors(run_dir)[0] == len(tiny.log_rows(run_dir)) >= 3


def test_workers_that_are_not_at_the_same(store, tmp_path):
    """What else may differ is tried with ``workers`` alone."""
    run_dir = train_alone(store, tmp_path / "run", 2)
    before = tiny.tensors(run_dir)
    flags = ("--iterations=4", "--checkpoint_every=2")
    own = {1: [f"--run_dir={tmp_path / 'other'}"]}
    codes, lines = finish(start(store, run_dir, 2, *flags, own=own))
    assert codes == [2, 2], lines
    for (line,) in lines:
        assert "--run_dir" in line and "worker 1" in line
    assert tiny.tensors(run_dir) == before


def test_a_worker_that_never_comes(store, tmp_path):
    processes = start(
        store, tmp_path, 2, "--worker_timeout=8", "--iterations=2"
    )
    processes[1].kill()
    said = processes[0].communicate(timeout=100)[1]
    assert processes[0].returncode == 5 and "Traceback" not in said
    assert said.index("waiting for worker 1") < said.index("error: worker 1")


def test_shares_of_all_devices_are_the_common_order():
    shares = [Share(device, 5) for device in range(5)]
    found = [share.batch(turn) for turn in range(3) for share in shares]
    assert found == list(range(15))
