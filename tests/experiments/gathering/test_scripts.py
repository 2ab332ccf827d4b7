"""Sounds in scripts, as WebAudioFont has them."""

import base64

import pytest

from experiments.gathering import scripts
from tests.fixtures.hosts import script

SOUND = b"ID3\4" + bytes(range(256))
TEXT = base64.b64encode(SOUND)


def test_the_sound_of_a_script_is_found():
    assert scripts.read_sound(script(SOUND)) == SOUND


@pytest.mark.parametrize(
    "content",
    [
        b"",
        script(b""),
        script(b"RIFF"),
        script(SOUND) * 2,
        script(SOUND).replace(TEXT, TEXT[:-1]),
        script(SOUND).replace(TEXT, b"-" + TEXT[1:]),
        script(SOUND).replace(b"'", b'"'),
        script(SOUND).replace(b",file", b"//,file"),
        script(SOUND)[:200],
    ],
)
def test_a_script_without_one_sound_is_told(content):
    with pytest.raises(ValueError, match="does not hold one MP3"):
        scripts.read_sound(content)


@pytest.mark.parametrize(
    ("file", "sound"), [("a/b.js", "a/b.js.mp3"), ("js", "js"), ("b.mp3",) * 2]
)
def test_a_sound_is_named_after_its_script(file, sound):
    assert scripts.name_sound(file) == sound
    assert scripts.name_script(sound) == (file if file != sound else "")
