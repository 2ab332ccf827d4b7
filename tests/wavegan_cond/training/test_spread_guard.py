"""A swinging Wasserstein estimate is told once, when it is tenfold."""

import numpy as np
import pytest

from wavegan_cond.config import SHIFT_DRAWS, TrainConfig
from wavegan_cond.training.spread_guard import (
    FACTOR,
    WINDOW,
    SpreadGuard,
    advice,
)

TRAIN = TrainConfig()


def follow(guard, values, first=0):
    spreads = []
    for iteration, value in enumerate(values, first + 1):
        logs = {"wasserstein": value}
        guard(iteration, logs)
        spreads.append(logs["spread"])
    return spreads


def waves(*deviations):
    swing = np.tile([-1.0, 1.0], WINDOW // 2)
    return np.concatenate([5 + deviation * swing for deviation in deviations])


def test_the_spread_is_the_ratio_to_the_median_before(capsys):
    spreads = follow(SpreadGuard(TRAIN), waves(1, 3, 2, 8))
    assert spreads[: 2 * WINDOW - 1] == [1.0] * (2 * WINDOW - 1)
    ends = [spreads[(n + 1) * WINDOW - 1] for n in range(4)]
    assert ends == pytest.approx([1, 3, 1, 4])
    assert not capsys.readouterr().err


def test_it_warns_once(capsys):
    follow(SpreadGuard(TRAIN), waves(1, 1, FACTOR + 0.1, 1, 500))
    said = capsys.readouterr().err
    assert said.count("warning") == 1
    assert f"iteration {3 * WINDOW}:" in said and "10 times" in said


def test_the_blow_up_of_the_paper_size_is_told_before_it_is_complete(capsys):
    # Deviations by 500 iterations of two trainings that blew up (d = 64).
    for deviations in (
        (3, 3, 16, 9, 11, 203, 70, 1022),
        (6, 9, 57, 139, 977, 41024, 4895, 10838),
    ):
        follow(SpreadGuard(TRAIN), waves(*np.repeat(deviations, 2)))
        told = int(capsys.readouterr().err.split("iteration ")[1].split(":")[0])
        assert told <= 3000


def test_a_resumed_run_knows_what_was_before():
    values = waves(1, 2, 30)
    whole = follow(SpreadGuard(TRAIN), values)
    half = len(values) // 2 + 7
    resumed = SpreadGuard(TRAIN, values[:half])
    assert follow(resumed, values[half:]) == whole[half:]


@pytest.mark.parametrize("draws", SHIFT_DRAWS)
def test_what_is_so_already_is_not_advised(draws):
    said = advice(TrainConfig(phase_shift_draws=draws))
    assert "--learning_rate" in said and "another --run_dir" in said
    assert ("--phase_shift_draws=shared" in said) == (draws == "separate")
