"""Samples are found in a file of chunks, whatever the other chunks are."""

import io
import struct

import pytest

from data_prep.audio.formats.containers import find_chunks
from data_prep.audio.formats.splice import Splice
from tests.fixtures.sound_bytes import (
    WHOLE,
    chunk,
    claiming,
    encode,
    form,
    pcm,
    riff,
)

SOUND = pcm()
FORMATS = [name for name in WHOLE if name != "AU"]  # that has no chunks


def found(content):
    return find_chunks(io.BytesIO(content))


def samples(content):
    """The bytes of the samples, and whether their size was left open."""
    chunks = found(content)
    sound = content[chunks.sound.start : chunks.sound.stop]
    return sound, chunks.missing, chunks.unclosed


@pytest.mark.parametrize("format", [*FORMATS, "RF64"])
def test_a_clean_file_holds_the_same_sound(format):
    content = encode(format)
    chunks = found(content)
    assert len(chunks.sound) == len(SOUND)
    assert not chunks.missing and not chunks.unclosed
    clean = Splice(io.BytesIO(content), chunks.clean()).read()
    again = found(clean)
    assert again.needed == chunks.needed
    assert samples(clean) == samples(content)


@pytest.mark.parametrize("format", FORMATS)
def test_a_size_of_nothing_is_an_unclosed_file(format):
    for size in (0, 24) if format == "W64" else (0,):
        _, missing, unclosed = samples(claiming(format, size))
        assert (missing, unclosed) == (0, True)
    assert len(found(claiming(format, 0)).sound) == len(SOUND)


def test_no_samples_before_further_chunks_are_none():
    behind = chunk(b"LIST", b"INFO") + chunk(b"id3 ", bytes(999))
    chunks = found(riff(form(), chunk(b"data", b""), behind))
    assert (len(chunks.sound), chunks.unclosed) == (0, False)


@pytest.mark.parametrize("claim", [3, 2**31, 10**6])
def test_a_chunk_that_leads_astray_is_passed_over(claim):
    astray = chunk(b"LIST", b"data of some kind" * 9, claim)
    content = riff(form(), astray, chunk(b"data", SOUND))
    assert samples(content) == (SOUND, 0, False)


def test_sizes_of_rf64_are_those_of_64_bits():
    content = encode("RF64")
    at = content.index(b"data") + 4
    open_ended = content[:at] + b"\xff" * 4 + content[at + 4 :]
    assert len(found(open_ended).sound) == len(SOUND)
    at = content.index(b"ds64") + 16
    huge = open_ended[:at] + struct.pack("<Q", 10**12) + open_ended[at + 8 :]
    assert found(huge).missing == 10**12 - len(SOUND)


@pytest.mark.parametrize("format", ["W64", "CAF"])
def test_headers_at_every_turn_are_no_sound(format):
    # So libsndfile writes into a pipe.
    content = encode(format)
    head = claiming(format, 0)[: found(content).sound.start]
    chunks = found(head + head + content[len(head) :] + head)
    assert len(chunks.sound) == len(SOUND)
    assert chunks.sound.start == 2 * len(head)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        riff(),
        riff(form()),
        riff(chunk(b"data", SOUND)),
        riff(form(), kind=b"AVI "),
        riff(*[chunk(b"junk", b"")] * 9000, form(), chunk(b"data", SOUND)),
    ],
)
def test_without_samples_there_is_nothing(content):
    assert found(content) is None


@pytest.mark.parametrize("format", [*FORMATS, "RF64"])
def test_half_a_file_misses_half(format):
    content = encode(format)
    start = found(content).sound.start
    assert found(content[: start // 2]) is None
    for length in range(start, len(content) - 100, 997):
        chunks = found(content[:length])
        assert len(chunks.sound) + chunks.missing == len(SOUND)
