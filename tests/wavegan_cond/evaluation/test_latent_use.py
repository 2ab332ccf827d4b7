"""How many directions are used, where the answer is known."""

import numpy as np
import pytest

from wavegan_cond.evaluation.latent_use import (
    explained,
    jacobian,
    linear_share,
    stable_rank,
)

RANDOM = np.random.default_rng(0)


def test_explained_is_the_share_of_a_known_spectrum():
    points = RANDOM.standard_normal((20000, 4)) * np.sqrt([6, 2, 1, 1])
    assert explained(points, 1) == pytest.approx(0.6, abs=0.01)
    assert explained(points, 3) == pytest.approx(0.9, abs=0.01)


def test_three_directions_of_sixty_four():
    axes = RANDOM.standard_normal((3, 64))
    z = RANDOM.standard_normal((2000, 64))
    assert explained(z[:, :3] @ axes + 7) > 0.999
    assert explained(z) == pytest.approx(3 / 64, abs=0.03)
    assert explained(np.ones((10, 5))) == 0


def test_the_jacobian_of_a_linear_map_is_the_map():
    matrix = RANDOM.standard_normal((5, 3))
    found = jacobian(lambda z: z @ matrix.T, np.ones(3))
    np.testing.assert_allclose(found, matrix, atol=1e-6)


def test_the_stable_rank_counts_equal_directions():
    assert stable_rank(np.eye(4)) == pytest.approx(4)
    assert stable_rank(np.outer([1, 2], [3, 4, 5])) == pytest.approx(1)
    assert stable_rank(np.diag([2.0, 1.0])) == pytest.approx(1.25)
    assert stable_rank(np.zeros((2, 2))) == 0


def test_linear_share_is_one_for_a_map_and_none_for_noise():
    z = RANDOM.standard_normal((500, 3))
    assert linear_share(z, z @ RANDOM.standard_normal((3, 8))) > 0.999
    assert linear_share(z, RANDOM.standard_normal((500, 8))) < 0.02
    assert linear_share(z, z**2) < 0.05
