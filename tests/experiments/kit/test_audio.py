"""From generated sounds to the bytes of WAV files."""

import io
import wave

import numpy as np
import pytest
import soundfile

from experiments.kit import audio

TIME = np.arange(16384) / 44100
SHAPE = np.minimum(np.arange(16384) / 16, 1) * np.exp(-TIME / 0.05)


def tone(hertz, rate, n):
    time = np.arange(n) / rate
    swell = np.exp(-(((time - 0.1) / 0.02) ** 2))  # no offset in all
    return np.sin(2 * np.pi * hertz * time) * swell


def test_a_resampled_tone_is_the_tone_at_the_other_rate():
    sounds = np.float32([tone(f, 44100, 16384) for f in (220, 5000)])
    found = audio.finish(sounds, 44100, 48000)
    for sound, hertz in zip(found, (220, 5000), strict=True):
        truth = tone(hertz, 48000, len(sound))
        assert np.abs(sound - truth).max() < 1e-4


@pytest.mark.parametrize(("rate", "target"), [(44100, 48000), (11025, 44100)])
def test_a_resampled_sound_begins_and_ends_at_zero(rate, target):
    rng = np.random.default_rng(0)
    loud = np.float32(rng.uniform(-1, 1, (3, 1024)))  # no end of its own
    found = audio.finish(loud, rate, target)
    assert found.shape[1] >= 1024 * target / rate
    assert not found[:, 0].any() and not found[:, -1].any()
    assert found.std() > 0.1


def test_what_still_rings_at_the_end_dies_away_and_nothing_else_changes():
    ringing = np.float32(np.sin(2 * np.pi * 1000 * TIME))
    short = np.float32(np.where(TIME < 0.2, ringing, 0))
    long, same = audio.finish(np.stack([ringing, short]), 44100, 44100, 0.08)
    count = 3528
    assert np.array_equal(same, short)
    assert np.array_equal(long[:-count], ringing[:-count])
    place = np.arange(1, count + 1) / count
    expected = ringing[-count:] * np.cos(np.pi / 2 * place) ** 2
    np.testing.assert_allclose(long[-count:], expected, atol=1e-6)
    assert not long[-1]


def test_a_sound_at_the_rate_of_the_kit_is_left_as_it_is():
    sounds = np.float32(SHAPE[None])
    assert np.array_equal(audio.finish(sounds, 44100, 44100), sounds)


@pytest.mark.parametrize("bits", [16, 24])
def test_samples_are_the_sound_at_the_peak_of_every_sound(bits):
    sound = np.float32(0.3 * SHAPE * np.sin(2 * np.pi * 200 * TIME))
    sound[9000:] = 0
    samples, gain = audio.to_samples(sound, bits)
    scale = 2 ** (bits - 1) - 1
    assert 20 * np.log10(np.abs(samples).max() / scale) == pytest.approx(
        -0.3, abs=1e-3
    )
    back = samples / scale / gain
    assert np.abs(back - sound[: len(back)]).max() <= 0.51 / scale / gain
    assert samples[0] == samples[-1] == 0 != samples[-2]
    assert len(samples) <= 9001


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("rate", [44100, 48000])
def test_the_bytes_hold_every_sample(bits, rate):
    top = 2 ** (bits - 1) - 1
    samples = np.int32([0, 1, -1, top, -top, 12345, 0])
    data = audio.wav_bytes(samples, rate, bits)
    read, found = soundfile.read(io.BytesIO(data), dtype="int32")
    assert found == rate
    assert np.array_equal(read >> (32 - bits), samples)
    with wave.open(io.BytesIO(data)) as file:  # plain PCM, as samplers want
        assert file.getparams()[:4] == (1, bits // 8, rate, len(samples))
