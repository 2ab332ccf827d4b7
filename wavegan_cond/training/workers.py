"""The workers of a cluster meet before TensorFlow connects them.

TensorFlow waits in silence for a worker that never comes, and trains on what
workers disagree about. So every worker listens at its own address of TF_CONFIG,
the first one asks each of the others what it is about to train, and tells all
of them whether that is the same. Then the addresses are TensorFlow's.

A message is a line of JSON. Standard library only.
"""

import contextlib
import json
import os
import select
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wavegan_cond.storage.untrusted import one_line

EXAMPLE = (
    '{"cluster": {"worker": ["a:2222", "b:2222"]}, '
    '"task": {"type": "worker", "index": 0}}'
)
MAX_BYTES = 1 << 20  # of a message
ANSWER = 2.0  # seconds in which a worker that listens answers
PAUSE = 0.2  # seconds between two tries
SOON, AGAIN = 2.0, 60.0  # seconds until it is told who is waited for


class ClusterError(ValueError):
    """Malformed cluster, or workers that are not about to train the same."""

    exit_code = 2


class WorkerError(RuntimeError):
    """Lost connection to another worker, or one that never came."""

    exit_code = 5


class Cluster(NamedTuple):
    """The addresses of all workers, and which of them this process is."""

    workers: tuple[str, ...]
    index: int

    def name(self, index: int) -> str:
        """Returns how messages call a worker."""
        return f"worker {index} ({self.workers[index]})"


def parse(text: str) -> Cluster:
    """Returns the cluster that TF_CONFIG describes.

    Raises:
      ClusterError: the text is malformed, or describes no cluster of workers
        with an address each.
    """
    try:
        content = json.loads(text)
        jobs, task = content["cluster"], content["task"]
        workers, kind, index = jobs["worker"], task["type"], task["index"]
        whole = list(jobs) == ["worker"] and type(workers) is list
        whole = whole and type(index) is int
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole or not all(map(_is_address, workers)):
        raise ClusterError(
            "TF_CONFIG in the environment is malformed: expected JSON such as "
            f"{EXAMPLE}"
        )
    if kind != "worker" or not 0 <= index < len(workers):
        raise ClusterError(
            f"TF_CONFIG names the task {one_line(kind, 50)} {index}: expected "
            f"a worker from 0 to {len(workers) - 1}"
        )
    for number, address in enumerate(workers):
        if (first := workers.index(address)) != number:
            raise ClusterError(
                f"TF_CONFIG gives worker {first} and worker {number} the same "
                f"address {address}"
            )
    return Cluster(tuple(workers), index)


def _is_address(text: Any) -> bool:
    if not isinstance(text, str) or not text.isprintable():
        return False
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdecimal() and 0 < int(port[:6]) < 1 << 16


def meet(cluster: Cluster, facts: Mapping[str, Any], timeout: float) -> None:
    """Returns once every worker is there and is about to do the same.

    Within some seconds a line on standard error says who is waited for.

    Args:
      cluster: all workers.
      facts: what must be equal everywhere, as JSON has it.
      timeout: seconds to wait for the others.

    Raises:
      ClusterError: the address of this worker cannot be listened at, or the
        facts differ; the message says whose.
      WorkerError: a worker did not come.
    """
    mine = json.loads(json.dumps({"workers": cluster.workers, **facts}))
    patience = _Patience(timeout)
    with _listening(cluster) as server:
        if cluster.index:
            verdict = _answer(server, cluster, mine, patience)
        else:
            verdict = _gather(cluster, mine, patience)
    if verdict:
        raise ClusterError(verdict)


def differences(facts: Sequence[Mapping[str, Any]]) -> str:
    """Returns what differs from the facts of the first worker, and whose."""
    found = [
        f"{name} is {facts[0].get(name)!r:.100} on worker 0 and "
        f"{other.get(name)!r:.100} on worker {index}"
        for index, other in enumerate(facts)
        for name in sorted(facts[0].keys() | other.keys())
        if facts[0].get(name) != other.get(name)
    ]
    if not found:
        return ""
    return "the workers are not about to train the same: " + "; ".join(found)


class _Patience:
    """Says who is waited for, and when it has been too long."""

    def __init__(self, timeout: float):
        now = time.monotonic()
        self._timeout = timeout
        self._end, self._next = now + timeout, now + SOON

    def check(self, waited_for: str) -> None:
        """Raises WorkerError if the time is over."""
        now = time.monotonic()
        if now > self._end:
            raise WorkerError(
                f"{waited_for} did not come within {self._timeout:g} s "
                "(--worker_timeout)"
            )
        if now > self._next:
            print(f"waiting for {waited_for}", file=sys.stderr, flush=True)
            self._next = now + AGAIN


@contextlib.contextmanager
def _listening(cluster: Cluster) -> Iterator[socket.socket]:
    port = int(cluster.workers[cluster.index].rpartition(":")[2])
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    try:
        server = socket.create_server(
            ("", port), family=family, dualstack_ipv6=both
        )
    except OSError as error:
        raise ClusterError(
            f"{cluster.name(cluster.index)}: this process cannot listen at "
            f"port {port}: {os.strerror(error.errno or 0)}. TF_CONFIG must "
            "give it a port that is free"
        ) from error
    with server:
        yield server


def _gather(cluster: Cluster, mine: dict, patience: _Patience) -> str:
    """Asks every other worker; returns, and tells all of them, the verdict."""
    found: dict[int, tuple[socket.socket, dict]] = {}
    with contextlib.ExitStack() as stack:
        while True:
            reasons = []
            for index in range(1, len(cluster.workers)):
                if index in found and _is_open(found[index][0]):
                    continue
                try:
                    found[index] = _ask(cluster, index)
                    stack.enter_context(found[index][0])
                except (OSError, ValueError) as error:
                    found.pop(index, None)
                    why = getattr(error, "strerror", None) or error
                    reasons.append(f"{cluster.name(index)}: {why}")
            if not reasons:
                break
            patience.check("; ".join(reasons))
            time.sleep(PAUSE)
        facts = [mine, *(found[index][1] for index in sorted(found))]
        verdict = differences(facts)
        for connection, _ in found.values():
            with contextlib.suppress(OSError):  # TensorFlow waits for it
                _send(connection, {"verdict": verdict})
    return verdict


def _ask(cluster: Cluster, index: int) -> tuple[socket.socket, dict]:
    """Returns a connection to a worker, and its facts."""
    host, _, port = cluster.workers[index].rpartition(":")
    address = (host.strip("[]"), int(port))
    connection = socket.create_connection(address, ANSWER)
    try:
        _send(connection, {"asks": index})
        answer = _receive(connection)
        facts = answer.get("facts")
        if answer.get("index") != index or type(facts) is not dict:
            raise ValueError("another worker or program answers there")
    except BaseException:
        connection.close()
        raise
    return connection, facts


def _answer(
    server: socket.socket, cluster: Cluster, mine: dict, patience: _Patience
) -> str:
    """Waits for the first worker to ask; returns its verdict."""
    while True:
        # A verdict that does not come is that of a first worker that has gone.
        with contextlib.suppress(OSError, ValueError, KeyError):
            if _is_ready(server):
                connection = server.accept()[0]
                with connection:
                    connection.settimeout(ANSWER)
                    if type(_receive(connection).get("asks")) is int:
                        _send(
                            connection, {"index": cluster.index, "facts": mine}
                        )
                        return _wait_for_verdict(connection, cluster, patience)
        patience.check(cluster.name(0))


def _wait_for_verdict(
    connection: socket.socket, cluster: Cluster, patience: _Patience
) -> str:
    while not _is_ready(connection):
        patience.check(f"the other workers, with {cluster.name(0)}")
    return str(_receive(connection)["verdict"])


def _is_ready(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], PAUSE)[0])


def _is_open(connection: socket.socket) -> bool:
    """Says whether the other side, which has nothing to say, is there."""
    return not select.select([connection], [], [], 0)[0]


def _send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    connection.sendall(json.dumps(message).encode() + b"\n")


def _receive(connection: socket.socket) -> dict:
    """Returns the next message.

    Raises:
      OSError: none came in time.
      ValueError: it is no message.
    """
    end, data = time.monotonic() + ANSWER, b""
    while not data.endswith(b"\n"):
        part = connection.recv(1 << 16)
        data += part
        if not part or len(data) > MAX_BYTES or time.monotonic() > end:
            raise ValueError("it is no worker, or has gone")
    message = None
    with contextlib.suppress(ValueError, RecursionError):
        message = json.loads(data)
    if type(message) is not dict:
        raise ValueError("what answers there is no worker")
    return message
