"""Frames of MPEG audio are counted, and a guess is no claim."""

import pytest

from data_prep.audio.formats import mpeg
from data_prep.audio.formats.mpeg_frames import read_frame
from tests.fixtures.mpeg_files import (
    LENGTHS,
    id3,
    layer_1,
    layer_3,
    with_count,
)

VARIABLE = layer_3(9, 1, 14, 5, 9)


def missing(data):
    return mpeg.read_stream(data).missing


@pytest.mark.parametrize(
    ("word", "layer", "length", "samples"),
    [
        # Version 1 at 44.1, 48 and 32 kHz.
        (0xFFFB9000, 3, 417, 1152),
        (0xFFFB9200, 3, 418, 1152),
        (0xFFFB9400, 3, 384, 1152),
        (0xFFFB9800, 3, 576, 1152),
        (0xFFFDE000, 2, 1253, 1152),
        (0xFFFF1000, 1, 32, 384),
        (0xFFFF1200, 1, 36, 384),
        (0xFFFFE000, 1, 484, 384),
        # Version 2 at 22.05 kHz, version 2.5 at 8 kHz.
        (0xFFF38000, 3, 208, 576),
        (0xFFF58000, 2, 417, 1152),
        (0xFFF7E000, 1, 556, 384),
        (0xFFE31800, 3, 72, 576),
    ],
)
def test_a_head_says_layer_length_and_samples(word, layer, length, samples):
    frame = read_frame(word.to_bytes(4, "big"), 0)
    assert frame == (word, layer, length, samples)


@pytest.mark.parametrize(
    "word",
    [
        0,
        0xFFF10000,
        0xFFEB9000,
        0xFFFBF000,
        0xFFFB9C00,
        0xFFDB9000,
        0xFFFB0000,
    ],
)
def test_what_is_reserved_or_has_no_length_is_no_frame(word):
    # The second one is a head of AAC, the last one of a free bitrate.
    assert read_frame(word.to_bytes(4, "big"), 0) is None


@pytest.mark.parametrize("tag", [b"", b"TAG" + bytes(125), b"APETAGEX"])
@pytest.mark.parametrize("front", [b"", id3(300), id3(10) + id3(20), bytes(99)])
def test_frames_of_any_bitrate_are_counted_between_tags(front, tag):
    stream = mpeg.read_stream(front + VARIABLE + tag)
    assert (stream.start, stream.frames) == (len(front), 5)
    assert stream.end == len(front) + len(VARIABLE)
    assert (stream.told, stream.missing, stream.samples) == (0, 0, 5760)


def test_one_frame_is_a_stream():
    assert mpeg.read_stream(layer_3(9)).frames == 1
    assert mpeg.read_stream(layer_1(3)).samples == 3 * 384


@pytest.mark.parametrize("lost", [1, 100, LENGTHS[9] - 4])
def test_what_the_last_frame_lacks_is_missing(lost):
    stream = mpeg.read_stream(VARIABLE[:-lost])
    assert (stream.frames, stream.missing) == (4, lost)
    assert missing(VARIABLE[: 3 - LENGTHS[9]]) > 0


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("front", [VARIABLE, VARIABLE[: -LENGTHS[9] // 2]])
def test_frames_end_before_damage(front, told):
    data = front + bytes(50) + VARIABLE
    if told:
        data = with_count(data, 10)
    stream = mpeg.read_stream(data)
    assert stream.frames == 4  # the last one's head alone is known
    assert stream.end - stream.start == len(VARIABLE) - LENGTHS[9]
    assert stream.missing == len(data) - stream.end


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_damage_behind_the_first_frames_does_not_hide_them(frames):
    front = layer_3(*[9] * frames)
    stream = mpeg.read_stream(front + bytes(50) + VARIABLE, least=4)
    assert (stream.begin, stream.frames) == (0, frames - 1)
    assert stream.missing == 50 + len(VARIABLE) + LENGTHS[9]


def test_a_picture_in_a_tag_behind_is_no_frame():
    picture = 3 * VARIABLE[: LENGTHS[9]] + b"?"
    head = b"APETAGEX" + (2000).to_bytes(4, "little")
    head = (head + len(picture).to_bytes(4, "little")).ljust(32, b"\0")
    for tag in (head + picture, id3(len(picture))[:10] + picture):
        stream = mpeg.read_stream(VARIABLE + tag + b"TAG" + bytes(125))
        assert (stream.frames, stream.missing) == (5, 0)


def test_a_tag_between_frames_is_no_damage():
    assert missing(VARIABLE + id3(50) + VARIABLE) == 0
    assert missing(VARIABLE + bytes(5000)) == 0


@pytest.mark.parametrize("name", [b"Xing", b"Info"])
def test_a_count_is_a_claim(name):
    stream = mpeg.read_stream(with_count(VARIABLE, 5, name=name))
    assert (stream.told, stream.frames, stream.missing) == (5, 5, 0)
    assert stream.start == LENGTHS[9]
    assert missing(with_count(VARIABLE, 9, name=name)) == 4 * LENGTHS[9]


def test_some_count_the_frame_of_the_count():
    size = LENGTHS[9] + len(VARIABLE)
    assert missing(with_count(VARIABLE, 6, size)) == 0
    assert missing(with_count(VARIABLE, 6, size + LENGTHS[9])) == LENGTHS[9]


def test_a_count_never_filled_in_is_none():
    stream = mpeg.read_stream(with_count(VARIABLE, 0))
    assert (stream.told, stream.frames, stream.missing) == (0, 5, 0)


def test_fraunhofers_count_is_read():
    tag = b"VBRI" + bytes(6)
    tag += (LENGTHS[9] + len(VARIABLE)).to_bytes(4, "big")
    frame = layer_3(9)[:36] + tag + (5).to_bytes(4, "big")
    stream = mpeg.read_stream(frame.ljust(LENGTHS[9], b"\0") + VARIABLE)
    assert (stream.told, stream.frames, stream.missing) == (5, 5, 0)


@pytest.mark.parametrize("frames", [layer_3(9, 9), layer_3(1, 1)])
def test_a_count_can_be_put_in_front(frames):
    counted = mpeg.counted(mpeg.read_stream(frames))
    stream = mpeg.read_stream(counted + frames)
    assert (stream.told, stream.frames, stream.missing) == (2, 2, 0)


def test_chance_is_no_stream():
    chance = bytes(500) + layer_3(9)[:40] + bytes(5000)
    assert mpeg.read_stream(chance, 4) is None
    assert mpeg.read_stream(b"") is None
