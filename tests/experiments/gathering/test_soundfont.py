"""Sounds of a SoundFont, written here as the specification says."""

import io
import struct

import numpy as np
import pytest
import soundfile

from experiments.gathering.soundfont import read_sounds
from tests.fixtures.hosts import font, noise

SOUNDS = {
    "Kick": (noise(0), 44100),
    "a name of 20 letters": (noise(1, 301), 22050),
    "Snare": (noise(2), 48000),
}


def test_sounds_are_found_by_name_with_their_samples_and_rate():
    names = set(SOUNDS) - {"Kick"}
    found = dict(read_sounds(io.BytesIO(font(SOUNDS)), names | {"other"}))
    assert found.keys() == names
    for name, content in found.items():
        sound, rate = soundfile.read(io.BytesIO(content), dtype="int16")
        np.testing.assert_array_equal(sound, SOUNDS[name][0])
        assert rate == SOUNDS[name][1]
        assert soundfile.info(io.BytesIO(content)).subtype == "PCM_16"


@pytest.mark.parametrize("content", [b"", b"RIFF", bytes(400), b"RIFF" * 9])
def test_what_is_no_soundfont_is_told(content):
    with pytest.raises(ValueError, match="no SoundFont"):
        list(read_sounds(io.BytesIO(content), {"Kick"}))


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        (struct.pack("<I", 0), 36),
        (struct.pack("<I", 1_000_001), 36),
        (struct.pack("<I", 2**32 - 1), 36),
        (struct.pack("<I", 501), 20),
        (struct.pack("<I", 2**32 - 1), 24),
    ],
    ids=["no rate", "fast", "fastest", "ends before", "ends outside"],
)
def test_a_wrong_header_costs_its_sound_alone(wrong, at):
    content = bytearray(font(SOUNDS))
    place = content.index(b"Kick") + at
    content[place : place + len(wrong)] = wrong
    found = dict(read_sounds(io.BytesIO(content), set(SOUNDS)))
    assert found.keys() == SOUNDS.keys() - {"Kick"}
