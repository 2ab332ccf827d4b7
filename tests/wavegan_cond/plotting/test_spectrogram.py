"""Mel spectrograms against a reference in NumPy."""

import numpy as np
import pytest

from wavegan_cond.plotting import spectrogram
from wavegan_cond.plotting.spectrogram import (
    FFT,
    FRAME,
    HIGH_HZ,
    HOP,
    LOW_HZ,
    MELS,
    RANGE_DB,
    mel_spectrogram_db,
)

RATE = 44100


def mel(hz):
    return 1127 * np.log(1 + np.asarray(hz) / 700)


def reference(wave):
    """The textbook: centred Hann frames, |FFT|, triangles on the mel scale."""
    frames = -(-len(wave) // HOP)
    front = (FRAME - HOP) // 2
    padded = np.concatenate([np.zeros(front), wave, np.zeros(2 * FRAME)])
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
    cut = [padded[i * HOP : i * HOP + FRAME] * hann for i in range(frames)]
    spectrum = np.abs(np.fft.rfft(cut, FFT))
    bins = mel(np.arange(FFT // 2 + 1) * RATE / FFT)
    edges = np.linspace(mel(LOW_HZ), mel(HIGH_HZ), MELS + 2)
    rise = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    weights = np.maximum(0, np.minimum(rise, fall))
    weights[0] = 0
    power = np.maximum((spectrum @ weights) ** 2, 1e-10)
    decibels = 10 * np.log10(power / power.max())
    return np.maximum(decibels, -RANGE_DB)


def test_it_is_the_textbook():
    time = np.arange(8192) / RATE
    noise = np.random.default_rng(0).standard_normal(8192)
    wave = 0.3 * (np.sin(2 * np.pi * 440 * time) + 0.2 * noise)
    wave *= np.exp(-20 * time)
    ours = mel_spectrogram_db(wave, RATE)
    assert ours.shape == (8192 // HOP, MELS)
    np.testing.assert_allclose(ours, reference(wave), atol=0.02)


@pytest.mark.parametrize("hz", [80, 1000, 9000])
def test_a_tone_is_at_its_height(hz):
    wave = np.sin(2 * np.pi * hz * np.arange(8192) / RATE)
    middle = mel_spectrogram_db(wave, RATE)[64]
    place = (middle.argmax() + 1) / (MELS + 1)
    assert abs(place - spectrogram.height(hz, RATE)) < 1 / MELS


def test_a_click_is_at_its_time():
    wave = np.zeros(8192)
    wave[5000] = 1
    loudness = mel_spectrogram_db(wave, RATE).mean(axis=1)
    assert loudness.argmax() == 5000 // HOP


def test_silence_has_no_level():
    silence = mel_spectrogram_db(np.zeros(4096), RATE)
    assert silence.shape == (64, MELS) and (silence == -RANGE_DB).all()


def test_the_ends_of_the_axis():
    assert spectrogram.height(LOW_HZ, RATE) == pytest.approx(0)
    assert spectrogram.height(HIGH_HZ, RATE) == pytest.approx(1)
    assert spectrogram.height(8000, 16000) == pytest.approx(1)


@pytest.mark.parametrize("rate", [43, 172])
def test_the_rates_of_the_first_growing_stages_have_a_picture(rate):
    wave = np.sin(np.arange(64) * 2 * np.pi * 0.35).astype(np.float32)
    found = mel_spectrogram_db(wave, rate)
    assert np.isfinite(found).all() and found.max() == 0
    low, high = spectrogram.height(np.array([0.35 * rate, rate / 2]), rate)
    assert 0 < low < high == pytest.approx(1)
