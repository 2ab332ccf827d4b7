"""Lines of a labels CSV that name nothing are not passed over."""

import pytest

from data_prep.labels.label_file import LabelsError
from data_prep.labels.unmatched import check_matches

FILES = ["kick0.wav", "Kit 1/dry/b.wav", "Kit 1/e\u0301.wav"]


def check(labels, groups=(), files=FILES):
    table = dict.fromkeys(labels, "kick")
    return check_matches([(table, dict.fromkeys(groups, "a"), files)])


@pytest.mark.parametrize(
    "line", [*FILES[:2], "Kit 1/", "Kit 1/dry/", "Kit 1/\u00e9.wav"]
)
def test_a_file_or_a_folder_is_matched(line):
    assert check([line]) == check([], [line]) == ""


def test_no_labels_match_as_they_are():
    assert check([]) == ""


def test_lines_that_match_nothing_are_counted_and_one_is_named():
    said = check(["kick0.wav", "x.wav", "Kit 1/dry/"], ["y.wav"])
    assert said == (
        "2 of 4 lines of the labels CSV match no file, such as 'x.wav'"
    )
    assert "(there is 'Kit 1/dry/b.wav')" in check(["kick0.wav", "B.aif"])


def test_none_is_an_error():
    with pytest.raises(LabelsError, match="none of its 2 lines") as caught:
        check(["kick0.flac", "kick1.flac"])
    assert "(there is 'kick0.wav')" in str(caught.value)
    assert caught.value.exit_code == 2
    with pytest.raises(LabelsError):
        check(["dry/"])
    with pytest.raises(LabelsError):
        check(["a.wav"], files=[])


def test_a_line_need_match_in_one_of_several_folders():
    table = {"a.wav": "kick", "b.wav": "snare"}
    several = [(table, {}, ["a.wav"]), (table, {}, ["b.wav"])]
    assert check_matches(several) == ""
    assert check_matches([*several[:1], ({}, {}, ["b.wav"])]) != ""


def test_a_line_that_matches_in_the_folder_of_another_csv_does_not():
    swapped = [
        ({"a.wav": "kick"}, {}, ["b.wav"]),
        ({"b.wav": "snare"}, {}, ["a.wav"]),
    ]
    with pytest.raises(LabelsError, match="none of its 2 lines"):
        check_matches(swapped)
