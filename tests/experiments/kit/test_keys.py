"""General MIDI, and what class is which drum."""

import pytest

from data_prep.labels.vocabulary import CLASSES
from experiments.kit import keys


def test_no_key_and_no_code_is_given_twice():
    standard = [slot.key for slot in keys.SLOTS.values()]
    everything = [*standard, *keys.OTHER_KEYS, *keys.SINGLE_KEYS]
    assert len(set(everything)) == len(everything)
    assert all(35 <= key <= 81 for key in (*standard, *keys.OTHER_KEYS))
    assert all(1 <= key <= 127 for key in keys.SINGLE_KEYS)
    assert all(code == slot.code for code, slot in keys.SLOTS.items())


def test_every_drum_that_a_class_may_be_has_a_slot():
    for codes in keys.DRUMS.values():
        assert set(codes) <= set(keys.SLOTS)
    assert set(CLASSES) <= set(keys.DRUMS)


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("kick", ("bd",)),
        ("Kicks", ("bd",)),
        ("BD", ("bd",)),
        ("bass_drum", ("bd",)),
        ("snare", ("sd",)),
        ("cymbal", ("hh", "oh", "cr")),
        ("Hi-Hat", ("hh", "oh")),
        ("open hat", ("oh",)),
        ("Closed_Hats", ("hh",)),
        ("toms", ("lt", "mt", "ht")),
        ("Low Tom", ("lt",)),
        ("floor_tom", ("lt",)),
        ("rack tom", ("mt",)),
        ("hi tom", ("ht",)),
        ("pedal hat", ("ph",)),
        ("splash", ("sp",)),
        ("Crashes", ("cr",)),
        ("china", ("ch",)),
        ("ride bell", ("rb",)),
        ("clap", ("cp",)),
        ("ride", ("rd",)),
        ("vinyl crackle", ()),
        ("", ()),
        ("太鼓", ()),
    ],
)
def test_a_class_is_known_by_the_words_of_sample_libraries(name, codes):
    assert keys.find_drums(name) == codes


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("kick", 36),
        ("snare", 38),
        ("clap", 39),
        ("hat", 42),
        ("open_hat", 46),
        ("crash", 49),
        ("ride", 51),
        ("rim", 37),
        ("tom", 45),
    ],
)
def test_a_class_has_its_general_midi_key_and_enough_more(name, key):
    found = keys.keys_of(keys.find_drums(name))
    assert found[0] == key
    assert len(set(found)) == len(found) > len(keys.OTHER_KEYS)
    assert all(35 <= key <= 81 for key in found)


def test_a_wide_class_leaves_drums_to_narrower_ones():
    names = ["cymbal", "hat", "tom", "low tom", "kick", "bass drum"]
    assert keys.drums_of(names) == {
        "cymbal": ("cr",),
        "hat": ("hh", "oh"),
        "tom": ("mt", "ht"),
        "low tom": ("lt",),
        "kick": ("bd",),
        "bass drum": ("bd",),
    }


def test_no_drum_has_the_key_of_another():
    more = [key for some in keys.MORE_KEYS.values() for key in some]
    used = [*more, *keys.OTHER_KEYS, *(s.key for s in keys.SLOTS.values())]
    assert len(set(used)) == len(used) and set(keys.MORE_KEYS) <= set(
        keys.SLOTS
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Open Hat!", "open_hat"), ("太鼓", ""), ("x" * 99, "x" * 24)],
)
def test_a_plain_name_is_short_ascii(text, plain):
    assert keys.plain_name(text) == plain
