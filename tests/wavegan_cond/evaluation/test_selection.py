"""Who is set aside, and which sounds are of which class."""

import numpy as np

from wavegan_cond.evaluation import selection


def test_as_many_are_set_aside_as_are_held_out_a_quarter_at_most():
    labels = np.array([0] * 100 + [1] * 12)
    held_out = np.array([0] * 7 + [1] * 7)
    stay, aside = selection.set_aside(labels, held_out)
    assert np.bincount(labels[aside]).tolist() == [7, 3]
    assert sorted([*stay, *aside]) == list(range(112))
    again = selection.set_aside(labels, held_out)
    np.testing.assert_array_equal(again[1], aside)


def test_sounds_go_to_their_classes():
    waves = np.arange(5)[:, None]
    found = selection.split_by_class(waves, [1, 0, 1, 1, 0], ("a", "b", "c"))
    assert [part[:, 0].tolist() for part in found] == [[1, 4], [0, 2, 3], []]
