"""What all files of a folder are called says nothing of any."""

import pytest

from data_prep.labels.rules import LabelRules


def labels(folder, names):
    paths = [f"{folder}/{name}.wav" for name in names.split()]
    rules = LabelRules(paths=paths)
    return [rules.judge(path).label for path in paths]


@pytest.mark.parametrize(
    "begin", ["cr8k", "CR8K", "ignore", "000_ul", "mr10_x"]
)
def test_a_name_is_glued_to_short_words(begin):
    names = "bass snar ohat chat cymb clap rim".split()
    found = labels("kits", " ".join(begin + name for name in names))
    assert found == ["kick", "snare", *["cymbal"] * 3, None, None]


def test_a_name_is_glued_to_codes():
    assert labels("kits", "ignorebd ignorehh ignoresd ignorecp") == (
        ["kick", "cymbal", "snare", None]
    )


def test_a_machine_may_be_called_like_a_drum():
    names = "Tom_Clap Tom_Crash Tom_Hat_Closed Tom_Kick Tom_Snare Tom_Tom"
    assert labels("machines", names) == (
        [None, "cymbal", "cymbal", "kick", "snare", None]
    )


def test_a_code_in_every_name_is_the_kits():
    names = "hh3closedhh hh3crash hh3hit1 hh3kick1 hh3kick2 hh3perc hh3snare"
    assert labels("hiphop", names) == (
        ["cymbal", "cymbal", None, "kick", "kick", None, "snare"]
    )
    # The folder says that code too: what the names say against it is doubtful.
    assert labels("hh", names) == (
        ["cymbal", "cymbal", None, None, None, None, None]
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("snare_rim1 snare_rim2 snare_tight snare_open", "snare"),
        ("kick1 kick2 kick3 kick4", "kick"),
        ("hhopen hhclosed hhpedal hh1", "cymbal"),
    ],
)
def test_what_all_are_is_no_name(names, expected):
    assert set(labels("a", names)) == {expected}


def test_what_the_folder_says_too_is_no_name():
    names = "Snare_Rim Snare_Hat Snare_Kick Snare_Clap"
    assert labels("more/Snares", names) == ["snare", None, None, None]


def test_few_files_have_no_name():
    assert labels("a", "xybd xysd") == [None, None]


def folders(*names):
    """The class of a file in each of some folders of one place."""
    paths = [f"pack/{name}/{name}1.wav" for name in names]
    rules = LabelRules(paths=paths)
    return [rules.judge(path).label for path in paths]


def test_a_letter_behind_the_codes_of_several_folders_is_a_kits():
    found = folders("bdu", "sdu", "chu", "ohu", "arp")
    assert found == ["kick", "snare", "cymbal", "cymbal", None]


@pytest.mark.parametrize(
    "names",
    [
        ("bdu",),
        ("bdu", "sdu"),
        ("bdu", "sdx", "chq"),  # letters of their own
        ("oha", "cha", "hoa", "cra", "kda"),  # syllables
        ("bdu", "bdx", "bdz"),  # one drum
    ],
)
def test_a_letter_behind_fewer_codes_is_none(names):
    assert folders(*names) == [None] * len(names)
