"""A sound file is decoded as it is, up to its damage.

What gives no sound, or one with a note, is tried in tests/reliability.
"""

import struct
import time

import numpy as np
import pytest
import soundfile

from data_prep.audio import decode

SECONDS = 1.0  # of a file that are read


def load(path, seconds=SECONDS):
    with decode.open_sound(path) as file:
        return decode.decode(file, seconds)


def reason(path):
    with pytest.raises(decode.Rejected) as caught:
        load(path)
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "subtype", "bits"),
    [
        ("a.wav", "PCM_U8", 8),
        ("a.WAV", "PCM_16", 16),
        ("a.wav", "PCM_24", 24),
        ("a.wav", "PCM_32", 31),
        ("a.wav", "FLOAT", 31),
        ("a.wav", "DOUBLE", 31),
        ("a.aif", "PCM_16", 16),
        ("a.aiff", "PCM_24", 24),
        ("a.flac", "PCM_16", 16),
        ("a.flac", "PCM_24", 24),
        ("a.au", "PCM_16", 16),
        ("a.caf", "PCM_24", 24),
        ("a.w64", "PCM_16", 16),
    ],
)
def test_every_depth_decodes_to_within_a_step(
    sound_file, hit, name, subtype, bits
):
    sound = load(sound_file(name, hit(0), subtype=subtype))
    assert sound.wave.dtype == np.float32
    np.testing.assert_allclose(
        sound.wave, hit(0), atol=1.01 * 2.0 ** (1 - bits)
    )
    assert sound.notes == ()
    assert not sound.cut_short


@pytest.mark.parametrize("name", ["a.mp3", "a.ogg"])
def test_lossy_formats_decode_to_the_same_sound(sound_file, hit, name):
    original = hit(0, 0.5)
    wave = load(sound_file(name, original)).wave
    match = np.abs(np.correlate(wave, original, "full")).max()
    assert match > 0.9 * np.linalg.norm(wave) * np.linalg.norm(original)
    assert abs(np.linalg.norm(wave) / np.linalg.norm(original) - 1) < 0.05


@pytest.mark.parametrize("rate", [8000, 22050, 44101, 48000, 96000, 384000])
def test_resampling_is_librosas_soxr_hq(rate):
    import librosa

    wave = np.random.default_rng(0).standard_normal(rate // 10)
    wave = wave.astype(np.float32)
    expected = librosa.resample(
        wave, orig_sr=rate, target_sr=44100, res_type="soxr_hq"
    )
    assert (decode.resample(wave, rate) == expected).all()


def test_what_cannot_be_opened_is_unreadable(tmp_path):
    assert reason(tmp_path / "absent.wav") == "unreadable"
    (tmp_path / "folder.wav").mkdir()
    assert reason(tmp_path / "folder.wav") in ("unreadable", "not_audio")


@pytest.mark.parametrize("name", ["a.ogg", "a.mp3"])
def test_nothing_behind_damage_is_joined_to_what_is_before(sound_file, name):
    noise = np.random.default_rng(0).uniform(-0.2, 0.2, 3 * 44100)
    path = sound_file(name, noise)
    whole, content = load(path, 3).wave, path.read_bytes()
    step, read = len(content) // 20, 0
    for place in range(step, len(content) - step, step):
        damaged = bytearray(content)
        damaged[place : place + 600] = bytes(range(200)) * 3
        path.write_bytes(damaged)
        try:
            sound = load(path, 3)
        except decode.Rejected as rejected:
            assert rejected.reason in ("truncated", "unreadable")
            continue
        assert sound.notes == ("truncated",) and sound.cut_short
        assert len(sound.wave) < len(whole)
        assert np.array_equal(sound.wave, whole[: len(sound.wave)])
        read += 1
    assert read > 10


@pytest.mark.parametrize(
    "hurt",
    [
        lambda content, at: content[:at],
        lambda content, at: content[:at] + bytes(500) + content[at + 500 :],
        lambda content, at: content[:at] + bytes(500) + content[at:],
        lambda content, at: content[:at] + content[at + 500 :],
    ],
    ids=["cut", "scratched", "more", "less"],
)
def test_flac_ends_before_its_damage(sound_file, hurt):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 44100)
    path = sound_file("a.flac", noise)
    whole, content = load(path).wave, path.read_bytes()
    for part in (0.3, 0.6, 0.9):
        path.write_bytes(hurt(content, int(part * len(content))))
        sound = load(path)
        assert sound.notes == ("truncated",) and sound.cut_short
        assert 4096 < len(sound.wave) < len(whole)
        np.testing.assert_array_equal(sound.wave, whole[: len(sound.wave)])


def test_float_over_full_scale_is_kept_and_noted(sound_file, hit):
    path = sound_file("a.wav", 55 * hit(0), subtype="FLOAT")
    sound = load(path)
    assert sound.notes == ("over_full_scale",)
    np.testing.assert_allclose(sound.wave, 55 * hit(0), rtol=1e-6)


def test_the_offset_of_a_loud_sound_is_judged_by_its_peak(sound_file, hit):
    wave = np.append(hit(0), np.full(100, 0.3))  # its mean is 0.005
    path = sound_file("a.wav", 55 * wave, subtype="FLOAT")
    assert load(path).notes == ("over_full_scale",)


def test_an_hour_costs_what_a_second_costs(sound_file, hit):
    path = sound_file("a.wav", hit(0), subtype="PCM_16")
    hour = 3600 * 44100 * 2
    content = bytearray(path.read_bytes())
    place = content.index(b"data") + 4
    content[place : place + 4] = struct.pack("<I", hour)
    path.write_bytes(content)
    with path.open("r+b") as file:
        file.truncate(place + 4 + hour)  # a sparse file
    start = time.monotonic()
    sound = load(path)
    assert time.monotonic() - start < 1
    assert len(sound.wave) == 44100


def test_the_header_says_what_the_source_is(sound_file, hit):
    path = sound_file("a.flac", np.stack([hit(0)] * 2, 1), 48000)
    with decode.open_sound(path) as file:
        header = decode.read_header(file)
    assert header == decode.Header(48000, 2, len(hit(0)), "FLAC PCM_16")


def test_an_extension_is_read_or_unsupported_but_not_both():
    assert {"wav", "aif", "flac", "ogg", "mp3", "au"} <= decode.EXTENSIONS
    assert "m4a" in decode.UNSUPPORTED
    assert not decode.EXTENSIONS & decode.UNSUPPORTED


@pytest.mark.parametrize(
    ("peak", "kept"),
    [(2.0**31, True), (1e30, True), (2e35, False), (3e38, False)],
)
def test_floats_that_no_program_meant_are_refused(tmp_path, peak, kept):
    wave = np.sin(np.arange(4800) / 9)
    wave[100] = peak
    soundfile.write(tmp_path / "a.wav", wave, 48000, "FLOAT")
    if kept:
        assert np.isfinite(load(tmp_path / "a.wav").wave).all()
    else:
        assert reason(tmp_path / "a.wav") == "non_finite"
