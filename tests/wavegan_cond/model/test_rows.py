"""Rows that stand for many: all of a few, and both ends of many."""

import numpy as np

from wavegan_cond.model.rows import evenly


def test_few_rows_are_all_taken():
    for count in (0, 1, 2, 999, 1000):
        rows = 3 * np.arange(count) + 5
        np.testing.assert_array_equal(evenly(rows, 1000), rows)


def test_many_rows_are_spread_from_the_first_to_the_last():
    rows = 3 * np.arange(10_001)
    taken = evenly(rows, 11)
    np.testing.assert_array_equal(taken, rows[::1000])
    assert len(np.unique(evenly(rows, 7000))) == 7000
