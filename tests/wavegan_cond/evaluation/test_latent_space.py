"""Paths and latent spaces of models whose sounds are known functions of z."""

import types
from types import SimpleNamespace

import numpy as np
import pytest

from wavegan_cond.evaluation import latent_space
from wavegan_cond.evaluation.distances import kad
from wavegan_cond.evaluation.latent_space import (
    explained_variance,
    jacobian,
    linear_fraction,
    path_figures,
    path_measures,
    stable_rank,
)
from wavegan_cond.synthesis import latents

CLASSES, LATENT, LENGTH = ("low", "high"), 3, 16


class Model:
    """Makes sounds that are a function of z, turned over for each class."""

    def __init__(self, function=lambda z: z):
        matrix = np.random.default_rng(0).standard_normal((LATENT, LENGTH))
        self.info = SimpleNamespace(
            classes=CLASSES, latent_dim=LATENT, prior="normal"
        )
        self.function, self.matrix = function, matrix

    def generate(self, z, label):
        sign = 1 - 2 * np.asarray(label)[:, None]
        offset = 10 * sign
        return np.float32(self.function(z) @ self.matrix + offset)


class Reference:
    """Sounds are points as they are; their sign tells the class."""

    def points(self, waves):
        return np.float64(waves)

    def points_and_classes(self, waves):
        return self.points(waves), np.int64(waves.mean(axis=1) <= 0)

    def held_out_points(self, label):
        model = Model()
        z = latents.draw(model.info, 77, 50)
        return self.points(model.generate(z, np.full(50, label)))


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(latent_space, "PATHS", 8)
    monkeypatch.setattr(latent_space, "DIRECTIONS", 100)


def test_a_linear_generator_walks_straight_and_mixes_its_ends():
    found = latent_space.measure_paths(Model(), Reference())
    assert set(found) == {"lerp", "slerp", "crossfade"}
    for method in ("lerp", "crossfade"):
        assert found[method]["step_ratio_95"] == pytest.approx(1, rel=1e-3)
        assert found[method]["straightness"] == pytest.approx(1, rel=1e-3)
    assert found["lerp"] == pytest.approx(found["crossfade"], rel=1e-3)
    assert found["slerp"]["straightness"] < 0.99
    assert found["slerp"]["length"] > found["lerp"]["length"]
    assert found["lerp"]["constancy"] == found["lerp"]["ends_right"] == 1


def test_a_generator_that_jumps_is_found_out():
    found = latent_space.measure_paths(Model(np.sign), Reference())
    assert found["lerp"]["step_ratio"] > 9
    assert found["crossfade"]["step_ratio"] == pytest.approx(1, rel=1e-3)


def test_what_leaves_the_class_half_way_is_not_constant():
    def turn(z):  # near the middle of a path sounds of the other class
        near = np.linalg.norm(z, axis=1, keepdims=True) < 1
        return np.where(near, 1000, 0) * np.ones((1, LATENT))

    model = Model(turn)
    model.matrix = -np.ones((LATENT, LENGTH))
    found = latent_space.measure_paths(model, Reference())["lerp"]
    assert 0.5 < found["constancy"] < 1


def test_three_numbers_move_a_linear_generator_in_three_directions():
    found = latent_space.measure_latent(Model(), Reference())
    assert found["explained"] == pytest.approx(1, rel=1e-4)
    assert found["linear"] == pytest.approx(1, rel=1e-4)
    assert 1 <= found["stable_rank"] <= 3


def test_a_bent_generator_is_less_linear():
    bent = latent_space.measure_latent(Model(lambda z: z**2), Reference())
    assert bent["linear"] < 0.5


def test_an_even_line_has_even_steps():
    line = np.linspace(0, 1, 11)[:, None] * [3.0, 4.0]
    found = path_measures(line)
    assert found == pytest.approx((5, 1, 1))


def test_a_jump_is_the_whole_path():
    points = np.zeros((11, 2))
    points[6:] = 1
    found = path_measures(points)
    assert found.step_ratio == pytest.approx(10)
    assert found.length == pytest.approx(np.sqrt(2))


def test_half_a_circle_is_bent():
    angle = np.linspace(0, np.pi, 1001)
    found = path_measures(np.stack([np.cos(angle), np.sin(angle)], axis=1))
    assert found.length == pytest.approx(np.pi, rel=1e-5)
    assert found.straightness == pytest.approx(2 / np.pi, rel=1e-5)


def test_standing_still_is_even():
    assert path_measures(np.ones((5, 3))) == (0, 1, 1)


RANDOM = np.random.default_rng(0)


def test_explained_variance_is_the_fraction_of_a_known_spectrum():
    points = RANDOM.standard_normal((20000, 4)) * np.sqrt([6, 2, 1, 1])
    assert explained_variance(points, 1) == pytest.approx(0.6, abs=0.01)
    assert explained_variance(points, 3) == pytest.approx(0.9, abs=0.01)


def test_three_directions_of_sixty_four():
    axes = RANDOM.standard_normal((3, 64))
    z = RANDOM.standard_normal((2000, 64))
    assert explained_variance(z[:, :3] @ axes + 7) > 0.999
    assert explained_variance(z) == pytest.approx(3 / 64, abs=0.03)
    assert explained_variance(np.ones((10, 5))) == 0


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
    assert linear_fraction(z, z @ RANDOM.standard_normal((3, 8))) > 0.999
    assert linear_fraction(z, RANDOM.standard_normal((500, 8))) < 0.02
    assert linear_fraction(z, z**2) < 0.05


def test_sounds_that_do_not_change_are_not_linear_in_z():
    z = RANDOM.standard_normal((50, 3))
    assert linear_fraction(z, np.ones((50, 8))) == 0


def test_the_figures_of_paths_are_of_their_steps(monkeypatch):
    monkeypatch.setattr(latent_space, "PATHS", 8)
    random, steps = np.random.default_rng(0), latent_space.STEPS
    paths = random.standard_normal((8, steps, 5)) * random.random((8, steps, 1))
    paths = paths.cumsum(axis=1)
    real, classes = random.standard_normal((20, 5)), np.ones((8, steps), int)
    classes[:, 0] = 0
    reference = types.SimpleNamespace(
        points_and_classes=lambda waves: (waves, classes.ravel()),
        held_out_points=lambda label: {1: real}[label],
    )
    found = path_figures(reference, 1, paths.reshape(-1, 5))
    assert found["constancy"] == pytest.approx(1 - 1 / steps)
    assert found["ends_right"] == 0.5
    ends = np.concatenate([paths[:, 0], paths[:, -1]])
    assert found["ends_kad"] == pytest.approx(kad(real, ends))
    middle = kad(real, paths[:, steps // 2])
    assert found["middle_kad"] == pytest.approx(middle)
    ratios = [path_measures(path).step_ratio for path in paths]
    assert found["step_ratio"] == np.median(ratios)
    assert found["step_ratio_95"] == np.quantile(ratios, 0.95)
