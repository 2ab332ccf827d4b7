"""Neighbours against brute force, and points that lie apart."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from wavegan_cond.evaluation.neighbours import nearest, spread


def test_nearest_is_what_scikit_learn_finds():
    random = np.random.default_rng(0)
    points, among = (
        random.standard_normal((20, 5)),
        random.standard_normal((99, 5)),
    )
    found = NearestNeighbors(n_neighbors=4).fit(among).kneighbors(points)[1]
    np.testing.assert_array_equal(nearest(points, among, 4), found)


def test_spread_takes_one_of_each_cluster_and_none_twice():
    corners = np.array([[0, 0], [9, 0], [0, 9], [9, 9]], float)
    random = np.random.default_rng(1)
    points = np.repeat(corners, 25, axis=0)
    points += random.standard_normal(points.shape) / 10
    assert set(spread(points, 4) // 25) == {0, 1, 2, 3}
    same = np.zeros((5, 2))
    assert sorted(spread(same, 5)) == [0, 1, 2, 3, 4]
