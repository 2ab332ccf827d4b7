"""Grain hears sounds that repeat themselves, and nothing else in them."""

import numpy as np
import pytest

from wavegan_cond.evaluation.features import FeatureError
from wavegan_cond.evaluation.grain import (
    comb_depth,
    evened,
    folded_spectrum,
    grain,
    repeats,
)

LENGTH = 16384


def noise(count=60, length=LENGTH):
    random = np.random.default_rng(0)
    return random.standard_normal((count, length)).astype(np.float32) / 10


def decaying(waves):
    return waves * np.exp(-np.arange(waves.shape[1]) / 3000, dtype=np.float32)


def echoed(waves, lag, share):
    """Waves with a weaker copy of themselves some samples later."""
    later = np.roll(waves, lag, axis=1)
    later[:, :lag] = 0
    return waves + np.float32(share) * later


def test_noise_has_no_grain_whatever_its_level_does():
    assert grain(noise()) < 2
    assert grain(decaying(noise())) < 2
    assert comb_depth(noise()) < 1


def test_an_echo_is_found_at_its_lag_and_stronger_the_louder_it_is():
    for lag in (512, 1024, 2051, 4200):
        found = []
        for share in (0.1, 0.2, 0.4, 0.8):
            lags, ratio = repeats(echoed(noise(), lag, share))
            assert lags[ratio.argmax()] == lag
            found.append(ratio.max())
        assert np.all(np.diff(found) > 0) and found[0] > 3


def test_an_echo_of_even_noise_resembles_in_closed_form():
    """White noise plus g of itself at L correlates by g / (1 + g²) there."""
    share, kept = 0.25, 1 - 1024 / LENGTH  # the share that overlaps itself
    _, ratio = repeats(echoed(noise(200), 1024, share))
    alike = share / (1 + share**2)
    # Elsewhere it is normal, of the deviation that T independent samples
    # have; each is seen again in its echo, and 500 Hz are missing.
    wide = 1 - 500 / 22050
    deviation = np.sqrt((1 + 2 * alike**2) / (LENGTH * kept * wide))
    ordinary = np.sqrt(2 / np.pi) * deviation
    assert ratio.max() == pytest.approx(alike / ordinary, rel=0.06)


def test_grain_of_decaying_sounds_is_heard_and_of_pitch_is_not():
    random = np.random.default_rng(1)
    time = np.arange(LENGTH) / 44100
    hertz = random.uniform(40, 200, (60, 1))
    kicks = decaying(np.sin(2 * np.pi * hertz * time).astype(np.float32))
    kicks += decaying(noise()) / 10
    assert grain(kicks) < 2
    # The same filters every 1024 samples.
    click = random.standard_normal((60, 1024)) / 10
    buzz = decaying(np.tile(click, LENGTH // 1024).astype(np.float32))
    lags, ratio = repeats(kicks + buzz)
    assert lags[ratio.argmax()] % 1024 == 0 and ratio.max() > 5


def test_lags_end_at_half_a_sound():
    assert repeats(noise(3, 4096))[0].max() == 2048


def test_gain_sign_and_order_mean_nothing():
    waves = echoed(decaying(noise()), 1536, 0.3)
    for measure in (grain, comb_depth):
        found = measure(waves)
        assert measure(-waves[::-1] / 16) == pytest.approx(found, rel=1e-4)
        gains = np.geomspace(0.01, 1, len(waves), dtype=np.float32)
        assert measure(waves * gains[:, None]) == pytest.approx(found, rel=1e-4)


def test_silence_is_finite():
    silence = np.zeros((3, LENGTH), np.float32)
    assert grain(silence) == 0 and comb_depth(silence) == 0
    assert np.isfinite(grain(np.concatenate([silence, noise()])))


def test_the_level_is_even_but_for_what_is_quiet():
    even = evened(decaying(noise()))
    parts = even.std(axis=0).reshape(16, -1).mean(axis=1)
    assert np.all(np.diff(parts) < 0.05) and parts[0] == pytest.approx(1, 0.1)
    assert parts[4] > 0.7 * parts[0]  # 12 dB below
    assert parts[-1] < parts[0] / 2  # 45 dB below


def test_every_place_of_the_comb_is_read():
    """Tones off the multiples of fs / 4^k, which ``comb_index`` passes by."""
    time = np.arange(LENGTH)
    for place in (0, 1, 24, 63):
        bins = np.arange(640 + place, 7000, 64)
        comb = np.cos(2 * np.pi * bins[:, None] * time / LENGTH).sum(axis=0)
        waves = noise() + np.float32(3e-3) * comb.astype(np.float32)
        folded = folded_spectrum(waves)
        assert folded.shape == (64,) and folded.argmax() == place
        assert folded[place] > 3


def test_a_ripple_has_its_depth_in_closed_form():
    """1 + g exp(-i w L) lies between 1 + g and 1 - g."""
    share, lag = 0.3, 256
    waves = echoed(noise(200), lag, share)
    expected = 20 * np.log10((1 + share) / (1 - share))
    assert comb_depth(waves) == pytest.approx(expected, rel=0.15)
    assert comb_depth(noise(200)) < 0.5


def test_sounds_of_quarter_length_have_a_quarter_of_the_places():
    assert folded_spectrum(noise(8, 4096)).shape == (16,)


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(FeatureError, match="at least 2048"):
        grain(np.zeros((2, 1024), np.float32))
    for measure in (grain, comb_depth):
        with pytest.raises(FeatureError, match="0 sounds"):
            measure(np.zeros((0, LENGTH), np.float32))
    for shape in ((2, 1000), (2, 0)):
        with pytest.raises(FeatureError, match="multiple of 1024"):
            comb_depth(np.zeros(shape, np.float32))
    bad = np.full((1, LENGTH), np.nan, np.float32)
    for measure in (grain, comb_depth):
        with pytest.raises(FeatureError, match="finite"):
            measure(bad)
