"""Calls a function on many tasks in child processes that may die or hang.

Results come in the order of the tasks, whatever the number of workers. A task
whose child dies or hangs is tried once more, first in a fresh child; if that
one fails too, the task alone is given up and the work goes on.
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
# Tasks given ahead to a child, so that it need not wait for the next one.
DEPTH = 4
# Finished results held back for an earlier one that takes long.
WINDOW = 512


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
      timeout: seconds a task may take.
      memory: bytes a child may allocate, where the system can limit it.

    Yields:
      The result, or a ``Failure`` with ``decoder_crash``/``decoder_timeout``.
    """
    crew = _Crew(function, workers, timeout, memory)
    try:
        yield from crew.run(tasks)
    finally:
        crew.stop()


class _Crew:
    """The children and what each is working on."""

    def __init__(self, function, workers, timeout, memory):
        self._make = lambda: _Child(function, timeout, memory)
        self._children = [self._make() for _ in range(workers)]
        self._again = collections.deque()
        self._given = 0

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
                result, error = child.pipe.recv()
            except (EOFError, OSError):
                yield from self._replace(child, CRASH)
                continue
            if error is not None:
                raise error
            if child.has_answered():
                yield child.pending.popleft()[0], result
        for child in busy.values():
            if time.monotonic() > child.deadline:
                yield from self._replace(child, TIMEOUT)

    def _replace(self, child: "_Child", reason: str):
        """Starts a fresh child in place of one lost with a task at hand."""
        child.kill()
        if not child.started:
            raise RuntimeError(
                "a decoding process cannot start: in a program of your own, "
                'prepare below if __name__ == "__main__":'
            )
        fresh = self._make()
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
        self.pipe, theirs = context.Pipe()
        self._timeout = timeout
        self._process = context.Process(
            target=_serve, args=(theirs, function, memory), daemon=True
        )
        # Ctrl-C reaches every process of the terminal; the parent decides.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        theirs.close()
        self.started = False
        self.pending = collections.deque()
        self.deadline = time.monotonic() + START_SECONDS

    def give(self, item) -> None:
        if self.started and not self.pending:
            self.deadline = time.monotonic() + self._timeout
        self.pending.append(item)
        with contextlib.suppress(OSError):  # it died: noticed when waiting
            self.pipe.send(item[1])

    def has_answered(self) -> bool:
        """Notes a message; the first one only says that the child runs."""
        self.deadline = time.monotonic() + self._timeout
        first, self.started = not self.started, True
        return not first

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _serve(pipe, function, memory: int) -> None:
    """Answers tasks until the parent hangs up. Runs in the child."""
    _limit_memory(memory)
    pipe.send((None, None))
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
