"""Files that give no sound are told by their content, under any name."""

import pytest

from data_prep.audio import decode
from tests.fixtures.foreign_bytes import NOT_AUDIO, UNSUPPORTED
from tests.fixtures.mpeg_files import id3, layer_3, with_count
from tests.fixtures.sound_bytes import encode

DAMAGED = {
    "FLAC": encode("FLAC")[:20],
    "Ogg": encode("OGG")[:99],
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
