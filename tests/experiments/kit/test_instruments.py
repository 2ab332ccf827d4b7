"""Which sound is which drum, and on which key."""

import numpy as np
import pytest

from experiments.kit import instruments
from experiments.kit.choose import KitError
from experiments.kit.instruments import assign, divide, lay_out
from experiments.kit.keys import HATS, OTHER_KEYS, SINGLE_KEYS


def rows_of(drums):
    return {slot.code: rows for slot, rows in drums}


@pytest.mark.parametrize("count", range(1, 14))
def test_cymbals_are_divided_without_rest_by_length_and_brightness(count):
    rng = np.random.default_rng(count)
    decay, brightness = rng.uniform(0, 0.4, count), rng.uniform(2, 9, count)
    parts = divide(("hh", "oh", "cr"), decay, brightness)
    everything = np.concatenate(list(parts.values()))
    assert sorted(everything) == list(range(count))
    sizes = [len(parts.get(code, ())) for code in ("hh", "oh", "cr")]
    assert sizes[0] >= sizes[1] >= sizes[2] >= sizes[0] - 1
    for code in ("oh", "cr"):
        for index in parts.get(code, ()):
            assert decay[index] >= decay[parts["hh"]].max()


def test_the_long_dark_cymbal_is_the_crash_and_the_bright_one_the_open_hat():
    decay, brightness = np.array([0.3, 0.05, 0.2]), np.array([3.0, 9, 8])
    parts = divide(("hh", "oh", "cr"), decay, brightness)
    assert {c: p.tolist() for c, p in parts.items()} == {
        "hh": [1],
        "oh": [2],
        "cr": [0],
    }


def test_toms_are_low_to_high():
    parts = divide(("lt", "mt", "ht"), np.ones(3), np.array([300.0, 90, 150]))
    assert [parts[c].tolist() for c in ("lt", "mt", "ht")] == [[1], [2], [0]]


def test_the_drums_of_the_paper():
    sounds = {"kick": [0, 1], "snare": [2], "cymbal": [3, 4, 5]}
    decay = np.array([9, 9, 9, 0.3, 0.1, 0.2])
    brightness = np.array([1, 1, 1, 2.0, 9.0, 8.0])
    drums = assign(sounds, decay, brightness)
    assert rows_of(drums) == {
        "bd": [0, 1],
        "sd": [2],
        "hh": [4],
        "oh": [5],
        "cr": [3],
    }
    assert [slot.key for slot, _ in drums] == [36, 38, 42, 46, 49]


def test_a_drum_that_is_a_class_of_its_own_is_no_cymbal():
    sounds = {"cymbal": [0, 1], "hat": [2, 3], "ride": [4]}
    drums = rows_of(assign(sounds, np.arange(5.0), np.arange(5.0)))
    assert drums == {"hh": [2], "oh": [3], "cr": [0, 1], "rd": [4]}


def test_a_single_hat_leaves_no_open_hat_to_the_cymbals():
    sounds = {"hat": [0], "cymbal": [1, 2, 3, 4]}
    drums = rows_of(assign(sounds, np.arange(5.0), np.arange(5.0)))
    assert drums == {"hh": [0], "cr": [1, 2, 3, 4]}


def test_toms_that_are_classes_are_on_their_own_keys():
    sounds = {"low tom": [0, 1], "mid tom": [2, 3], "high tom": [4, 5]}
    drums = rows_of(assign(sounds, np.arange(6.0), np.arange(6.0)))
    assert drums == {"lt": [0, 1], "mt": [2, 3], "ht": [4, 5]}


def test_every_hat_cuts_the_others_off_and_other_drums_do_not():
    names = "pedal hat", "hat", "open hat", "closed hat", "ride", "kick"
    sounds = {name: [row] for row, name in enumerate(names)}
    drums = assign(sounds, np.ones(6), np.ones(6))
    chokes = {names[row]: slot.choke for slot, (row,) in drums}
    assert chokes == {n: HATS if "hat" in n else 0 for n in names}
    of_class = {names[row]: slot.key for slot, (row,) in drums}
    assert of_class.pop("hat") in OTHER_KEYS
    assert list(of_class.values()) == [36, 42, 44, 46, 51]


def test_second_drums_of_a_kind_have_the_keys_general_midi_has_for_them():
    names = "low tom", "floor tom", "crash", "crashes", "snare", "snares", "sd"
    sounds = {name: [row] for row, name in enumerate(names)}
    drums = assign(sounds, np.ones(7), np.ones(7))
    found = {names[row]: (slot.key, slot.standard) for slot, (row,) in drums}
    assert found["floor tom"] == (43, "High Floor Tom")
    assert found["crashes"] == (57, "Crash Cymbal 2")
    assert found["snares"] == (40, "Electric Snare")
    assert found["sd"][0] in OTHER_KEYS


def test_other_classes_get_a_key_and_a_name_of_their_own():
    sounds = {"太鼓": [0], "Vinyl Noise": [1], "vinyl-noise": [2], "bd": [3]}
    sounds["kick"] = [4]
    drums = assign(sounds, np.ones(5), np.ones(5))
    assert len({slot.key for slot, _ in drums}) == 5
    assert len({slot.code for slot, _ in drums}) == 5
    assert len({slot.name for slot, _ in drums}) == 5
    for slot, _ in drums:
        assert slot.name.isascii() and slot.name
    named = {tuple(rows): slot.name for slot, rows in drums}
    assert named[1,] == "vinyl noise"


@pytest.mark.parametrize(
    "names",
    [
        ["kick", "Kick 2", "bd2", "bd-1"],
        ["foo 2", "foo", "FOO"],
        ["drum 61", "太鼓", "鼓", "drum 62"],
        ["x" * 24, "x" * 30, "X" * 30, "y" * 22, "Y" * 22],
    ],
)
def test_no_two_things_in_a_kit_have_one_name(names):
    sounds = {name: [3 * row, 3 * row + 1] for row, name in enumerate(names)}
    drums = assign(sounds, np.ones(99), np.ones(99))
    kit = lay_out("kit", [(slot, ["a.wav", "b.wav"]) for slot, _ in drums])
    assert len(kit.drums) == len(names) and len(kit.singles) == 2 * len(names)
    for kind in ("name", "code", "key"):
        found = [getattr(i.slot, kind) for i in kit.instruments]
        assert len(set(found)) == len(found), kind
    assert len({slot.stem for slot, _ in drums}) == len(names)


def test_classes_without_a_key_are_told():
    sounds = {f"noise {i}": [i] for i in range(len(OTHER_KEYS) + 1)}
    with pytest.raises(KitError, match="no key left for noise"):
        assign(sounds, np.ones(99), np.ones(99))


def test_sounds_that_take_turns_are_alone_on_another_key_too(kit):
    assert [len(drum.files) for drum in kit.drums] == [3, 1, 2, 1]
    assert [i.files[0] for i in kit.singles] == [
        *kit.drums[0].files,
        *kit.drums[2].files,
    ]
    used = [instrument.slot.key for instrument in kit.instruments]
    assert len(set(used)) == len(used)
    assert [i.slot.choke for i in kit.singles] == [0, 0, 0, 1, 1]


def test_there_is_a_key_for_every_sound_of_the_largest_kit():
    slot = instruments.SLOTS["bd"]
    files = [f"{i}.wav" for i in range(len(SINGLE_KEYS))]
    kit = lay_out("large", [(slot, files)])
    assert len(kit.singles) == len(SINGLE_KEYS) == 80


def test_classes_of_long_names_that_begin_alike_have_files_of_their_own():
    names = [f"electronic percussion loop {end}" for end in ("high", "low")]
    sounds = {name: [row] for row, name in enumerate(names)}
    stems = [slot.stem for slot, _ in assign(sounds, np.ones(2), np.ones(2))]
    assert len(set(stems)) == 2 and all(len(stem) <= 24 for stem in stems)
