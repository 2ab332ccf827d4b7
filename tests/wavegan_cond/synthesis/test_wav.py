"""Sounds as files."""

import io
import os
import re
import time
import wave

import numpy as np
import pytest
import soundfile

from wavegan_cond.synthesis import wav


def test_every_int16_survives_the_way_to_float_and_back():
    every = np.arange(-32767, 32768, dtype=np.int16)
    back = wav.to_int16(wav.to_float(every))
    np.testing.assert_array_equal(back, every)


def test_full_scale_is_symmetric_and_more_is_clipped():
    wave_in = np.array([1, -1, 1.7, -1.7, 0.5 / 32767, 1.6 / 32767])
    expected = [32767, -32767, 32767, -32767, 0, 2]
    np.testing.assert_array_equal(wav.to_int16(wave_in), expected)


def test_a_wav_is_what_the_standard_library_reads(tmp_path):
    samples = np.random.default_rng(0).integers(-99, 99, 50).astype(np.int16)
    path = tmp_path / "a.wav"
    wav.write_wav(path, wav.to_float(samples), 44100)
    with wave.open(io.BytesIO(path.read_bytes())) as file:
        assert file.getparams()[:4] == (1, 2, 44100, 50)
        read = np.frombuffer(file.readframes(50), "<i2")
    np.testing.assert_array_equal(read, samples)
    np.testing.assert_array_equal(wav.read_wav(path), samples)
    assert wav.wav_bytes(samples, 44100) == path.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("name", ["snare", "hi-hat open", "Trommel gross ö"])
def test_a_class_name_is_a_file_name(name):
    assert wav.safe_name(name) == name


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("../../etc", "_etc"),
        ("a/b\\c:d", "a_b_c_d"),
        ("<b>", "_b_"),
        ("", "_"),
        ("..", "_"),
        ("$_$", "___"),
        ("x" * 250, "x" * 100),
        ("ö" * 99, "ö" * 50),
        (" a", "a"),
    ],
)
def test_a_class_name_cannot_leave_its_folder(name, start):
    safe = wav.safe_name(name)
    assert re.fullmatch(re.escape(start) + "-[0-9a-f]{8}", safe)
    assert len(safe.encode()) <= 109


def test_different_classes_have_different_file_names():
    names = ["Zap!", "Zap?", "Zap_", "Zap", "Zap ", "x" * 250, "x" * 251]
    assert len({wav.safe_name(name) for name in names}) == len(names)


def test_a_pipe_is_no_wav(tmp_path):
    os.mkfifo(tmp_path / "a.wav")
    with pytest.raises(OSError, match="no regular file"):
        wav.read_wav(tmp_path / "a.wav")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_not_written_as_silence(tmp_path, value):
    with pytest.raises(ValueError, match="not finite"):
        wav.write_wav(tmp_path / "a.wav", np.array([0, value]), 44100)
    assert not list(tmp_path.iterdir())


def test_the_same_floats_are_the_same_file_at_any_time():
    samples = np.random.default_rng(0).standard_normal(50).astype(np.float32)
    content = wav.encode(samples, 44100, "FLOAT")
    time.sleep(1.1)  # libsndfile writes seconds
    assert wav.encode(samples, 44100, "FLOAT") == content
    read, rate = soundfile.read(io.BytesIO(content), dtype="float32")
    np.testing.assert_array_equal(read, samples)
    assert rate == 44100
    assert soundfile.info(io.BytesIO(content)).subtype == "FLOAT"
