import numpy as np
import pytest

from data_prep.audio.truncation import missing_bytes

SAMPLES = np.linspace(-0.5, 0.5, 5000)


FILES = {
    "a.wav": {},
    "b.wav": {"endian": "BIG"},
    "c.wav": {"subtype": "DOUBLE"},
    "a.aif": {},
    "a.aiff": {"subtype": "FLOAT"},
    "a.au": {},
    "b.au": {"endian": "LITTLE"},
    "a.w64": {"subtype": "PCM_24"},
    "a.rf64": {},
    "a.svx": {},
}


@pytest.mark.parametrize("name", FILES)
def test_missing_bytes_are_counted(sound_file, name):
    path = sound_file(name, SAMPLES, **FILES[name])
    assert missing_bytes(path) == 0
    content = path.read_bytes()
    path.write_bytes(content + b"behind")
    assert missing_bytes(path) == 0
    path.write_bytes(content[:-1000])
    assert missing_bytes(path) == 1000
    path.write_bytes(content[:-60])  # a writer's slip
    assert missing_bytes(path) == 0


@pytest.mark.parametrize(
    ("name", "rate", "subtype"),
    [("a.ogg", 44100, "VORBIS"), ("b.ogg", 48000, "OPUS")],
)
def test_every_page_of_an_ogg_file_counts(sound_file, name, rate, subtype):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * rate)
    path = sound_file(name, noise, rate, subtype=subtype)
    content = path.read_bytes()
    assert content.count(b"OggS") > 3
    assert missing_bytes(path) == 0
    path.write_bytes(content + b"behind")
    assert missing_bytes(path) == 0
    for length in (len(content) - 1, len(content) // 2, 40, 20):
        path.write_bytes(content[:length])
        assert missing_bytes(path) == 1
    for place in range(0, len(content), len(content) // 99):
        changed = bytearray(content)
        changed[place] ^= 16
        path.write_bytes(changed)
        assert missing_bytes(path) == (1 if place else 0)


@pytest.mark.parametrize("length", [0, 3, 12, 20, 43, 50])
@pytest.mark.parametrize("name", FILES)
def test_a_header_cut_anywhere_claims_what_it_can(sound_file, name, length):
    path = sound_file(name, SAMPLES, **FILES[name])
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:length])
    assert 0 <= missing_bytes(path) <= whole
