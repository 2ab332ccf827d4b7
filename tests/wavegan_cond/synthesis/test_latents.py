"""Latent vectors: from seeds, from text, and on paths between two."""

import numpy as np
import pytest

from wavegan_cond.config import PRIORS, ModelConfig
from wavegan_cond.synthesis import latents

NORMAL, UNIFORM = (ModelConfig(latent_dim=100, prior=name) for name in PRIORS)
EITHER = pytest.mark.parametrize("model", [NORMAL, UNIFORM], ids=PRIORS)
PATHS = pytest.mark.parametrize("path", [latents.lerp, latents.slerp])


@EITHER
def test_a_row_depends_on_its_own_seed_alone(model):
    many = latents.draw(model, 7, 4)
    for row in range(4):
        np.testing.assert_array_equal(
            many[row : row + 1], latents.draw(model, 7 + row, 1)
        )
    assert len(np.unique(many, axis=0)) == 4


def test_a_seed_is_a_row_of_numpy():
    """So that a sound of ``--seed`` is made again from a program."""
    for row, seed in enumerate((7, 8)):
        normal = np.random.default_rng(seed).standard_normal(100)
        uniform = np.random.default_rng(seed).uniform(-1, 1, 100)
        for model, expected in ((NORMAL, normal), (UNIFORM, uniform)):
            found = latents.draw(model, 7, 2)[row]
            np.testing.assert_array_equal(found, np.float32(expected))


@EITHER
def test_truncation_scales_every_row(model):
    whole, half = (latents.draw(model, 3, 5, scale) for scale in (1.0, 0.5))
    np.testing.assert_array_equal(half, whole / 2)
    assert half.dtype == np.float32


def test_the_priors_have_their_moments():
    normal = latents.draw(NORMAL, 0, 300)
    assert abs(normal.mean()) < 0.02 and abs(normal.std() - 1) < 0.02
    uniform = latents.draw(UNIFORM, 0, 300)
    assert abs(uniform.mean()) < 0.02 and np.abs(uniform).max() <= 1
    assert abs(uniform.std() - 1 / np.sqrt(3)) < 0.02
    assert normal.dtype == uniform.dtype == np.float32


def test_parse_reads_numbers():
    z = latents.parse("0.1,-2, 3e-1", 3)
    np.testing.assert_array_equal(z, np.float32([[0.1, -2, 0.3]]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2", "takes 3 numbers, received 2"),
        ("1,2,3,4", "received 4"),
        ("1,,3", "expected 3 numbers"),
        ("one,2,3", "expected 3 numbers"),
        ("nan,2,3", "expected numbers from"),
        ("inf,2,3", "expected numbers from"),
        ("1e39,2,3", "expected numbers from"),
        ("1,-1.1e6,3", "from -1e\\+06 to 1e\\+06"),
    ],
)
def test_parse_refuses(text, said):
    with pytest.raises(latents.LatentError, match=said) as error:
        latents.parse(text, 3)
    assert error.value.exit_code == 2


@PATHS
@pytest.mark.parametrize("dim", [1, 3, 100])
def test_a_path_has_its_ends(path, dim):
    start, end = latents.draw(ModelConfig(latent_dim=dim), 1, 2)
    steps = path(start, end, 5)
    assert steps.shape == (5, dim) and steps.dtype == np.float32
    np.testing.assert_allclose(steps[0], start, atol=1e-6)
    np.testing.assert_allclose(steps[-1], end, atol=1e-6)


def test_lerp_is_even():
    steps = latents.lerp(np.zeros(2), np.array([4.0, -8.0]), 5)
    np.testing.assert_array_equal(steps, [[i, -2 * i] for i in range(5)])


def test_slerp_of_a_right_angle_is_a_quarter_circle():
    steps = latents.slerp(np.array([2.0, 0.0]), np.array([0.0, 2.0]), 9)
    angle = np.linspace(0, np.pi / 2, 9)
    circle = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    np.testing.assert_allclose(steps, circle, atol=1e-6)


def test_slerp_keeps_the_norm_that_lerp_loses():
    start, end = latents.draw(NORMAL, 1, 2)
    end *= np.linalg.norm(start) / np.linalg.norm(end)
    norm = np.linalg.norm(start)
    around = np.linalg.norm(latents.slerp(start, end, 11), axis=1)
    np.testing.assert_allclose(around, norm, rtol=1e-5)
    across = np.linalg.norm(latents.lerp(start, end, 11), axis=1)
    assert across[5] < 0.9 * norm


@pytest.mark.parametrize("end", [[1, 2], [-1, -2], [2, 4], [0, 0]])
def test_slerp_without_an_arc_is_straight(end):
    start, end = np.float32([1, 2]), np.float32(end)
    np.testing.assert_array_equal(
        latents.slerp(start, end, 4), latents.lerp(start, end, 4)
    )
