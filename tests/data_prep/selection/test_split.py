import numpy as np
import pytest

from data_prep.selection import duplicates, split


def sound(name, label="kick", content=None, group="", quality=0):
    return split.Sound(
        path=name,
        label=label,
        sha256=f"sha of {name}",
        group=group,
        content=(content or name).encode(),
        print=np.zeros(1),
        quality=quality,
    )


@pytest.fixture
def near(monkeypatch):
    """Makes ``duplicates.find`` return given pairs of sounds."""

    def set_pairs(*pairs):
        monkeypatch.setattr(duplicates, "find", lambda *_: list(pairs))

    set_pairs()
    return set_pairs


def decisions(sounds, validation=0.3, near_duplicates="drop"):
    result = split.select(sounds, None, validation, near_duplicates, 0.0)
    return [(decision.reason, decision.other) for decision in result]


def splits(sounds, validation=0.3, near_duplicates="drop", test=0.0):
    result = split.select(sounds, None, validation, near_duplicates, test)
    return {s.path: f.split for s, f in zip(sounds, result, strict=True)}


def test_of_equal_sounds_the_first_is_kept(near):
    sounds = [sound("a"), sound("b", content="a"), sound("c", content="a")]
    assert decisions(sounds) == [("", -1), ("duplicate", 0), ("duplicate", 0)]


def test_equal_sounds_of_two_classes_are_all_left_out(near):
    sounds = [
        sound("a"),
        sound("b", content="a"),
        sound("c", "snare", content="a"),
        sound("d"),
    ]
    reasons = [reason for reason, _ in decisions(sounds)]
    assert reasons == ["ambiguous_label"] * 3 + [""]


def test_of_near_copies_the_best_source_is_kept(near):
    near((0, 1), (1, 2))
    sounds = [sound("a"), sound("b", quality=3), sound("c"), sound("d")]
    assert decisions(sounds) == [
        ("near_duplicate", 1),
        ("", -1),
        ("near_duplicate", 1),
        ("", -1),
    ]


def test_a_chain_of_near_copies_keeps_its_ends(near):
    near((0, 1), (1, 2))
    sounds = [sound("a", quality=3), sound("b"), sound("c")]
    assert decisions(sounds) == [("", -1), ("near_duplicate", 0), ("", -1)]


@pytest.mark.parametrize("other", ["kick", "snare"])
def test_what_is_kept_of_a_chain_of_near_copies_is_on_one_side(near, other):
    names = [f"{n}{place}" for n in range(30) for place in "abc"]
    sounds = [
        sound(
            name,
            other if name[-1] == "c" else "kick",
            quality=name[-1] != "b",
        )
        for name in names
    ]
    near(*((n, n + 1) for n in range(90) if n % 3 < 2))
    sides = splits(sounds)
    assert [name for name in names if not sides[name]] == names[1::3]
    assert {sides[f"{n}a"] for n in range(30)} == {"train", "validation"}
    for n in range(30):
        assert sides[f"{n}a"] == sides[f"{n}c"]


def test_near_copies_of_two_classes_are_kept_on_one_side(near):
    sounds = [sound(str(n), "kick" if n % 2 else "snare") for n in range(60)]
    near(*((n, n + 1) for n in range(0, 60, 2)))
    sides = splits(sounds)
    assert "" not in sides.values()
    for n in range(0, 60, 2):
        assert sides[str(n)] == sides[str(n + 1)]
    assert set(sides.values()) == {"train", "validation"}


def test_near_copies_can_be_kept_on_one_side(near):
    sounds = [sound(str(n)) for n in range(60)]
    near(*((n, n + 1) for n in range(0, 60, 3)), (1, 2))
    sides = splits(sounds, near_duplicates="keep")
    assert "" not in sides.values()
    assert sides["0"] == sides["1"] == sides["2"]
    assert all(sides[str(n)] == sides[str(n + 1)] for n in range(0, 60, 3))


def test_adding_sounds_moves_no_other(near):
    before = splits([sound(str(n)) for n in range(200)])
    after = splits([sound(str(n)) for n in range(-50, 300)])
    assert {name: after[name] for name in before} == before


def test_nothing_is_held_out_where_nothing_is_asked_for(near):
    sounds = [sound(str(n)) for n in range(100)]
    assert set(splits(sounds, 0).values()) == {"train"}


def test_a_test_side_is_taken_from_the_training_side(near):
    sounds = [sound(str(n)) for n in range(4000)]
    two, three = splits(sounds, 0.1), splits(sounds, 0.1, test=0.2)
    found = list(three.values())
    for side, share in (("validation", 0.1), ("test", 0.2)):
        error = 4 * np.sqrt(4000 * share * (1 - share))
        assert abs(found.count(side) - 4000 * share) < error
    for name, side in three.items():
        assert two[name] == ("train" if side == "test" else side)


def test_a_kit_and_its_copies_are_of_one_of_three_sides(near):
    sounds = [sound(f"{n}", group=str(n // 10)) for n in range(400)]
    near(*((n, n + 205) for n in range(0, 100, 20)))
    sides = splits(sounds, 0.3, near_duplicates="keep", test=0.3)
    assert set(sides.values()) == {"train", "validation", "test"}
    for start in range(0, 400, 10):
        assert len({sides[str(start + n)] for n in range(10)}) == 1
    assert all(sides[str(n)] == sides[str(n + 205)] for n in range(0, 100, 20))


def test_the_order_of_the_sounds_decides_no_side(near):
    sounds = [sound(str(n), group="abc"[n % 3]) for n in range(30)]
    assert splits(sounds) == splits(sounds[::-1])


def test_near_copies_are_counted_without_what_is_left_out(monkeypatch):
    asked = []

    def find(prints, rows, numbers):
        asked.append((len(prints), list(numbers)))
        return [(1, 2)]  # of those that are left: c and d

    monkeypatch.setattr(duplicates, "find", find)
    sounds = [sound("a"), sound("b", content="a"), *map(sound, "cde")]
    assert decisions(sounds) == [
        ("", -1),
        ("duplicate", 0),
        ("", -1),
        ("near_duplicate", 2),
        ("", -1),
    ]
    assert asked == [(4, [0, 2, 3, 4])]
