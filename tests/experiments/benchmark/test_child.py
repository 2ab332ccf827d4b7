"""What a program in a process of its own leaves: a number, or why not."""

import pytest

from experiments.benchmark.child import printed_number
from experiments.common.parallel_runs import TrainingError


def test_the_last_word_is_the_number():
    program = "import sys; print('some', 2 * float(sys.argv[1]))"
    assert printed_number(program, "1.25") == 2.5


def test_one_that_fails_says_why_and_keeps_its_code(capfd):
    program = "import sys; print('no room', file=sys.stderr); sys.exit(4)"
    with pytest.raises(TrainingError, match="of d 16 failed") as error:
        printed_number(program, "d", "16")
    assert error.value.exit_code == 4
    assert capfd.readouterr().err == "no room\n"
