"""Where the sounds of the project's own lists are said to be."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest

from data_prep.read_files import is_sound
from experiments.gathering import lists

HOSTS = lists.Hosts("https://g", "https://n", "https://d")


@pytest.fixture(scope="module", params=lists.LISTS)
def listed(request):
    return lists.read(request.param, HOSTS, False)


def test_every_sound_has_a_place_of_its_own(listed):
    files = {sound.file for sound in listed}
    assert len(files) == len(listed)
    assert not any(PurePosixPath(file).is_absolute() for file in files)
    parents = {str(p) for file in files for p in PurePosixPath(file).parents}
    assert not files & parents


def test_every_sound_is_one_by_name_to_prepare_data(listed):
    assert not [sound for sound in listed if not is_sound(sound.file)]


def test_every_address_can_be_asked_for(listed):
    for sound in listed:
        assert re.fullmatch(r"https://[gnd]/[!-~]+", sound.url), sound
        assert not set(sound.url) & set(' #?"<>'), sound


def test_lists_have_what_the_pages_say():
    counts = {name: len(lists.read(name, HOSTS, False)) for name in lists.LISTS}
    assert counts == {"drums": 5664, "others": 2345, "open": 1581}
    assert len(lists.read("drums", HOSTS, True)) == 888
    assert len(lists.read("open", HOSTS, True)) == 1581


def test_an_address_is_that_of_the_commit():
    sound = lists.read("drums", HOSTS, False)[0]
    assert sound == lists.Listed(
        file="1CA676C/media/som/perc/snare.mp3",
        label="snare",
        group="1CA676C/media/som",
        url="https://g/1CA676C/media/4786ac4fa7fe66883288549e3a7fe07588affcf9"
        "/som/perc/snare.mp3",
        member="",
        digest="blob:566dc2688cb45a9d2e5de0332ace1a3a87cb0708",
    )


@pytest.mark.parametrize(
    ("file", "url", "member"),
    [
        (
            "publicsamples/Modular-Hits/WAV/3 Hats/modular hits#06.05.wav",
            "https://g/publicsamples/Modular-Hits/"
            "a62671fc5f0ca1234e7cf03e592c7a1a002643d0/"
            "WAV/3%20Hats/modular%20hits%2306.05.wav",
            "",
        ),
        (
            "becks/becks-drumkit/becks.h2drumkit/becks/kick1.wav",
            "https://g/becks/becks-drumkit/"
            "0e098777601fcd183ae81f2d039bb69085925b40/becks.h2drumkit",
            "becks/kick1.wav",
        ),
        (
            "npm supersonic-scsynth-samples/samples/bd_808.flac",
            "https://n/supersonic-scsynth-samples/-/"
            "supersonic-scsynth-samples-0.84.2.tgz",
            "package/samples/bd_808.flac",
        ),
        (
            "Debian fluid-soundfont-gm/usr/share/sounds/sf2/FluidR3_GM.sf2/"
            "808 Ride.wav",
            "https://d/pool/main/f/fluid-soundfont/"
            "fluid-soundfont-gm_3.1-5.3_all.deb",
            "usr/share/sounds/sf2/FluidR3_GM.sf2#808 Ride",
        ),
        (
            "Debian hydrogen-drumkits/usr/share/hydrogen/data/drumkits/"
            "BJA_Pacific/BD_01.aiff",
            "https://d/pool/main/h/hydrogen-drumkits/"
            "hydrogen-drumkits_2017.09.19~dfsg-1_all.deb",
            "usr/share/hydrogen/data/drumkits/BJA_Pacific/BD_01.aiff",
        ),
    ],
)
def test_each_kind_of_source_has_its_address(file, url, member):
    (sound,) = (s for s in lists.read("open", HOSTS, False) if s.file == file)
    assert (unquote(sound.url), sound.member) == (unquote(url), member)
