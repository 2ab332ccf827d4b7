"""Figures with axes."""

import numpy as np

from wavegan_cond.plotting import figures

RATE = 44100


def tone(hz, level=1.0):
    return level * np.sin(2 * np.pi * hz * np.arange(2048) / RATE)


def drawn(path):
    from matplotlib.image import imread

    return imread(path)[..., :3]


def test_a_step_that_changes_nothing_is_no_change():
    waves = np.stack([tone(500), tone(500), tone(5000)])
    changes = figures.step_changes(waves, RATE)
    assert changes[0] == 0 and changes[1] > 10


def test_the_level_is_no_change():
    waves = np.stack([tone(500), tone(500, 0.1)])
    assert figures.step_changes(waves, RATE)[0] < 0.1


def test_examples_stand_side_by_side(tmp_path):
    waves = np.stack([tone(100), tone(1000)])
    sources = [("generated", waves), ("real", waves)]
    for count in (1, 2):
        path = tmp_path / f"{count}.png"
        figures.examples(path, ("kick", "snare"), sources[:count], RATE)
    one, two = drawn(tmp_path / "1.png"), drawn(tmp_path / "2.png")
    assert one.shape[0] == two.shape[0] and one.shape[1] * 2 == two.shape[1]


def test_every_path_has_its_band(tmp_path):
    waves = np.stack([tone(hz) for hz in (100, 300, 900)])
    z = np.random.default_rng(0).standard_normal((3, 5))
    shown = [figures.Path(name, z, waves) for name in ("lerp", "slerp")]
    heights = []
    for count in (1, 2):
        path = tmp_path / f"{count}.png"
        figures.paths(path, shown[:count], RATE, "kick", "snare")
        heights.append(drawn(path).shape[0])
    assert heights[1] > heights[0]
