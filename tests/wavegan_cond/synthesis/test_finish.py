"""From generated sounds to those of a kit."""

import io
import wave

import numpy as np
import pytest
import soundfile

from wavegan_cond.synthesis import finish
from wavegan_cond.synthesis.recipe import Finish

TIME = np.arange(16384) / 44100
SHAPE = np.minimum(np.arange(16384) / 16, 1) * np.exp(-TIME / 0.05)


def tone(hertz, rate, n):
    time = np.arange(n) / rate
    swell = np.exp(-(((time - 0.1) / 0.02) ** 2))  # no offset in all
    return np.sin(2 * np.pi * hertz * time) * swell


@pytest.mark.parametrize("hertz", [220, 5000])
def test_a_resampled_tone_is_the_tone_at_the_other_rate(hertz):
    found = finish.shape(np.float32(tone(hertz, 44100, 16384)), 44100, 0, 48000)
    assert np.abs(found - tone(hertz, 48000, len(found))).max() < 1e-4


@pytest.mark.parametrize(("rate", "target"), [(44100, 48000), (11025, 44100)])
def test_a_resampled_sound_begins_and_ends_at_zero(rate, target):
    rng = np.random.default_rng(0)
    loud = np.float32(rng.uniform(-1, 1, 1024))  # no end of its own
    found = finish.shape(loud, rate, 0, target)
    assert len(found) >= 1024 * target / rate
    assert found[0] == found[-1] == 0
    assert found.std() > 0.1


def test_what_still_rings_at_the_end_dies_away_and_nothing_else_changes():
    ringing = np.float32(np.sin(2 * np.pi * 1000 * TIME))
    short = np.float32(np.where(TIME < 0.2, ringing, 0))
    long, same = (
        finish.shape(sound, 44100, 0.08, 44100) for sound in (ringing, short)
    )
    count = 3528
    assert np.array_equal(same, short)
    assert np.array_equal(long[:-count], ringing[:-count])
    place = np.arange(1, count + 1) / count
    expected = ringing[-count:] * np.cos(np.pi / 2 * place) ** 2
    np.testing.assert_allclose(long[-count:], expected, atol=1e-6)
    assert not long[-1]


def test_a_sound_at_the_rate_of_the_kit_is_left_as_it_is():
    sound = np.float32(SHAPE)
    assert np.array_equal(finish.shape(sound, 44100, 0, 44100), sound)


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_a_file_holds_the_sound_at_the_peak_of_every_sound(bits, rate):
    sound = np.float32(0.3 * SHAPE * np.sin(2 * np.pi * 200 * TIME))
    sound[9000:] = 0
    done = finish.to_peak(sound, 44100, 0.08, rate, bits)
    data = finish.wav_bytes(sound, 44100, done)
    with wave.open(io.BytesIO(data)) as file:  # plain PCM, as samplers want
        assert file.getparams()[:3] == (1, bits // 8, rate)
    found, _ = soundfile.read(io.BytesIO(data), dtype="int32")
    samples, full_scale = found >> (32 - bits), 2 ** (bits - 1) - 1
    peak = np.abs(samples).max() / full_scale
    assert 20 * np.log10(peak) == pytest.approx(-0.3, abs=1e-3)
    expected = finish.shape(sound, 44100, 0.08, rate)[: len(samples)]
    back = samples / full_scale / done.gain
    assert np.abs(back - expected).max() <= 0.51 / full_scale / done.gain
    assert samples[0] == samples[-1] == 0 != samples[-2]
    assert len(samples) <= 9001 * rate / 44100 + 200


def test_a_gain_out_of_all_measure_clips_and_silence_is_one_sample():
    """As a list that was changed may have them."""
    done = Finish(0.0, 44100, 1e30, 16)
    loud = finish.wav_bytes(np.float32(SHAPE), 44100, done)
    samples, _ = soundfile.read(io.BytesIO(loud), dtype="int16")
    assert samples.max() == 32767 and samples.min() == 0
    silent = finish.wav_bytes(np.zeros(1024, np.float32), 44100, done)
    assert soundfile.read(io.BytesIO(silent))[0].tolist() == [0]
