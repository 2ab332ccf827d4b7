"""Three directions of z that change the sound most."""

import numpy as np
import pytest

from wavegan_cond.synthesis.steering import principal_directions, steer

RANDOM = np.random.default_rng(0)


def orthonormal(size):
    return np.linalg.qr(RANDOM.standard_normal((size, size)))[0]


def test_directions_are_those_of_a_known_kernel():
    rows, right = orthonormal(6), orthonormal(40)[:6]
    kernel = rows.T @ np.diag([5, 4, 3, 2, 1, 0.5]) @ right
    found = principal_directions(kernel)
    np.testing.assert_allclose(np.abs(found @ rows[:3].T), np.eye(3), atol=1e-6)
    assert all(row[np.abs(row).argmax()] > 0 for row in found)
    np.testing.assert_array_equal(found, principal_directions(-kernel))


def test_no_other_direction_changes_the_first_layer_more():
    kernel = RANDOM.standard_normal((8, 30))
    best = np.linalg.norm(principal_directions(kernel)[0] @ kernel)
    for vector in RANDOM.standard_normal((200, 8)):
        assert np.linalg.norm(vector @ kernel / np.linalg.norm(vector)) <= best


@pytest.mark.parametrize("size", [1, 2, 3, 16])
def test_there_are_as_many_as_z_has_numbers(size):
    found = principal_directions(RANDOM.standard_normal((size, 5)))
    assert found.shape == (min(3, size), size)
    np.testing.assert_allclose(found @ found.T, np.eye(len(found)), atol=1e-6)


def test_steering_sets_the_amounts_and_keeps_the_rest():
    directions = orthonormal(5)[:3]
    z = RANDOM.standard_normal((4, 5)).astype(np.float32)
    moved = steer(z, directions, [0.5, -1, 2])
    np.testing.assert_allclose(
        moved @ directions.T, np.tile([0.5, -1, 2], (4, 1)), atol=1e-6
    )
    rest = np.eye(5) - directions.T @ directions
    np.testing.assert_allclose(moved @ rest, z @ rest, atol=1e-6)
    amounts = moved @ directions.T
    np.testing.assert_allclose(
        steer(moved, directions, amounts), moved, atol=1e-6
    )


def test_a_steered_z_is_the_same_whatever_is_steered_beside_it():
    directions = orthonormal(16)[:3]
    z = RANDOM.standard_normal((40, 16)).astype(np.float32)
    for count in (2, 3, 17, 40):
        together = steer(z[:count], directions, [0.5, -1, 0])
        for one, moved in zip(z, together, strict=False):
            alone = steer(one[None], directions, [0.5, -1, 0])
            np.testing.assert_array_equal(alone[0], moved)


def test_of_many_dimensions_a_few_are_found_alone():
    rows, right = orthonormal(400)[:5], orthonormal(300)[:5]
    kernel = rows.T @ np.diag([5, 4, 3, 2, 1]) @ right
    kernel += 1e-3 * RANDOM.standard_normal(kernel.shape)
    found = principal_directions(kernel)
    np.testing.assert_allclose(np.abs(found @ rows[:3].T), np.eye(3), atol=0.03)
    np.testing.assert_array_equal(found, principal_directions(kernel))
