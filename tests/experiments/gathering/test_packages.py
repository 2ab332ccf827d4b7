"""Files of packages, and of SoundFonts in them."""

import io

import pytest

from experiments.gathering.packages import read_members
from tests.fixtures.hosts import deb, font, noise, tar

FONT = font({"Kick": (noise(0), 44100), "Snare": (noise(1), 44100)})
FILES = {"a/kick.wav": b"kick", "a/snare.wav": b"snare" * 999, "b.sf2": FONT}
PACKAGES = {"deb": deb(FILES), "npm": tar(FILES), "bz2": tar(FILES, "bz2")}
WRONG_SIZES = b"-60       `", b"1_0       `", b"          `", b"0x4       `"


def members(content, *wanted):
    return dict(read_members(io.BytesIO(content), set(wanted)))


@pytest.mark.parametrize("kind", PACKAGES)
def test_members_are_found_by_path(kind):
    found = members(PACKAGES[kind], "a/snare.wav", "b.sf2", "kick.wav", "no")
    assert found == {"a/snare.wav": FILES["a/snare.wav"], "b.sf2": FONT}


@pytest.mark.parametrize("kind", PACKAGES)
def test_a_sound_of_a_soundfont_is_found_by_name(kind):
    found = members(PACKAGES[kind], "b.sf2#Snare", "a/kick.wav", "b.sf2#Tom")
    assert found.keys() == {"b.sf2#Snare", "a/kick.wav"}
    assert found["b.sf2#Snare"].endswith(noise(1).tobytes())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a package",
        b"!<arch>\n",
        PACKAGES["npm"][:-400],
        PACKAGES["deb"][:-400],
        *(deb(FILES).replace(b"4         `", size) for size in WRONG_SIZES),
    ],
)
def test_what_is_no_package_or_not_whole_is_told(content):
    with pytest.raises(ValueError, match="not a whole one"):
        members(content, "a/snare.wav", "no")


def test_a_broken_soundfont_is_told():
    with pytest.raises(ValueError, match="no SoundFont"):
        members(tar({"b.sf2": b"RIFF"}), "b.sf2#Kick")
