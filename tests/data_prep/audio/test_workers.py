"""The order of results and the life of the child processes.

Their crash, hang and memory are tried in tests/reliability.
"""

import os
import resource
import signal
import time

import pytest

from data_prep.audio import workers


def work(task):
    """Doubles a number; a text says what goes wrong instead."""
    if not isinstance(task, str):
        time.sleep(0.002 * (task % 3))
        return 2 * task
    if task == "slow":  # and says so
        for _ in range(45):
            time.sleep(0.1)
            workers.beat()
    if task == "raise":
        raise OSError("of the task")
    if task.startswith("once "):  # crashes the first time only
        if not os.path.exists(task[5:]):
            open(task[5:], "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return "survived"
    return task


def run(tasks, count, **limits):
    return [
        result.reason if isinstance(result, workers.Failure) else result
        for result in workers.run_ordered(work, tasks, count, **limits)
    ]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(count):
    assert run(range(300), count) == [2 * task for task in range(300)]
    assert run([], count) == []


def test_a_task_is_tried_again_before_it_is_given_up(tmp_path):
    assert run([0, f"once {tmp_path / 'seen'}", 1], 1) == [0, "survived", 2]


def test_an_exception_of_the_function_is_raised():
    with pytest.raises(OSError, match="of the task"):
        run([0, "raise", 1], 1)


def test_no_child_outlives_an_abandoned_run():
    results = workers.run_ordered(os_pid, range(100), 2)
    children = {next(results) for _ in range(20)}
    results.close()
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_a_sign_of_life_begins_the_time_anew():
    assert run([0, "slow", 1], 1, timeout=3) == [0, "slow", 2]


class Unpicklable:
    """Ends the process that reads it, before that has said anything."""

    def __init__(self, program):
        self.program = program

    def __reduce__(self):
        return exec, (self.program,)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.kill(os.getpid(), 9)", "killed by signal 9 .* lower"),
        ("raise SystemExit(1)", "below if __name__"),
    ],
)
def test_a_child_that_ends_before_it_starts_is_told(program, said):
    results = workers.run_ordered(Unpicklable(program), [0], 1)
    with pytest.raises(workers.StartError, match=said) as caught:
        list(results)
    assert caught.value.exit_code == 2


def test_children_that_cannot_be_started_are_told():
    """As where there are too many processes, or open files."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 20, limits[1]))
    try:
        with pytest.raises(workers.StartError, match=r"files.*lower --workers"):
            list(workers.run_ordered(work, [0], 64))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    assert run([1], 1) == [2]


def os_pid(task):
    return os.getpid()


def test_a_slow_task_does_not_let_results_pile_up():
    taken = []

    def tasks():
        for number in range(3 * workers.WINDOW):
            taken.append(number)
            yield number

    results = workers.run_ordered(work, tasks(), 2)
    for number in range(10):
        next(results)
        assert len(taken) <= number + workers.WINDOW + 1
    results.close()
