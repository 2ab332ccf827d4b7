"""Training by the clock."""

from experiments.common.timed_training import seconds_of_iteration


def test_the_time_of_an_iteration_is_without_the_first_ones(tmp_path):
    log = tmp_path / "log.csv"
    seconds = [30, 5, 2, 1, 1.5, 2]
    lines = ["iteration,seconds"]
    lines += [f"{i},{s}" for i, s in enumerate(seconds)]
    log.write_text("\n".join(lines) + "\n")
    assert seconds_of_iteration(log) == 1.5
