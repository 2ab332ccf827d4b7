"""How far a score moves with a shift, for scores whose answer is known."""

import numpy as np
import pytest

from wavegan_cond.evaluation.shifts import shift_response


def waves(count=64, length=64):
    waves = np.random.default_rng(0).standard_normal((count, length))
    waves[:, -16:] = 0  # nothing is shifted out
    return waves.astype(np.float32)


def test_what_hears_no_phase_does_not_move():
    # In float64: the order of a sum depends on where its zeros are.
    found = shift_response(lambda x: (np.float64(x) ** 2).sum(axis=1), waves())
    assert list(found) == list(range(1, 9))
    assert max(found.values()) < 1e-12


def test_a_score_of_one_sample_moves_as_differences_of_normals_do():
    # |a - b| of independent N(0, 1) has the mean 2 / sqrt(pi).
    found = shift_response(lambda x: x[:, 20], waves(20000), [1, 5])
    assert found[1] == pytest.approx(2 / np.sqrt(np.pi), rel=0.02)
    assert found[5] == pytest.approx(2 / np.sqrt(np.pi), rel=0.02)


def test_silence_comes_in_front():
    ramp = np.arange(1, 9, dtype=np.float32)[None].repeat(2, 0) * [[1], [2]]
    heard = []
    shift_response(lambda x: heard.append(x) or x[:, 0], ramp, [3])
    assert heard[1][0].tolist() == [0, 0, 0, 1, 2, 3, 4, 5]


def test_more_phase_is_heard_in_high_frequencies():
    time = np.arange(256)

    def response(period):
        sines = np.sin(
            2 * np.pi * time / period + np.linspace(0, 6, 50)[:, None]
        )
        sines *= np.hanning(256)
        return shift_response(lambda x: x @ sines[0], sines, [2])[2]

    assert response(200) < response(50) < response(12)
