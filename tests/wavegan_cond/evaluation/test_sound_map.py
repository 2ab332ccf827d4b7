"""The map of sounds: alike is near."""

import json

import numpy as np
import pytest

from wavegan_cond.evaluation import sound_map
from wavegan_cond.evaluation.neighbours import nearest
from wavegan_cond.evaluation.sound_map import lay_out
from wavegan_cond.synthesis.model_info import ModelError

RATE = 44100


def tones(seed):
    """Twenty low tones and twenty bursts of noise."""
    random, time = np.random.default_rng(seed), np.arange(4096) / RATE
    decay = np.exp(-time * random.uniform(20, 60, (40, 1)))
    low = np.sin(2 * np.pi * random.uniform(60, 120, (20, 1)) * time)
    noise = random.standard_normal((20, 4096))
    return (np.concatenate([low, noise / 3]) * decay).astype(np.float32)


def test_neighbours_on_the_map_are_of_one_kind():
    places = lay_out(tones(0))
    assert places.min(axis=0).tolist() == [0, 0]
    assert places.max(axis=0).tolist() == [1, 1]
    kind = np.arange(40) // 20
    beside = nearest(places, places, 4)[:, 1:]
    assert (kind[beside] == kind[:, None]).mean() > 0.95


def test_it_is_the_same_each_time():
    assert (lay_out(tones(1)) == lay_out(tones(1))).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "{}",
        "[]",
        "[[0.5, 0.5, 0.5]]",
        "[[0.5], [0.5, 0.5]]",
        "[[0.5, NaN]]",
        "[[0.5, 1.1]]",
        '[["0.5", null]]',
        "[" * 100_000,
        str([[0, 0]] * (sound_map.SOUNDS + 1)),
    ],
)
def test_what_is_no_map_is_refused(tmp_path, text):
    (tmp_path / sound_map.FILE).write_text(text)
    with pytest.raises(ModelError, match="export the model again"):
        sound_map.read(tmp_path)


def test_a_map_is_read_and_may_be_missing(tmp_path):
    assert sound_map.read(tmp_path) is None
    places = [[0, 1], [0.25, 0.5]]
    (tmp_path / sound_map.FILE).write_text(json.dumps(places))
    assert sound_map.read(tmp_path) == places
