"""Pairs are equally loud and their order tells nothing; shares are right."""

import numpy as np
import pytest

from wavegan_cond.evaluation.classifier import wilson_interval
from wavegan_cond.evaluation.listening import (
    fooled,
    in_place,
    levelled,
    loudness,
    place_of_first,
)

RATE = 44100


def test_the_place_depends_on_page_and_pair_and_is_even():
    pages = [f"{number:016x}" for number in range(200)]
    places = [
        [place_of_first(page, pair) for pair in range(1, 21)] for page in pages
    ]
    at_a = np.array(places) == "A"
    assert abs(at_a.mean() - 0.5) < 4 * 0.5 / np.sqrt(at_a.size)
    assert np.all(np.abs(at_a.mean(axis=0) - 0.5) < 4 * 0.5 / np.sqrt(200))
    assert len({tuple(row) for row in places}) == 200


def test_what_stands_in_place_is_found_again():
    for pair in range(30):
        at_a, at_b = in_place("ab", pair, "real", "made")
        assert {at_a, at_b} == {"real", "made"}
        assert (at_a == "real") == (place_of_first("ab", pair) == "A")


def test_a_pair_is_equally_loud_whatever_its_gain():
    time = np.arange(16384) / RATE
    short = 0.3 * np.sin(2 * np.pi * 200 * time) * np.exp(-time / 0.02)
    long = 0.01 * np.random.default_rng(0).standard_normal(16384)
    for gain in (1e-3, 1, 30):
        one, other = levelled(gain * short, long)
        assert loudness(one) == pytest.approx(loudness(other), rel=1e-4)
        peaks = [np.abs(wave).max() for wave in (one, other)]
        assert max(peaks) == pytest.approx(0.9)
        assert one.dtype == other.dtype == np.float32
    shift = np.corrcoef(one, short)[0, 1]
    assert shift == pytest.approx(1)


def test_loudness_is_that_of_the_loudest_50_ms():
    time = np.arange(RATE) / RATE
    wave = 0.5 * np.sin(2 * np.pi * 100 * time) * (time < 0.05)
    assert loudness(wave) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)
    assert loudness(np.ones(10)) == 1  # shorter than 50 ms
    silence = np.zeros(16384)
    assert not any(np.any(wave) for wave in levelled(silence, silence))
    assert np.isfinite(levelled(silence, wave[:16384])).all()


def test_the_share_fooled_has_both_intervals():
    found = fooled(5, 12)
    assert (found["hits"], found["trials"]) == (5, 12)
    assert found["share"] == pytest.approx(5 / 12)
    assert found["wilson"] == pytest.approx(wilson_interval(5, 12), abs=1e-6)
    # Clopper and Pearson, 1934, from tables.
    assert found["exact"] == pytest.approx([0.1517, 0.7233], abs=1e-4)
    assert found["guessing"] == pytest.approx(0.7744, abs=1e-4)
    assert fooled(0, 20)["exact"][0] == 0 < fooled(0, 20)["exact"][1]
    assert fooled(0, 20)["guessing"] == pytest.approx(2 * 0.5**20)


def test_the_place_is_the_same_in_every_process():
    """Python's own hash of a text is another one in each."""
    found = [place_of_first("f00d", pair) for pair in range(1, 13)]
    assert "".join(found) == "AAABABBAABBA"
