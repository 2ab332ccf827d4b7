"""Workers wait for each other, and train only what all of them train."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from wavegan_cond.training import workers
from wavegan_cond.training.workers import Cluster, ClusterError, WorkerError

FACTS = {"iteration": 6, "--learning_rate": 1e-4, "classes": ("a", "b")}


def free_addresses(count):
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    found = [f"localhost:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return tuple(found)


def meet_all(lists, facts, late=()):
    """What each worker raised, or None; each has its list of addresses."""

    def work(index):
        time.sleep(1 if index in late else 0)
        try:
            workers.meet(Cluster(lists[index], index), facts[index], 20)
        except (ClusterError, WorkerError) as error:
            return error

    with ThreadPoolExecutor(len(facts)) as pool:
        return list(pool.map(work, range(len(facts))))


@pytest.mark.parametrize("late", [(), (0,), (1,)])
def test_equal_workers_meet_in_any_order(late):
    addresses = free_addresses(3)
    assert meet_all([addresses] * 3, [FACTS] * 3, late) == [None] * 3
    for address in addresses:  # TensorFlow listens there next
        socket.create_server(("", int(address.rpartition(":")[2]))).close()


def test_one_worker_is_a_cluster_too():
    assert meet_all([free_addresses(1)], [FACTS]) == [None]


@pytest.mark.parametrize(
    ("name", "value"), [("iteration", 0), ("--learning_rate", 1e-3)]
)
def test_every_worker_says_who_differs(name, value):
    other = {**FACTS, name: value}
    for error in meet_all([free_addresses(3)] * 3, [FACTS, FACTS, other]):
        assert isinstance(error, ClusterError) and error.exit_code == 2
        assert f"{name} is {FACTS[name]!r} on worker 0" in str(error)
        assert f"and {value!r} on worker 2" in str(error)
        assert "worker 1" not in str(error)


def test_lists_of_workers_that_differ():
    one, two, three = free_addresses(3)
    for error in meet_all([(one, two), (three, two)], [FACTS] * 2):
        assert isinstance(error, ClusterError) and "workers is" in str(error)


@pytest.mark.parametrize("index", [0, 1])
def test_one_that_never_comes_is_named(index, capsys, monkeypatch):
    monkeypatch.setattr(workers, "SOON", 0.5)
    addresses = free_addresses(2)
    with pytest.raises(WorkerError, match=f"worker {1 - index} .*--worker_t"):
        workers.meet(Cluster(addresses, index), FACTS, 1.5)
    said = capsys.readouterr().err
    assert said.startswith("waiting for worker") and said.count("\n") == 1
    assert addresses[1 - index] in said


def test_a_wrong_host_is_named(capsys, monkeypatch):
    monkeypatch.setattr(workers, "SOON", 0.1)
    cluster = Cluster((free_addresses(1)[0], "no.such.host.invalid:2222"), 0)
    with pytest.raises(WorkerError, match=r"worker 1 .no\.such\.host\.invalid"):
        workers.meet(cluster, FACTS, 1)


def test_a_port_in_use():
    (address,) = free_addresses(1)
    with socket.create_server(("", int(address.rpartition(":")[2]))):
        with pytest.raises(ClusterError, match="in use"):
            workers.meet(Cluster((address,), 0), FACTS, 1)


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"[1]\n", b"{}\n", b""]
)
def test_another_program_at_an_address_is_no_worker(answer):
    with socket.create_server(("localhost", 0)) as stranger:
        address = f"localhost:{stranger.getsockname()[1]}"

        def serve():
            with stranger.accept()[0] as connection:
                connection.sendall(answer)
            stranger.close()

        threading.Thread(target=serve, daemon=True).start()
        with pytest.raises(WorkerError):
            cluster = Cluster((free_addresses(1)[0], address), 0)
            workers.meet(cluster, FACTS, 0.5)


def text(workers=("a:1", "b:2"), index=0, kind="worker", **jobs):
    cluster = {"worker": workers, **jobs}
    task = {"type": kind, "index": index}
    return json.dumps({"cluster": cluster, "task": task})


def test_a_cluster_is_parsed():
    assert workers.parse(text(index=1)) == Cluster(("a:1", "b:2"), 1)


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "[]",
        "null",
        '{"cluster": [], "task": {}}',
        "[" * 10_000,
        text(workers="abc"),
        text(workers=[["a:1"]]),
        text(workers=["a"]),
        text(workers=["a:99999"]),
        text(workers=["a:0", "b:1"]),
        text(workers=["a:1\n", "b:1"]),
        text(index="0"),
        text(index=True),
        text(index=2),
        text(index=-1),
        text(kind="chief"),
        text(chief=["c:1"]),
        text(workers=["a:1", "a:1"]),
        text(workers=[]),
    ],
)
def test_what_is_no_cluster_is_refused(wrong):
    with pytest.raises(ClusterError, match="TF_CONFIG") as error:
        workers.parse(wrong)
    assert "\n" not in str(error.value)
