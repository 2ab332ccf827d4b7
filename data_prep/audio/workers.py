"""Calls a function on many tasks in child processes that may die or hang.

Results come in the order of the tasks, whatever the number of workers. A task
whose child dies or hangs is tried once more, first in a fresh child; if that
one fails too, the task alone is given up and the work goes on. A function that
is slow because a disk is gives a sign of life with ``beat``.
"""

import collections
import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import connection
from typing import Any

CRASH, TIMEOUT = "decoder_crash", "decoder_timeout"
MEMORY = 1 << 30  # bytes a child may use beyond its start
START_SECONDS = 120
BEAT_SECONDS = 1.0  # between signs of life
# Tasks given ahead to a child, so that it need not wait for the next one.
DEPTH = 4
# Finished results held back for an earlier one that takes long.
WINDOW = 512
LESS = "lower --workers, or end other programs"

_beat: Callable[[], None] | None = None  # of a child process


class StartError(Exception):
    """A child process cannot be started; the message says what to do."""

    exit_code = 2


class Failure:
    """Stands for the result of a task that killed its child twice."""

    def __init__(self, reason: str):
        self.reason = reason


def run_ordered(
    function: Callable[[Any], Any],
    tasks: Iterable[Any],
    workers: int,
    timeout: float = 20.0,
    memory: int = MEMORY,
) -> Iterator[Any]:
    """Yields ``function(task)`` for each task, in order.

    Args:
      function: picklable; an exception it raises is raised here.
      tasks: picklable.
      workers: number of child processes.
      timeout: seconds a task may take, or go on after a ``beat``.
      memory: bytes a child may allocate, where the system can limit it.

    Yields:
      The result, or a ``Failure`` with ``decoder_crash``/``decoder_timeout``.

    Raises:
      StartError: a child process cannot be started.
    """
    crew = _Crew(function, timeout, memory)
    try:
        crew.start(workers)
        yield from crew.run(tasks)
    finally:
        crew.stop()


def beat() -> None:
    """Says that the task at hand goes on, so that its time begins anew.

    It does nothing in a process that serves no other.
    """
    if _beat:
        _beat()


class _Crew:
    """The children and what each is working on."""

    def __init__(self, function, timeout, memory):
        self._arguments = function, timeout, memory
        self._children = []
        self._again = collections.deque()
        self._given = 0

    def start(self, workers: int) -> None:
        for _ in range(workers):
            self._children.append(self._start_child())

    def run(self, tasks: Iterable[Any]) -> Iterator[Any]:
        source = ((i, task, False) for i, task in enumerate(tasks))
        done, emitted = {}, 0
        while True:
            self._hand_out(source, emitted)
            if not any(child.pending for child in self._children):
                return
            for index, result in self._collect():
                done[index] = result
            while emitted in done:
                yield done.pop(emitted)
                emitted += 1

    def stop(self) -> None:
        for child in self._children:
            child.kill()

    def _start_child(self) -> "_Child":
        try:
            return _Child(*self._arguments)
        except OSError as error:
            raise StartError(
                f"a decoding process cannot be started ({error.strerror}): "
                f"{LESS}"
            ) from error

    def _hand_out(self, source, emitted: int) -> None:
        """Gives tasks to the children, round by round."""
        for depth in range(1, DEPTH + 1):
            for child in self._children:
                if len(child.pending) >= depth:
                    continue
                if self._again:
                    child.give(self._again.popleft())
                elif self._given - emitted < WINDOW and (
                    item := next(source, None)
                ):
                    self._given += 1
                    child.give(item)

    def _collect(self) -> Iterator[tuple[int, Any]]:
        """Waits for answers; replaces children that died or hang."""
        busy = {c.pipe: c for c in self._children if c.pending}
        now = time.monotonic()
        nearest = min(child.deadline for child in busy.values())
        for pipe in connection.wait(list(busy), max(0, nearest - now)):
            child = busy.pop(pipe)
            try:
                answer = child.receive()
            except (EOFError, OSError):
                yield from self._replace(child, CRASH)
                continue
            if answer is None:
                continue
            result, error = answer
            if error is not None:
                raise error
            yield child.pending.popleft()[0], result
        for child in busy.values():
            if time.monotonic() > child.deadline:
                yield from self._replace(child, TIMEOUT)

    def _replace(self, child: "_Child", reason: str):
        """Starts a fresh child in place of one lost with a task at hand."""
        if not child.started:
            raise StartError(child.why_not_started(reason))
        child.kill()
        fresh = self._start_child()
        self._children[self._children.index(child)] = fresh
        (index, task, suspect), *rest = child.pending
        self._again.extend(rest)
        if suspect:
            yield index, Failure(reason)
        else:
            fresh.give((index, task, True))


class _Child:
    """One child process; answers its tasks in the order it was given them."""

    def __init__(self, function, timeout, memory):
        # A forked child would inherit the threads' locks of whatever the
        # parent has loaded, TensorFlow for one.
        context = multiprocessing.get_context("spawn")
        self.started = False
        self.pending = collections.deque()
        self.pipe, theirs = context.Pipe()
        self._timeout = timeout
        self._process = context.Process(
            target=_serve, args=(theirs, function, memory), daemon=True
        )
        # Ctrl-C reaches every process of the terminal; the parent decides.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()
        self.deadline = time.monotonic() + START_SECONDS

    def give(self, item) -> None:
        if self.started and not self.pending:
            self.deadline = time.monotonic() + self._timeout
        self.pending.append(item)
        with contextlib.suppress(OSError):  # it died: noticed when waiting
            self.pipe.send(item[1])

    def receive(self) -> tuple[Any, Exception | None] | None:
        """Returns an answer, None for a sign of life; the first one is that.

        Raises:
          EOFError, OSError: the child is gone.
        """
        answer = self.pipe.recv()
        self.deadline = time.monotonic() + self._timeout
        self.started = True
        return answer

    def why_not_started(self, reason: str) -> str:
        """Returns why the child gave no sign of life, and what to do."""
        if reason == TIMEOUT:
            return (
                f"a decoding process did not start within {START_SECONDS} s: "
                f"{LESS}"
            )
        self._process.join(10)  # it is about to end, or has
        code = self._process.exitcode or 0
        if code < 0:
            return (
                f"a decoding process was killed by signal {-code} while it "
                f"started: {LESS}"
            )
        return (
            "a decoding process cannot start: in a program of your own, "
            'prepare below if __name__ == "__main__":'
        )

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _serve(pipe, function, memory: int) -> None:
    """Answers tasks until the parent hangs up. Runs in the child."""
    global _beat
    _limit_memory(memory)
    pipe.send(None)
    _beat = _make_beat(pipe)
    # Decoders written in C report what they meet to standard error.
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            task = pipe.recv()
            try:
                answer = (function(task), None)
            except Exception as error:
                answer = (None, error)
            pipe.send(answer)


def _make_beat(pipe) -> Callable[[], None]:
    """Returns what sends a sign of life, unless one has just been sent."""
    last = time.monotonic()

    def send() -> None:
        nonlocal last
        if time.monotonic() - last > BEAT_SECONDS:
            pipe.send(None)
            last = time.monotonic()

    return send


def _limit_memory(more: int) -> None:
    """Limits the address space to its present size and ``more`` bytes."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + more, hard))
    except (ImportError, OSError, ValueError):
        pass  # no such limit on this system
