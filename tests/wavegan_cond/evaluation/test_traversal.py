"""Paths and latent spaces of models whose sounds are known functions of z."""

from types import SimpleNamespace

import numpy as np
import pytest

from wavegan_cond.evaluation import traversal
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

    classifier = SimpleNamespace(
        predict=lambda waves: np.stack(
            [waves.mean(axis=1) > 0, waves.mean(axis=1) <= 0], axis=1
        ).astype(float)
    )

    def points(self, waves):
        return np.float64(waves)

    def held_out_points(self, label):
        z = latents.draw(77, 50, LATENT)
        return self.points(Model().generate(z, np.full(50, label)))


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(traversal, "PATHS", 8)
    monkeypatch.setattr(traversal, "DIRECTIONS", 100)


def test_a_linear_generator_walks_straight_and_mixes_its_ends():
    found = traversal.measure_paths(Model(), Reference())
    assert set(found) == {"lerp", "slerp", "crossfade"}
    for method in ("lerp", "crossfade"):
        assert found[method]["step_ratio_95"] == pytest.approx(1, rel=1e-3)
        assert found[method]["straightness"] == pytest.approx(1, rel=1e-3)
    assert found["lerp"] == pytest.approx(found["crossfade"], rel=1e-3)
    assert found["slerp"]["straightness"] < 0.99
    assert found["slerp"]["length"] > found["lerp"]["length"]
    assert found["lerp"]["constancy"] == found["lerp"]["ends_right"] == 1


def test_a_generator_that_jumps_is_found_out():
    found = traversal.measure_paths(Model(np.sign), Reference())
    assert found["lerp"]["step_ratio"] > 9
    assert found["crossfade"]["step_ratio"] == pytest.approx(1, rel=1e-3)


def test_what_leaves_the_class_half_way_is_not_constant():
    def turn(z):  # near the middle of a path sounds of the other class
        near = np.linalg.norm(z, axis=1, keepdims=True) < 1
        return np.where(near, 1000, 0) * np.ones((1, LATENT))

    model = Model(turn)
    model.matrix = -np.ones((LATENT, LENGTH))
    found = traversal.measure_paths(model, Reference())["lerp"]
    assert 0.5 < found["constancy"] < 1


def test_three_numbers_move_a_linear_generator_in_three_directions():
    found = traversal.measure_latent(Model(), Reference())
    assert found["explained"] == pytest.approx(1, rel=1e-4)
    assert found["linear"] == pytest.approx(1, rel=1e-4)
    assert 1 <= found["stable_rank"] <= 3


def test_a_bent_generator_is_less_linear():
    bent = traversal.measure_latent(Model(lambda z: z**2), Reference())
    assert bent["linear"] < 0.5
