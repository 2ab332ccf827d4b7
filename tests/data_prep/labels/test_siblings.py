"""A code of two letters is read beside what lies in the same folder."""

import pytest

from data_prep.labels.rules import LabelRules

TR_808 = "BD SD LT MT HT LC MC HC RS CL CP MA CB CY OH CH".split()
PHONEMES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P "
    "R S SD SN SH T TH UH UW V W Y Z ZH KD BD"
).split()


def labels(paths, **settings):
    rules = LabelRules(paths=paths, **settings)
    return {path: rules.judge(path).label for path in paths}


@pytest.mark.parametrize(
    "form",
    [
        "TR-808/{}00.WAV",
        "808/{}.wav",
        "808/{}/01.wav",
        "drums/12.{}.808.wav",
        "kit/tr808-{}.wav",
        "kit/tr808 {}5.wav",
    ],
)
def test_between_low_and_mid_conga_is_a_high_one(form):
    paths = [form.format(code) for code in TR_808]
    expected = dict.fromkeys(paths)
    for codes, label in (
        ("BD", "kick"),
        ("SD", "snare"),
        ("CY OH CH", "cymbal"),
    ):
        for code in codes.split():
            expected[form.format(code)] = label
    found = labels(paths)
    assert {path: found[path] for path in paths} == expected


@pytest.mark.parametrize("others", [["LC"], ["MC"], ["LC", "HO"], ["CL"]])
def test_hc_alone_or_beside_congas_is_no_hat(others):
    paths = [f"808/{code}.wav" for code in ["BD", "SD", "HC", *others]]
    assert labels(paths)["808/HC.wav"] is None


def test_hc_beside_ho_is_a_closed_hat():
    paths = [f"kit/{code}.wav" for code in ("BD", "SN", "HO", "HC")]
    assert labels(paths)["kit/HC.wav"] == "cymbal"
    folders = [f"{code}/1.wav" for code in ("BD", "SN", "HO", "HC")]
    assert labels(folders)["HC/1.wav"] == "cymbal"


def test_phonemes_are_no_drums():
    paths = [f"voices/us/{code}.wav" for code in PHONEMES]
    paths += ["voices/us/more/KD_AA.wav", "kit/BD.wav", "kit/P1.wav"]
    found = labels(paths)
    assert {p for p, label in found.items() if label} == {"kit/BD.wav"}


@pytest.mark.parametrize(
    "folder", ["phonemes", "Diphones", "speech", "vowels and syllables"]
)
@pytest.mark.parametrize("code", ["kd", "sn", "hh", "bd", "sd"])
def test_codes_among_speech_are_no_drums(folder, code):
    paths = [f"{folder}/{code}.wav", "kit/kick.wav"]
    assert labels(paths)[paths[0]] is None


def test_a_bass_is_a_drum_where_there_is_no_other():
    drums = ["snare", "hihat", "tom"]
    paths = [f"kit/{name}.wav" for name in ["bass", "Bass 2", *drums]]
    found = labels(paths)
    assert found["kit/bass.wav"] == found["kit/Bass 2.wav"] == "kick"
    for more in ("kick", "piano", "guitar 2", "synth"):
        beside = [*paths, f"kit/{more}.wav"]
        assert labels(beside)["kit/bass.wav"] is None
    assert labels(["a/bass.wav", "a/snare.wav"])["a/bass.wav"] is None
    assert labels(["a/bass.wav"])["a/bass.wav"] is None
