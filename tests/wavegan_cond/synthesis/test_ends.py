"""What leaves the model begins and ends at zero, without an offset."""

import numpy as np
import pytest

from wavegan_cond.synthesis.ends import DEAD, FRAME, RAMP, clean_ends

LENGTH = 4096
TIME = np.arange(LENGTH)


def clean(*waves):
    return clean_ends(np.float32(waves)).numpy()


def decaying(tau, offset=0.0):
    noise = np.random.default_rng(0).standard_normal(LENGTH)
    return 0.3 * noise * np.exp(-TIME / tau) + offset


@pytest.mark.parametrize("offset", [0, 0.05, -0.3])
@pytest.mark.parametrize("tau", [100, 1000, np.inf])
def test_it_begins_and_ends_at_zero_without_an_offset(tau, offset):
    (sound,) = clean(decaying(tau, offset))
    assert sound[0] == 0 == sound[-1]
    assert abs(sound.mean()) < 1e-6


def test_a_sound_that_has_died_is_silent_from_there_on():
    wave = decaying(100)
    (sound,) = clean(wave)
    peak = np.abs(wave).max()
    last = np.flatnonzero(np.abs(wave) >= DEAD * peak)[-1]
    silent = (last // FRAME + 1) * FRAME
    assert not sound[silent - 1 :].any() and sound[silent - 60 : silent].any()


@pytest.mark.parametrize("level", [0.999999, 1, 1.000001, 1.5, 2])
@pytest.mark.parametrize("before", [0.9, 5, 1 / DEAD])
def test_rounding_moves_no_cut(level, before):
    """What a sample changes by changes no sample by much more.

    Wherever the level lies between dead and alive, and however loud the sound
    is right before.
    """
    wave = np.zeros(LENGTH)
    wave[:100] = 0.5 * np.sin(TIME[:100])
    peak = np.abs(np.float32(wave)).max()
    wave[100:1000] = before * DEAD * peak * (-1.0) ** TIME[100:1000]
    wave[1000:3000] = 0.5 * DEAD * peak * (-1.0) ** TIME[1000:3000]
    wave[3000] = level * DEAD * peak
    near = np.array(wave)
    near[3000] += 1e-6
    before, after = clean(wave, near)
    assert 0 < np.abs(after - before).max() < 4e-6


def test_what_lives_is_hardly_changed():
    wave = np.sin(2 * np.pi * 440 / 44100 * TIME)
    (sound,) = clean(wave)
    inner = slice(RAMP, -FRAME)
    assert np.abs(sound - wave)[inner].max() < 0.03  # the offset's share
    ramp = np.arange(RAMP) / RAMP
    assert np.abs(sound[:RAMP] - wave[:RAMP] * ramp).max() < 0.03


def test_silence_in_the_middle_of_a_sound_is_no_end():
    wave = np.where((TIME > 1000) & (TIME < 3000), 0, 0.5 * np.sin(TIME))
    (sound,) = clean(wave)
    assert np.abs(sound[3000:4000]).max() > 0.4


def test_each_sound_is_cleaned_by_itself_and_silence_stays():
    waves = decaying(300), np.zeros(LENGTH), decaying(50, 0.1)
    together = clean(*waves)
    assert not together[1].any()
    for wave, sound in zip(waves, together, strict=True):
        np.testing.assert_array_equal(sound, clean(wave)[0])


def test_cleaning_again_changes_nothing_but_the_ends():
    (once,) = clean(decaying(800, 0.02))
    (twice,) = clean(once)
    inner = slice(RAMP, -FRAME)
    assert np.abs(twice - once)[inner].max() < 1e-3
