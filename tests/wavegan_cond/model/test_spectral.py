"""The critic's spectrogram, beside scipy's, and its score."""

import numpy as np
import pytest
from scipy import signal

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.networks import make_critic
from wavegan_cond.model.spectral import (
    CHANNELS,
    KNEE,
    OVERLAP,
    SCALE,
    SHARE,
    log_spectrogram,
    spectrograms,
    windows,
)

LABEL = np.zeros(1, int)


@pytest.mark.parametrize("size", [32, 512, 4096])
def test_a_spectrogram_is_scipys(size):
    wave = np.random.default_rng(4).normal(size=(2, 4 * size)) * 0.1
    wave[1] *= np.exp(-2 * np.arange(4 * size) / size)
    hop = size // OVERLAP
    frames = wave.shape[1] // hop
    window = signal.get_window("hann", size)
    padded = np.pad(wave, ((0, 0), ((size - hop) // 2, size)))
    pieces = np.stack(
        [padded[:, n * hop :][:, :size] for n in range(frames)], axis=1
    )
    level = np.abs(np.fft.rfft(pieces * window)[..., :-1])
    level /= np.sqrt((window**2).sum())
    expected = SCALE * np.log1p(level / KNEE)
    found = log_spectrogram(wave.astype(np.float32), size)
    np.testing.assert_allclose(found, expected, atol=2e-4)


@pytest.mark.parametrize("length", [64, 4096, 32768])
def test_both_are_folded_to_the_shape_of_a_sound(length):
    wave = np.random.default_rng(4).normal(size=(2, length)) * 0.1
    wave = wave.astype(np.float32)
    found = np.asarray(spectrograms(wave))
    assert found.shape == (2, length, CHANNELS)
    long, short = (
        np.asarray(log_spectrogram(wave, n)) for n in windows(length)
    )
    rows = found[..., :SHARE].reshape(2, long.shape[2], long.shape[1])
    np.testing.assert_array_equal(rows, long.swapaxes(1, 2))  # of a bin
    rows = found[..., SHARE:].reshape(short.shape)  # of a frame
    np.testing.assert_array_equal(rows, short)


@pytest.mark.parametrize("length", [64, 1024, 16384])
@pytest.mark.parametrize("conditioning", ["embedding", "none"])
def test_a_critic_scores_sound_and_spectrogram(length, conditioning):
    config = TrainConfig(compression=0.5, spectrogram=True)
    model = ModelConfig(length=length, width=2, conditioning=conditioning)
    critic = make_critic(model, train=config)
    random = np.random.default_rng(5)
    heard = random.normal(size=(1, length, critic.channels)).astype(np.float32)
    scores = [critic(heard, LABEL)]
    # The sound, the long spectrogram and the short one.
    edges = (0, -CHANNELS, -SHARE, None)
    for part in map(slice, edges[:-1], edges[1:]):
        other = heard.copy()
        other[:, :, part] = 0
        scores.append(critic(other, LABEL))
    first, *others = np.ravel(scores)
    assert (np.abs(others - first) > 1e-4).all()


def test_the_label_counts_in_the_spectral_score():
    model = ModelConfig(length=1024, width=2)
    critic = make_critic(model, train=TrainConfig(spectrogram=True))
    heard = np.zeros((2, 1024, CHANNELS), np.float32)
    scores = critic.spectral(heard, critic.embed(np.array([0, 1])))
    assert scores[0] != scores[1]
