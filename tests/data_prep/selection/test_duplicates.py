import io

import numpy as np
import pytest
import soundfile
import soxr

from data_prep.audio import decode, process_file, waveform
from data_prep.selection import duplicates


def print_and_row(wave):
    wave = wave.astype(np.float32)
    body = waveform.trim_leading_silence(wave)
    row = process_file.shape_sound(wave, process_file.Shape())
    return duplicates.fingerprint(body), waveform.to_int16(row)


def found(waves):
    prints, rows = zip(*map(print_and_row, waves), strict=True)
    return duplicates.find(prints, np.stack(rows), range(len(waves)))


def encoded(wave, form, rate=44100, **options):
    file = io.BytesIO()
    soundfile.write(file, wave, rate, format=form, **options)
    file.seek(0)
    wave, rate = soundfile.read(file, dtype="float32")
    return decode.resample(wave, rate)


COPIES = {
    "quieter": lambda wave: 0.1 * wave,
    "inverted": lambda wave: -wave,
    "later": lambda wave: np.concatenate([np.zeros(5000), wave]),
    "8 bit": lambda wave: encoded(wave, "WAV", subtype="PCM_U8"),
    "mp3": lambda wave: encoded(wave, "MP3"),
    "ogg": lambda wave: encoded(wave, "OGG"),
    "48 kHz": lambda wave: encoded(
        soxr.resample(wave, 44100, 48000), "WAV", 48000
    ),
    "22 kHz": lambda wave: encoded(
        soxr.resample(wave, 44100, 22050), "WAV", 22050
    ),
    "end cut": lambda wave: wave[: 4 * len(wave) // 5],
    "start cut": lambda wave: wave[20:],
    "tail faded": lambda wave: wave * np.linspace(1.4, 0, len(wave)).clip(0, 1),
    "dithered": lambda wave: (
        wave + 1e-3 * np.random.default_rng(0).standard_normal(len(wave))
    ),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_found(hit, kind):
    waves = [hit(0, 0.3), COPIES[kind](hit(0, 0.3)), hit(1, 0.3)]
    assert found(waves) == [(0, 1)]


def test_hits_of_one_kit_are_no_copies():
    # The same drum struck again: same spectrum and envelope, new noise.
    time = np.arange(9000) / 44100
    rng = np.random.default_rng(0)
    waves = [
        np.exp(-time / 0.04)
        * (np.sin(2 * np.pi * 190 * time) + rng.standard_normal(9000))
        for _ in range(40)
    ]
    assert found(waves) == []


def test_kicks_that_share_a_low_tone_are_no_copies():
    time = np.arange(12000) / 44100
    waves = []
    for start in (150, 300, 600):  # the sweep differs, the tail does not
        frequency = 50 + start * np.exp(-time / 0.02)
        phase = 2 * np.pi * np.cumsum(frequency) / 44100
        waves.append(np.sin(phase) * np.exp(-time / 0.1))
    assert found(waves) == []


def test_correlation_is_one_for_equal_and_low_for_other_sounds(hit):
    _, rows = zip(*(print_and_row(hit(n, 0.3)) for n in range(2)), strict=True)
    rows = np.stack([*rows, rows[0] // 3])
    pairs = np.array([[0, 0], [0, 2], [0, 1]])
    same, quieter, other = duplicates.correlation(rows, pairs)
    assert same == pytest.approx(1, abs=1e-5)
    assert quieter > 0.99
    assert other < 0.5


def test_the_sweep_misses_no_pair(monkeypatch):
    monkeypatch.setattr(duplicates, "BLOCK", 7)
    monkeypatch.setattr(duplicates, "ACROSS", 16)
    rng = np.random.default_rng(0)
    prints = rng.uniform(-40, 0, (60, 88))
    prints[30:] = prints[:30] + rng.uniform(-6, 6, (30, 88))
    prints[:, 24:] /= np.linalg.norm(prints[:, 24:], axis=1, keepdims=True)
    prints = prints.astype(np.float16)
    exact = prints.astype(np.float32)
    expected = {
        (a, b)
        for a in range(60)
        for b in range(a + 1, 60)
        if exact[a, 24:] @ exact[b, 24:] >= duplicates.LEAST_LIKENESS
        and np.sqrt(np.mean((exact[a, :24] - exact[b, :24]) ** 2))
        <= duplicates.LARGEST_DISTANCE
    }
    pairs = np.concatenate(list(duplicates._alike(prints)))
    assert len(pairs) == len(expected) >= 10
    assert {tuple(sorted(pair)) for pair in pairs.tolist()} == expected


def test_few_sounds_have_no_pairs(hit):
    assert found([hit(0)]) == []
    assert duplicates.find([], np.zeros((0, 16), np.int16), []) == []
