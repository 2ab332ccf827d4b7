"""The samples of FLAC are counted where its header leaves their number open."""

import re

import numpy as np
import pytest

from data_prep.audio.formats import flac
from tests.fixtures.sound_bytes import encode

LONG = np.random.default_rng(1).uniform(-0.5, 0.5, 50001)


def opened(content):
    """The same file with a number of samples that is open."""
    assert content[:4] == b"fLaC"
    middle = bytes([content[21] & 0xF0]) + bytes(4)
    return content[:21] + middle + content[26:]


@pytest.mark.parametrize("rate", [44100, 96000, 33000, 8001])
@pytest.mark.parametrize("samples", [1, 100, 4096, 4097, 50001])
def test_every_sample_is_counted(samples, rate):
    whole = encode("FLAC", wave=LONG[:samples], rate=rate)
    content = opened(whole)
    assert flac.is_open(content) and not flac.is_open(whole)
    assert flac.count(content) == (samples, False)
    assert flac.with_total(content, samples) == whole


def test_a_frame_that_is_cut_does_not_count():
    content = opened(encode("FLAC", wave=LONG))
    for length in (len(content) - 1, len(content) // 2, len(content) // 3):
        total, cut = flac.count(content[:length])
        assert cut
        assert total % 4096 == 0
        assert 0.2 < total / len(LONG) < 1


def test_a_tag_behind_is_no_sound():
    content = opened(encode("FLAC", wave=LONG)) + b"TAG" + bytes(125)
    assert flac.count(content) == (50001, False)


def test_a_header_alone_is_empty_and_not_cut():
    content = b"fLaC\x80" + opened(encode("FLAC", wave=LONG))[5:42]
    assert flac.count(content) == (0, False)


def test_frames_of_many_lengths_are_numbered_by_sample():
    # A head: variable blocks of 16 bits' length, sample 1,000,000.
    number = bytes([0xF3, 0xB4, 0x89, 0x80])
    head = b"\xff\xf9\x79\x08" + number + (575).to_bytes(2, "big")
    check = 0
    for byte in head:
        check ^= byte
        for _ in range(8):
            check = (check << 1 ^ (7 if check & 128 else 0)) & 255
    frame = flac.read_frame(head + bytes([check]), 0, 4096)
    assert frame == (1000000, 1000576)
    assert flac.read_frame(head + bytes([check ^ 1]), 0, 4096) is None


def heads(content):
    """Where frames of 4096 samples begin."""
    places = (match.start() for match in re.finditer(b"\xff\xf8", content))
    return [at for at in places if flac.read_frame(content, at, 4096)]


def test_what_is_in_front_of_damage_is_undamaged():
    content = encode("FLAC", wave=LONG)
    frames = heads(content)
    assert len(frames) == 13  # 12 of 4096 samples, and the rest
    assert flac.undamaged(content, 50001) == (50001, len(content))
    for number in (0, 3, 11, 12):
        at = frames[number]
        before = (number * 4096, at)
        for place in (at + 20, at + 99):
            hurt = bytearray(content)
            hurt[place] ^= 16
            assert flac.undamaged(hurt, 50001) == before
        assert flac.undamaged(content[: at + 99], 50001) == before
        assert flac.undamaged(content[:at], 50001) == before
        longer = content[: at + 20] + bytes(99) + content[at + 20 :]
        assert flac.undamaged(longer, 50001) == before
        # Without its head no one knows where the frame in front ends.
        headless = content[:at] + bytes(20) + content[at + 20 :]
        assert flac.undamaged(headless, 50001)[0] in (
            before[0],
            before[0] - 4096,
        )
    without = content[: frames[3]] + content[frames[4] :]
    assert flac.undamaged(without, 50001) == (3 * 4096, frames[3])


def test_no_damage_is_looked_for_behind_what_is_wanted():
    content = encode("FLAC", wave=LONG)
    hurt = content[: heads(content)[6]]
    assert flac.undamaged(hurt, 4097) == (8192, heads(content)[2])
