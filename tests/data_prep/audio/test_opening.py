"""Files that libsndfile takes amiss are read to their end all the same."""

import struct

import numpy as np
import pytest

from data_prep.audio import decode
from tests.fixtures.mpeg_files import (
    id3,
    layer_1,
    layer_3,
    without_count,
)
from tests.fixtures.sound_bytes import (
    FILES,
    WAVE,
    chunk,
    claiming,
    encode,
    form,
    pcm,
    riff,
    wav_around,
)

OGG_TAGS = (0x674F, 0x6750, 0x6751, 0x676F, 0x6770, 0x6771)


@pytest.fixture
def opened(tmp_path):
    """Returns a function that opens bytes as a file."""

    def open_bytes(content, name="a.wav"):
        path = tmp_path / name
        path.write_bytes(content)
        return decode.open_sound(path)

    return open_bytes


@pytest.fixture
def load(opened):
    """Returns a function from bytes to what is decoded of them."""

    def decoded(content, name="a.wav", seconds=2.0):
        with opened(content, name) as file:
            return decode.read_header(file), decode.decode(file, seconds)

    return decoded


def check(loaded, notes=(), tolerance=2e-4):
    header, sound = loaded
    assert sound.notes == notes
    assert not sound.cut_short
    assert header.frames == len(sound.wave) == len(WAVE)
    np.testing.assert_allclose(sound.wave, WAVE, atol=tolerance)


@pytest.mark.parametrize(
    ("size", "short"),
    [
        (0x7F000000, 0),
        (0x7FFFF000, 0),  # SoX
        (0x7FFFFFFF, 0),
        (0x7FFFFFFF, 36),
        (0x80000000, 0),
        (0xFFFFFFFF, 0),  # ffmpeg
        (0xFFFFFFFF, 36),
        (0xFFFFFFFF, 44),
        (0xFFFFFFFF, 4095),
    ],
)
@pytest.mark.parametrize("format", ["WAV", "AIFF", "SVX", "AU"])
def test_a_size_written_before_it_was_known(load, format, size, short):
    loaded = load(claiming(format, size - short), FILES[format])
    check(loaded, tolerance=0.01 if format == "SVX" else 2e-4)


@pytest.mark.parametrize("size", [2**63 - 1, 2**63 - 25, 2**64 - 1])
@pytest.mark.parametrize("format", ["W64", "CAF"])
def test_a_large_size_written_before_it_was_known(load, format, size):
    check(load(claiming(format, size), FILES[format]))


def test_aiff_counts_what_it_does_not_know_in_frames_too(load):
    content = bytearray(claiming("AIFF", 0x7F000008))
    at = content.index(b"COMM") + 10
    content[at : at + 4] = struct.pack(">I", 0x3F800000)
    check(load(content, "a.aiff"))


@pytest.mark.parametrize("large", [0, 2**64 - 1])
def test_rf64_that_was_never_told_its_size(load, large):
    content = bytearray(encode("RF64"))
    at = content.index(b"ds64") + 8
    content[at : at + 24] = struct.pack("<QQQ", large, large, large)
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff" * 4
    check(load(content, "a.rf64"))


@pytest.mark.parametrize("size", [0, 36])
@pytest.mark.parametrize("format", ["WAV", "AIFF", "AU", "CAF", "W64"])
def test_an_unclosed_file_is_read_to_its_end(load, format, size):
    content = bytearray(claiming(format, 0))
    if format in ("WAV", "AIFF"):
        content[4:8] = struct.pack("<I" if format == "WAV" else ">I", size)
    check(load(content, FILES[format]), ("unclosed",))


def test_flac_without_a_count(load):
    content = bytearray(encode("FLAC"))
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    check(load(content, "a.flac"))
    check(load(id3(500) + content, "a.flac"))
    _, sound = load(content[:-50], "a.flac")
    assert sound.notes == ("truncated",) and sound.cut_short


def ogg_pages(packets, last=True):
    """An Ogg file with a page for each packet; no one reads its checksums."""
    pages = []
    for number, packet in enumerate(packets):
        lacing = [255] * (len(packet) // 255) + [len(packet) % 255]
        end = last and number == len(packets) - 1
        flags = 2 * (number == 0) + 4 * end
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, 0, 7, number, 0, 0)
        page = head[:-1] + bytes([len(lacing), *lacing]) + packet
        check = 0
        for byte in page:
            check ^= byte << 24
            for _ in range(8):
                top = check & 1 << 31
                check = (check << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if top else 0)
        pages.append(page[:22] + struct.pack("<I", check) + page[26:])
    return b"".join(pages)


def test_flac_in_ogg(load):
    whole = encode("FLAC")
    first = b"\x7fFLAC\1\0\0\1" + whole[:42]
    check(load(ogg_pages([first, whole[42:]]), "a.oga"))
    check(load(ogg_pages([first, whole[42:]]), "a.wav"))
    _, sound = load(ogg_pages([first, whole[42:]], last=False), "a.oga")
    assert sound.notes == ("truncated",)


@pytest.mark.parametrize("tag", [*OGG_TAGS, 1])
def test_ogg_in_wav(load, tag):
    content = encode("OGG")
    header, sound = load(wav_around(content, tag))
    assert header.format == "OGG VORBIS"
    assert header.frames == len(sound.wave) == len(WAVE)
    assert sound.notes == ()
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 44100)
    content = encode("OGG", noise)
    lost = len(content) // 4
    for cut in (wav_around(content[:-lost], tag), wav_around(content, tag)):
        _, sound = load(cut[: len(content) - lost])
        assert sound.notes == ("truncated",) and sound.cut_short


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (0x50, layer_1(20)),
        (0x55, encode("MP3")),
        (0xF1AC, encode("FLAC")),
        (1, encode("FLAC")),
    ],
)
def test_a_file_in_wav(load, tag, content):
    header, sound = load(wav_around(content, tag))
    assert len(sound.wave) == header.frames > 5999
    assert sound.notes == ()


@pytest.mark.parametrize(
    "chunks",
    [
        # Of too few channels, too many, none, and of a length that is not.
        [chunk(b"PEAK", bytes(4))],
        [chunk(b"PEAK", bytes(80))],
        [chunk(b"PEAK", b"")],
        [chunk(b"PEAK", bytes(16), 10**6)],
        [chunk(b"junk", b"abc", pad=False)],
        [chunk(b"junk", b"a", pad=False), chunk(b"LIST", b"INFO1", pad=False)],
        [chunk(b"bext", b"abc")],
        [chunk(b"cue ", b"\xff" * 9)],
        [chunk(b"smpl", bytes(3))],
        [chunk(b"LIST", b"data", 10**9)],
    ],
    ids=lambda chunks: chunks[0][:4].decode(),
)
def test_a_chunk_that_is_wrong_costs_no_sound(load, chunks):
    check(load(riff(form(), *chunks, chunk(b"data", pcm()))))


SOUND = chunk(b"data", pcm())
SHORT = chunk(b"data", pcm(WAVE[:2000]))


@pytest.mark.parametrize(
    "chunks",
    {
        "in front of its form": [SOUND, form()],
        "behind an empty one": [form(), chunk(b"data", b""), SOUND],
        "before an empty one": [form(), SOUND, chunk(b"data", b"")],
        "behind a shorter one": [form(), SHORT, SOUND],
        "before a shorter one": [form(), SOUND, chunk(b"id3 ", b"x"), SHORT],
        "before one as long": [form(), SOUND, chunk(b"data", pcm(-WAVE))],
    }.values(),
)
def test_the_longest_chunk_of_samples_counts_wherever_it_is(load, chunks):
    check(load(riff(*chunks)))


def test_the_longest_chunk_of_samples_may_be_cut(load):
    _, sound = load(riff(form(), SHORT, SOUND)[:-4000])
    assert sound.notes == ("truncated",) and sound.cut_short
    np.testing.assert_allclose(sound.wave, WAVE[:4000], atol=2e-4)


def big(name, content):
    """A chunk of an AIFF file."""
    return name + struct.pack(">I", len(content)) + content


@pytest.mark.parametrize("said", [16, None])
@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("name", ["in{}", "{}ni"])
def test_integers_by_the_names_of_quicktime(load, name, bits, said):
    # The four letters of a little-endian one stand backwards.
    backwards = name == "{}ni"
    letters = name.format(str(bits)[::-1] if backwards else bits).encode()
    rate = b"\x40\x0e\xac\x44" + bytes(6)  # 44100 as 80 bits
    common = struct.pack(">HIH", 1, len(WAVE), said or bits) + rate + letters
    whole = np.rint(WAVE * (2**31 - 1)).astype("<i4")
    codes = whole.view("u1").reshape(-1, 4)[:, 4 - bits // 8 :]
    samples = (codes if backwards else codes[:, ::-1]).tobytes()
    body = b"AIFC" + big(b"COMM", common + b"\0\0")
    body += big(b"SSND", bytes(8) + samples)
    header, _ = loaded = load(big(b"FORM", body), "a.aifc")
    assert header.format == f"AIFF PCM_{bits}"
    check(loaded)


@pytest.mark.parametrize("size", [9000, 5000])
def test_what_is_missing_is_seen_beside_a_wrong_chunk(load, size):
    content = riff(form(), chunk(b"PEAK", b"1"), chunk(b"data", pcm(), 20000))
    _, sound = load(content[: size + 20])
    assert sound.notes == ("truncated",) and sound.cut_short


MPEG = {
    "layer I": layer_1(30),
    "two tags": id3(99) + id3(2000) + layer_1(30),
    "ID3v1": layer_1(30) + b"TAG" + bytes(125),
    "a cover behind": layer_1(30) + b"APETAGEX" + bytes(5000),
}


@pytest.mark.parametrize("name", MPEG)
def test_mpeg_without_a_count_is_whole(load, name):
    header, sound = load(MPEG[name], "a.mp3")
    assert sound.notes == () and not sound.cut_short
    assert header.frames == len(sound.wave) == 30 * 384
    assert np.abs(sound.wave).max() > 0.1


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.3])
def test_mp3_without_a_count_is_whole(load, seconds):
    wave = np.resize(WAVE, round(seconds * 44100))
    mp3 = encode("MP3", wave)
    _, told = load(mp3, "a.mp3")
    header, sound = load(without_count(mp3), "b.mp3")
    assert sound.notes == told.notes == ()
    assert not sound.cut_short
    assert header.frames == len(sound.wave)
    assert len(wave) <= len(sound.wave) <= len(wave) + 3 * 1152


def test_a_loud_start_does_not_shorten_an_mp3(opened):
    # Its first frame is large: a guess from it would be a quarter of all.
    with opened(layer_3(14, *[1] * 50), "a.mp3") as file:
        assert 50 * 1152 <= decode.read_header(file).frames <= 51 * 1152
        assert file.missing == 0


@pytest.mark.parametrize("lost", [1, 50, 800])
def test_an_mp3_that_ends_within_a_frame_is_cut(load, lost):
    for mp3 in (layer_1(30), encode("MP3")):
        _, sound = load(mp3[:-lost], "a.mp3")
        assert sound.notes == ("truncated",) and sound.cut_short


def test_an_mp3_behind_something_else_is_found(load):
    _, sound = load(bytes(1000) + layer_1(30), "a.mp3")
    assert len(sound.wave) == 30 * 384
