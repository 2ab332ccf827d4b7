"""Which sounds of a pool become a kit."""

import numpy as np
import pytest

from experiments.kit import choose
from experiments.kit.choose import KitError
from tests.conftest import make_hit

RATE, LENGTH = 44100, 8192


def hits(seeds):
    """Decaying noises over tones, [N, 8192]."""
    waves = np.zeros((len(seeds), LENGTH), np.float32)
    for wave, seed in zip(waves, seeds, strict=True):
        hit = make_hit(seed)
        wave[: len(hit)] = hit
    return waves


def test_each_fault_is_found_where_it_is_and_nowhere_else():
    waves = hits(range(12))
    waves[1] *= 1e-3
    waves[2] = np.clip(4 * waves[2], -1, 1)
    waves[3, 4500:7500] += waves[3, :3000]  # 102 ms later, and as loud
    labels, points = np.zeros(12, int), np.zeros((12, 2))
    faults = choose.find_faults(waves, labels, points, RATE)
    assert np.flatnonzero(faults["silent"]).tolist() == [1]
    assert np.flatnonzero(faults["clipped"]).tolist() == [2]
    assert np.flatnonzero(faults["rises again"]).tolist() == [3]
    assert not faults["like another class"].any()
    assert not faults["odd"].any()


def test_a_sound_among_those_of_another_class_is_found():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 20)
    points = 100.0 * labels[:, None] + rng.standard_normal((60, 4))
    points[5] = 200 + rng.standard_normal(4)
    found = choose.majority(points, labels)
    assert np.flatnonzero(found != labels).tolist() == [5]


def test_the_odd_ones_of_each_class_are_those_far_from_its_others():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 20)
    points = rng.standard_normal((40, 3))
    points[labels == 1] *= 100  # a class may be wide as a whole
    points[[4, 9]] += 50
    points[[24, 31]] += 5000
    odd = choose.find_odd(points, labels)
    assert np.flatnonzero(odd).tolist() == [4, 9, 24, 31]


def test_a_copy_is_not_taken_however_loud_or_late_it_is():
    waves = hits(range(4))
    copies = -0.3 * np.roll(waves[0], 700)[None]
    waves = np.concatenate([waves[:1], copies, waves[1:]])
    points = np.float64([[0, 0], [90, 0], [1, 0], [0, 1], [1, 1]])
    taken = choose.spread(waves, points, 5)
    assert len(taken) == 4
    assert {0, 1} - set(taken)
    assert set(taken) > {2, 3, 4}


def test_the_typical_sound_comes_first_and_the_next_is_farthest_from_it():
    waves, points = hits(range(5)), np.float64([[4], [0], [5], [9], [6]])
    assert choose.spread(waves, points, 3) == [2, 1, 3]


def test_every_class_gets_its_number_of_its_own_clean_sounds():
    waves = hits(range(60))
    labels = np.repeat([0, 1], 30)
    waves[labels == 1] *= np.cos(2.5 * np.arange(LENGTH))  # brighter
    waves[[3, 40]] = 0
    chosen, faults = choose.choose(waves, labels, [5, 2], ["a", "b"], RATE)
    assert [len(rows) for rows in chosen] == [5, 2]
    assert all(labels[row] == 0 and row != 3 for row in chosen[0])
    assert all(labels[row] == 1 and row != 40 for row in chosen[1])
    assert faults["a"]["silent"] == faults["b"]["silent"] == 1
    assert all(len(set(rows)) == len(rows) for rows in chosen)


def test_a_shortage_says_of_what_and_why():
    waves = hits([0] * 10 + [1] * 10 + list(range(2, 22)))
    labels = np.repeat([0, 1], 20)
    with pytest.raises(KitError, match=r"20 sounds of kick.*3 are wanted"):
        choose.choose(waves, labels, [3, 1], ["kick", "snare"], RATE)
