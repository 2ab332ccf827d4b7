"""The critic's spectrogram, beside scipy's, and its score."""

import numpy as np
import pytest
from scipy import signal

from wavegan_cond.config import ModelConfig, TrainConfig
from wavegan_cond.model.networks import make_critic
from wavegan_cond.model.spectral import (
    CHANNELS,
    FRAMES,
    KNEE,
    OVERLAP,
    SCALE,
    log_spectrogram,
)

LABEL = np.zeros(1, int)


@pytest.mark.parametrize("length", [64, 4096, 32768])
def test_the_spectrogram_is_scipys(length):
    wave = np.random.default_rng(4).normal(size=(2, length)) * 0.1
    wave[1] *= np.exp(-8 * np.arange(length) / length)
    found = log_spectrogram(wave.astype(np.float32))
    assert found.shape == (2, length, CHANNELS)
    hop = length // FRAMES
    window = signal.get_window("hann", OVERLAP * hop)
    edge = (OVERLAP - 1) * hop // 2
    padded = np.pad(wave, ((0, 0), (edge, OVERLAP * hop)))
    frames = np.stack(
        [padded[:, n * hop :][:, : OVERLAP * hop] for n in range(FRAMES)], 2
    )
    level = np.abs(np.fft.rfft(frames * window[:, None], axis=1)[:, :-1])
    level /= np.sqrt((window**2).sum())
    expected = SCALE * np.log1p(level / KNEE)
    found = np.reshape(found, (2, length // 8, FRAMES))
    np.testing.assert_allclose(found, expected, atol=2e-4)


@pytest.mark.parametrize("length", [64, 1024, 16384])
@pytest.mark.parametrize("conditioning", ["embedding", "none"])
def test_a_critic_scores_sound_and_spectrogram(length, conditioning):
    config = TrainConfig(compression=0.5, spectrogram=True)
    model = ModelConfig(length=length, width=2, conditioning=conditioning)
    critic = make_critic(model, train=config)
    random = np.random.default_rng(5)
    heard = random.normal(size=(1, length, critic.channels)).astype(np.float32)
    scores = [critic(heard, LABEL)]
    for part in (slice(-CHANNELS), slice(-CHANNELS, None)):
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
