import pytest

from data_prep.labels.other_drums import other_drums

KIT = [
    *(f"Kicks/{n}.wav" for n in range(3)),
    *(f"Toms/Tom {n}.wav" for n in range(3)),
    *(f"Claps/{n}.wav" for n in range(2)),
    "Loops/tom loop.wav",
    "FX/riser fx.wav",
    "Misc/01.wav",
]


def test_what_would_be_found_is_counted():
    assert other_drums(("kick",), KIT, KIT[3:]) == {"tom": 3, "clap": 2}


@pytest.mark.parametrize("classes", [("kick", "Toms"), ("kick", "tom")])
def test_a_class_that_is_there_is_not_offered(classes):
    assert other_drums(classes, KIT, KIT[6:]) == {"clap": 2}


def test_a_drum_of_the_paper_is_offered_where_it_was_not_asked_for():
    paths = ["a/tom 1.wav", "a/snare 1.wav", "a/openhat.wav"]
    found = other_drums(("tom",), paths, paths[1:])
    assert found == {"snare": 1, "cymbal": 1}
    assert other_drums(("tom", "hihat"), paths, paths[1:2]) == {"snare": 1}


def test_where_no_class_is_a_drum_none_is_offered():
    assert other_drums(("dog", "cat"), KIT, KIT) == {}
