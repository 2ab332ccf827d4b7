"""Training by the clock."""

from experiments.common import timed_training


def test_the_time_of_an_iteration_is_without_the_first_ones():
    seconds = [30, 5, 2, 1, 1.5, 2]
    assert timed_training.iterations_in(30 + 60, seconds) == 60 / 1.5
    assert timed_training.iterations_in(20, seconds) == 1
