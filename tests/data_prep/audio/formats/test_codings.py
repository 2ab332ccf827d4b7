"""What gives no sound is told by its content, under any name."""

import io
import struct
import zipfile

import numpy as np
import pytest

from data_prep.audio import decode
from tests.fixtures.mpeg_files import id3, layer_3, with_count
from tests.fixtures.sound_bytes import (
    WAVE,
    chunk,
    encode,
    form,
    pcm,
    riff,
    wav_around,
)

RANDOM = np.random.default_rng(5).bytes(20000)
# A head of 7 bytes for AAC; the frame is as long as it says.
ADTS = b"".join(
    b"\xff\xf1\x50\x80"
    + struct.pack(">HB", (107 << 5) | 0x1F, 0xFC)
    + bytes(100)
    for _ in range(9)
)
STSD = b"stsd" + struct.pack(">III4s", 0, 1, 36, b"mp4a")
M4A = b"\0\0\0\x20ftypM4A " + bytes(500) + b"\0\0\0\x58" + STSD + bytes(900)
GUID = bytes(range(16))


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("kick.wav", pcm())
    return file.getvalue()


def extensible(guid):
    return riff(
        form(0xFFFE, more=struct.pack("<HHI", 22, 16, 4) + guid),
        chunk(b"data", pcm()),
    )


def letters(name, content, old, new):
    """A file that says another coding than it has."""
    at = content.index(old, content.index(name))
    return content[:at] + new + content[at + len(old) :]


NOT_AUDIO = {
    "a page": b"<!doctype html><title>404</title>" * 600,
    "a page, indented": b"\xef\xbb\xbf\n\n  <html><p>404" * 600,
    "JSON": b'{"error": "not found"}' * 99,
    "text": b"no sound at all\r\n" * 999,
    "random bytes": RANDOM,
    "samples alone": pcm(),
    "big-endian samples": np.rint(WAVE * 9999).astype(">i2").tobytes(),
    "8-bit samples": np.rint(WAVE * 99 + 128).astype("u1").tobytes(),
    "nothing but 0": bytes(9000),
    "nothing but 255": b"\xff" * 9000,
    "an old MPC sound": b"\1\2KICK\0" + bytes(30) + RANDOM[:18000],
    "a zip": zipped(),
    "a PNG": b"\x89PNG\r\n\x1a\n" + RANDOM,
    "a PDF": b"%PDF-1.7\n" + RANDOM,
    "MIDI": b"MThd\0\0\0\6" + bytes(99),
    "a resource fork": b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(58),
    "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\n",
    "a film": riff(chunk(b"LIST", bytes(99)), kind=b"AVI "),
    "one byte": b"R",
}
UNSUPPORTED = {
    "AAC": ADTS,
    "AAC, tagged": id3(100) + ADTS,
    "AAC in MP4": M4A,
    "ALAC in MP4": M4A.replace(b"mp4a", b"alac"),
    "WavPack": b"wvpk" + RANDOM,
    "Monkey's Audio": b"MAC " + RANDOM,
    "True Audio": b"TTA1" + RANDOM,
    "Musepack": b"MPCK" + RANDOM,
    "Windows Media": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + RANDOM,
    "Matroska or WebM": b"\x1aE\xdf\xa3" + RANDOM,
    "AC-3": b"\x0b\x77\x12\x34\x10\x40" + RANDOM,
    "AMR": b"#!AMR\n" + RANDOM,
    "AAC in WAV": wav_around(RANDOM, 0xFF),
    "Yamaha ADPCM in WAV": wav_around(RANDOM, 0x20),
    "G.726 ADPCM in WAV": wav_around(RANDOM, 0x45),
    "Vorbis in WAV": wav_around(RANDOM, 0x566F),
    "Ogg Vorbis in WAV": wav_around(RANDOM, 0x6750),
    "Windows Media Audio 2 in WAV": wav_around(RANDOM, 0x161),
    "format tag 0x0777 in WAV": wav_around(RANDOM, 0x777),
    "unknown coding in WAV": extensible(GUID),
    "PCM of 64 bits in WAV": riff(form(bits=64), chunk(b"data", pcm())),
    "Speex in Ogg": b"OggS\0\2" + bytes(20) + b"\1\x50Speex   " + bytes(72),
    "MACE 3:1 in AIFF-C": letters(
        b"COMM", encode("AIFF", "ULAW"), b"ulaw", b"MAC3"
    ),
    "AAC in CAF": letters(b"desc", encode("CAF"), b"lpcm", b"aac "),
    "G.722 ADPCM in AU": letters(
        b".snd", encode("AU"), b"\0\0\0\3", b"\0\0\0\x18"
    ),
}
DAMAGED = {
    "FLAC": encode("FLAC")[:20],
    "Ogg": encode("OGG", "VORBIS")[:99],
    "MP3": id3(3000)[:99],
}


def rejected(tmp_path, content, extension="wav"):
    path = tmp_path / f"kick.{extension}"
    path.write_bytes(content)
    with pytest.raises(decode.Rejected) as caught, decode.open_sound(path) as f:
        decode.decode(f, 1.0)
    return caught.value.reason, caught.value.note


@pytest.mark.parametrize("extension", ["SND", *sorted(decode.EXTENSIONS)])
def test_no_name_makes_sound_of_what_is_none(tmp_path, extension):
    reasons = {
        name: rejected(tmp_path, content, extension)[0]
        for name, content in NOT_AUDIO.items()
    }
    assert reasons == dict.fromkeys(NOT_AUDIO, "not_audio")


@pytest.mark.parametrize("extension", ["wav", "mp3", "au", "m4a", "flac"])
def test_a_coding_that_is_not_read_is_named(tmp_path, extension):
    found = {
        name: rejected(tmp_path, content, extension)
        for name, content in UNSUPPORTED.items()
    }
    assert found == {
        name: ("unsupported_format", name.partition(",")[0])
        for name in UNSUPPORTED
    }


@pytest.mark.parametrize("name", DAMAGED)
def test_what_begins_as_sound_and_ends_is_unreadable(tmp_path, name):
    reason, note = rejected(tmp_path, DAMAGED[name])
    assert (reason, note) == ("unreadable", f"a damaged header of {name}")


def test_an_mp3_that_ends_in_its_first_frames_is_cut(tmp_path):
    told = with_count(layer_3(9, 9, 9), 9)
    for front in (b"", id3(200)):
        for length in (4, 50, 416, 417, 418, 421, 700):
            reason, _ = rejected(tmp_path, front + told[:length])
            assert reason == "truncated", length


def test_short_text_of_16_bits_is_no_stump_of_mpeg(tmp_path):
    for text in ("kick", "a list of kicks", "0"):
        reason, _ = rejected(tmp_path, text.encode("utf-16"), "mp3")
        assert reason == "not_audio"
