import librosa
import numpy as np
import pytest

from wavegan_cond.evaluation import features
from wavegan_cond.evaluation.features import FeatureError

RATE = 44100


def sine(hz, n=16384):
    return np.sin(2 * np.pi * hz * np.arange(n) / RATE)[None].astype("f4")


def noise(count=2, n=16384):
    return 0.1 * np.random.default_rng(0).normal(size=(count, n)).astype("f4")


def log_mel(waves, floor="audible"):
    parts = [
        features.log_above(features.mel_energies(piece), floor)
        for piece in features.in_chunks(waves)
    ]
    return np.concatenate(parts)


@pytest.mark.parametrize("rate", [44100, 48000])
def test_filters_are_librosas(rate):
    expected = librosa.filters.mel(
        sr=rate, n_fft=1024, n_mels=96, fmin=30, fmax=20000
    )
    np.testing.assert_allclose(
        features.mel_filters(rate), expected.T, atol=1e-7
    )


def test_energies_are_librosas():
    waves = noise()
    expected = librosa.feature.melspectrogram(
        y=waves,
        sr=RATE,
        n_fft=1024,
        hop_length=128,
        n_mels=96,
        fmin=30,
        fmax=20000,
        pad_mode="constant",
    )
    energies = features.mel_energies(waves)
    assert energies.dtype == np.float32 and energies.shape == (2, 129, 96)
    np.testing.assert_allclose(energies, expected.swapaxes(1, 2), rtol=1e-4)


def test_a_louder_sine_is_louder_by_its_decibels_in_its_own_band():
    loud, soft = log_mel(sine(3000)), log_mel(0.1 * sine(3000))
    at = loud[0, 64].argmax()
    edges = features.mel_to_hz(
        np.linspace(*features.hz_to_mel(np.array([30, 20000.0])), 98)
    )
    assert edges[at] < 3000 < edges[at + 2]
    change = (loud - soft)[0, 64, at]
    np.testing.assert_allclose(change, 2 * np.log(10), atol=1e-4)


def test_the_audible_floor_is_60_db_under_the_loudest_cell():
    heard = log_mel(np.concatenate([sine(3000), 1e-3 * sine(100)]))
    span = heard.max(axis=(1, 2)) - heard.min(axis=(1, 2))
    np.testing.assert_allclose(span, np.log(1e6), atol=1e-4)


def test_the_absolute_floor_sees_what_the_audible_one_hides():
    # A low tone with silence behind it, and one on a noise floor of -52 dB.
    clean = sine(60)
    clean[:, 4096:] = 0
    hiss = clean + 0.025 * noise(1)
    heard = {
        floor: log_mel(hiss, floor)[:, 100:] - log_mel(clean, floor)[:, 100:]
        for floor in features.FLOORS
    }
    assert np.abs(heard["audible"]).max() < 0.01
    assert heard["absolute"].mean() > 1
    assert log_mel(clean, "absolute").min() == np.log(np.float32(1e-5))


def test_silence_is_at_the_absolute_floor():
    for floor in features.FLOORS:
        heard = log_mel(np.zeros((1, 4096), np.float32), floor)
        np.testing.assert_allclose(heard, np.log(1e-5), rtol=1e-6)


def test_int16_is_a_32767th_for_every_measure():
    waves = np.rint(noise() * 32767).astype(np.int16)
    (heard,) = features.in_chunks(waves)
    assert heard.dtype == np.float32
    np.testing.assert_array_equal(heard, np.float32(waves) / np.float32(32767))


def test_a_sounds_features_do_not_depend_on_its_neighbours():
    waves = noise(features.CHUNK + 2, 2048)
    together = log_mel(waves)
    for row in (0, features.CHUNK + 1):
        np.testing.assert_allclose(
            together[row], log_mel(waves[row : row + 1])[0], atol=1e-5
        )


def test_a_memory_map_is_read_piece_by_piece(tmp_path):
    path = tmp_path / "waves.npy"
    waves = np.rint(noise(70, 2048) * 32767).astype(np.int16)
    np.save(path, waves)
    mapped = np.load(path, mmap_mode="r")
    sizes = [len(piece) for piece in features.in_chunks(mapped)]
    assert sizes == [32, 32, 6]
    np.testing.assert_array_equal(log_mel(mapped), log_mel(waves))


@pytest.mark.parametrize(
    ("waves", "message"),
    [
        (np.zeros(16384, np.float32), r"\[N, T\]"),
        (np.zeros((1, 16384, 1), np.float32), r"\[N, T\]"),
        (np.zeros((1, 16384), np.int32), "int32"),
        (np.full((1, 16384), np.nan, np.float32), "NaN"),
        (np.full((1, 16384), np.inf, np.float32), "Inf"),
        (np.zeros((2, 0), np.float32), "no samples"),
    ],
)
def test_what_is_no_sound_is_refused(waves, message):
    with pytest.raises(FeatureError, match=message):
        features.measure_each(lambda piece: {}, waves, ())


@pytest.mark.parametrize("threads", [1, 3])
def test_chunks_come_in_their_order_however_many_threads(threads):
    waves = noise(5 * features.CHUNK + 1, 8)
    found = features.each_chunk(lambda piece: piece, waves, threads)
    np.testing.assert_array_equal(np.concatenate(list(found)), waves)
