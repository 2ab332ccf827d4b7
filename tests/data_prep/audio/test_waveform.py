import numpy as np
import pytest

from data_prep.audio import waveform
from wavegan_cond.storage.pcm import FULL_SCALE


def test_fit_length_cuts_and_pads_at_the_end():
    wave = np.arange(1, 5, dtype=np.float32)
    assert waveform.fit_length(wave, 3).tolist() == [1, 2, 3]
    assert waveform.fit_length(wave, 6).tolist() == [1, 2, 3, 4, 0, 0]


def test_normalise_peak_makes_the_peak_one_and_leaves_silence():
    wave = np.array([0.1, -0.25, 0.2], np.float32)
    assert waveform.normalise_peak(wave).tolist() == pytest.approx(
        [0.4, -1, 0.8]
    )
    silence = np.zeros(4, np.float32)
    assert not waveform.normalise_peak(silence).any()
    assert not len(waveform.normalise_peak(silence[:0]))


def test_fade_is_linear_and_zero_at_both_ends():
    faded = waveform.fade(np.ones(100, np.float32), fade_in=10, fade_out=20)
    np.testing.assert_allclose(faded[:11], np.arange(11) / 10, atol=1e-7)
    assert (faded[10:80] == 1).all()
    np.testing.assert_allclose(faded[80:], np.arange(19, -1, -1) / 20, 1e-6)


@pytest.mark.parametrize("length", [1, 2, 5, 16])
def test_fade_longer_than_the_sound_keeps_both_ends_at_zero(length):
    faded = waveform.fade(np.ones(length, np.float32), 16, 1024)
    assert faded[0] == faded[-1] == 0
    assert (faded <= 1).all()


def test_no_fade_changes_nothing():
    wave = np.linspace(-1, 1, 7, dtype=np.float32)
    assert (waveform.fade(wave, 0, 0) == wave).all()


def test_trim_cuts_what_is_60_db_below_the_peak():
    quiet, loud = 0.5 * 10 ** (-61 / 20), 0.5 * 10 ** (-59 / 20)
    wave = np.array([0, quiet, -quiet, loud, 0, -0.5], np.float32)
    assert len(waveform.trim_leading_silence(wave)) == 3
    assert len(waveform.trim_leading_silence(np.zeros(5, np.float32))) == 5


def test_every_int16_but_the_lowest_survives_the_round_trip():
    levels = np.arange(-32767, 32768, dtype=np.int16)
    floats = levels.astype(np.float32) / FULL_SCALE
    assert (waveform.to_int16(floats) == levels).all()


def test_to_int16_clips_and_rounds_to_nearest():
    wave = np.array([-2, -1, 0.6 / 32767, 1, 7], np.float32)
    assert waveform.to_int16(wave).tolist() == [-32767, -32767, 1, 32767, 32767]


def test_mono_is_the_mean_of_the_channels(hit):
    for samples in (
        np.stack([hit(0), hit(0)], 1),
        np.stack([hit(1), hit(2)], 1),  # independent
        np.stack([hit(3), 0 * hit(3)], 1),  # hard to one side
        np.stack([hit(seed) for seed in range(8)], 1),
    ):
        mono, note = waveform.mix_to_mono(samples)
        np.testing.assert_allclose(mono, samples.mean(axis=1), atol=1e-7)
        assert note == ""


@pytest.mark.parametrize("other", [-1, -0.6])
def test_channels_that_cancel_give_the_louder_one(hit, other):
    samples = np.stack([other * hit(0), hit(0)], 1)
    mono, note = waveform.mix_to_mono(samples)
    loudest = samples[:, np.abs(samples).max(0).argmax()]
    assert note == "antiphase"
    assert (np.abs(mono) == np.abs(loudest)).all()
