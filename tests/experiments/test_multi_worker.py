"""Several workers train what one process does, stop together, and go on."""

import json
import os
import signal
import socket
import subprocess
import time

import pytest

from data_prep.store.batches import Share
from tests.fixtures import tiny
from wavegan_cond.training.run_dir import RunDir

pytestmark = pytest.mark.slow
LONG = 100_000


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tiny.make_store(tmp_path_factory.mktemp("data") / "store")


def ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    found = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return found


def start(store, run_dir, workers, *flags):
    """Starts every worker of a cluster on this machine."""
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
            "--notensorboard",
            "--preview_every=1000000",
            "--match_eq",
            *flags,
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


def wait_for(run_dir, iteration):
    log, deadline = RunDir(run_dir).log, time.monotonic() + 200
    while not log.exists() or log.read_text().count("\n") <= iteration:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def close(first, second):
    """Says whether two runs' losses are equal up to rounding."""
    assert len(first) == len(second)
    return all(
        a[0] == b[0]
        and all(
            abs(float(x) - float(y)) < 1e-4
            for x, y in zip(a[1:], b[1:], strict=True)
        )
        for a, b in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_train_what_one_process_does(store, tmp_path, workers):
    flags = ("--iterations=8", "--checkpoint_every=4")
    codes, said = finish(start(store, tmp_path / "many", workers, *flags))
    assert not any(codes), said
    one = tiny.command(store.path, tmp_path / "one", *flags)
    one += ["--notensorboard", "--match_eq"]
    subprocess.run(one, check=True, capture_output=True)
    assert close(
        tiny.log_rows(tmp_path / "many"), tiny.log_rows(tmp_path / "one")
    )


def test_a_signal_to_one_worker_stops_all_behind_the_same_iteration(
    store, tmp_path
):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    processes = start(store, parts, 2, f"--iterations={LONG}")
    wait_for(parts, 5)
    processes[1].send_signal(signal.SIGTERM)
    codes, said = finish(processes)
    assert codes == [143, 143], said
    done = tiny.tensors(parts)[0]
    assert done == int(tiny.log_rows(parts)[-1][0])
    flag = f"--iterations={done + 5}"
    for run_dir in (parts, whole):
        codes, said = finish(start(store, run_dir, 2, flag))
        assert not any(codes), said
    assert tiny.tensors(parts) == tiny.tensors(whole)


def test_a_killed_worker_ends_the_others_with_a_message(store, tmp_path):
    flags = (f"--iterations={LONG}", "--checkpoint_every=5")
    processes = start(store, tmp_path, 2, *flags)
    wait_for(tmp_path, 12)
    processes[1].kill()
    codes, said = finish(processes, seconds=120)
    assert codes[0] == 5 and "another worker is gone" in said[0][0]
    done = tiny.tensors(tmp_path)[0]
    assert done >= 10
    codes, said = finish(start(store, tmp_path, 2, f"--iterations={done + 3}"))
    assert not any(codes), said
    numbers = [int(row[0]) for row in tiny.log_rows(tmp_path)]
    assert numbers == list(range(1, done + 4))


def test_shares_of_all_devices_are_the_common_order():
    shares = [Share(device, 5) for device in range(5)]
    found = [share.batch(turn) for turn in range(3) for share in shares]
    assert found == list(range(15))
