"""Letters behind a pack's initials are drums where they are a scheme."""

import pytest

from data_prep.labels.rules import LabelRules


def labels(names, folder="samples"):
    paths = [f"{folder}/{name}.wav" for name in names]
    rules = LabelRules(paths=paths)
    return [rules.judge(path).label for path in paths]


@pytest.mark.parametrize("initials", ["RD", "VEC", "XY"])
def test_kick_snare_and_another_letter_are_a_scheme(initials):
    names = [f"{initials}_{letter}_7" for letter in "KSHT"]
    assert labels(names) == ["kick", "snare", "cymbal", None]


@pytest.mark.parametrize("letters", ["K", "KS", "KH", "CT", "ABKS"])
def test_fewer_letters_say_nothing(letters):
    names = [f"RD_{letter}_1" for letter in letters]
    assert labels(names) == [None] * len(names)


def test_initials_are_the_same_before_every_letter():
    assert labels(["RD_K_1", "AB_S_1", "XY_H_1"]) == [None] * 3


def test_c_is_a_cymbal_if_crashes_and_splashes_are_told_apart():
    names = ["RD_K_1", "RD_S_1", "RD_C_1", "RD_C_C_2", "RD_C_S_1"]
    assert labels(names) == ["kick", "snare", *["cymbal"] * 3]
    # It may be claps or congas.
    assert labels(["RD_K_1", "RD_S_1", "RD_C_1"]) == ["kick", "snare", None]
    other = ["RD_K_1", "RD_S_1", "RD_C_L_1", "RD_C_H_1"]
    assert labels(other) == ["kick", "snare", None, None]
